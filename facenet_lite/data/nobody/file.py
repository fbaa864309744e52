"""The model's file: arrays in an npz without pickles; the package's own model is an asset."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from facenet_lite import assets
from facenet_lite._files import whole
from facenet_lite.data.nobody.model import FaceModel
from facenet_lite.data.nobody.values import PARTS
from facenet_lite.errors import AssetDamagedError, AssetMissingError

FORMAT: Final = 1
NAME: Final = "nobody.npz"
REMEDY: Final = "`facenet-lite build nobody --lfw DIR` makes it again"


def write(model: FaceModel, path: Path) -> Path:
    """Write a model to ``path``."""
    half = {"who": model.who, **{f"how_{part}": model.how[part] for part in PARTS}}
    arrays: dict[str, Any] = {
        "format": np.int64(FORMAT),
        "mean_texture": model.mean_texture.astype(np.float16),
        "kept": model.kept,
        "turned": model.turned,
        "steps": model.steps,
        "mean_shape": model.mean_shape.astype(np.float32),
        "shape_components": model.shape_components.astype(np.float32),
        "triangles": model.triangles,
        **{name: columns.astype(np.float16) for name, columns in half.items()},
        **{f"fact_{name}": np.float64(value) for name, value in model.facts.items()},
    }
    with whole(path) as part, part.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
    return path


def read(path: Path) -> FaceModel:
    """Read a model. Raises AssetMissingError without a file, AssetDamagedError if it is invalid."""
    if not path.is_file():
        raise AssetMissingError(f"{path}: the face model is missing; {REMEDY}")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            if int(stored["format"]) != FORMAT:
                raise ValueError(f"format {stored['format']}")
            return FaceModel(
                stored["mean_texture"].astype(np.float32),
                stored["kept"],
                stored["turned"],
                stored["steps"],
                stored["mean_shape"].astype(float),
                stored["shape_components"].astype(float),
                stored["triangles"],
                stored["who"].astype(float),
                {part: stored[f"how_{part}"].astype(float) for part in PARTS},
                {n.removeprefix("fact_"): float(stored[n]) for n in stored if n[:5] == "fact_"},
            )
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise AssetDamagedError(
            f"{path}: expected a face model of format {FORMAT} ({error}); {REMEDY}"
        ) from error


@cache
def load() -> FaceModel:
    """The package's own face model, read once. Raises AssetError if it is missing or damaged."""
    return read(assets.fetch("nobody"))
