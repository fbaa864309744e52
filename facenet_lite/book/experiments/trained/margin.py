"""The margin of the triplet loss: from none to a quarter of the largest squared distance.

``facenet-lite experiment margin --lfw DIR`` records ``results/margin.json``: one network of
``trained_runs.BASE`` for each margin and seed, each compared with the paper's 0.2 (section 3.1).
Two unit vectors lie at most a squared distance of 4 apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from facenet_lite.book import results
from facenet_lite.book.experiments.trained.runs import Plan, collect
from facenet_lite.errors import InputError
from facenet_lite.ranking import MARGIN

COMMAND: Final = "facenet-lite experiment margin --lfw DIR"
MARGINS: Final = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Config:
    """``plan``: what all runs share; ``margins``: on squared distances, the paper's among them."""

    plan: Plan = field(default_factory=Plan)
    margins: tuple[float, ...] = MARGINS

    def __post_init__(self) -> None:
        if MARGIN not in self.margins:
            raise InputError(f"margins: expected {MARGIN} among them, got {self.margins}")


def measure(config: Config) -> dict[str, Any]:
    """Train and judge, or read what is finished; what is recorded as ``data``, and ``seconds``."""
    settings = {f"{margin:g}": {"margin": margin} for margin in config.margins}
    return collect(settings, config.plan).data(f"{MARGIN:g}")


def record(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Measure, and write ``margin.json`` into ``folder`` (the package's own if None)."""
    settings = config or Config()
    data = measure(replace(settings, plan=replace(settings.plan, lfw=lfw)))
    seconds = data.pop("seconds")
    return results.save("margin", data, command=COMMAND, seed=0, seconds=seconds, folder=folder)
