"""A run that takes a second: a very narrow network at 32 pixels, six drawn people."""

from __future__ import annotations

from typing import Any

from facenet_lite.train import Config

SMALL: dict[str, Any] = {
    "people": 6, "p": 2, "k": 3, "steps": 6, "warm_up": 2, "width": 0.0625, "image_size": 32,
    "embedding_dim": 8, "workers": 0, "save_every": 2, "validate_every": 3, "validation_people": 3,
}  # fmt: skip


def config(**changes: Any) -> Config:
    return Config.of(**{**SMALL, **changes})
