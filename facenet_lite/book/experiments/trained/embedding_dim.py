"""How many numbers a face needs: FaceNet's Table 5 in the small, 16 to 512 dimensions.

``facenet-lite experiment embedding_dim --lfw DIR`` records ``results/embedding_dim.json``: one
network of ``trained_runs.BASE`` for each length and seed, all else alike, each compared with the
paper's 128. The paper varies NN1 on its own pictures and reports VAL at FAR 1e-3; here it is a
network of half a million weights after 20,000 drawn pictures, and FAR 1e-2. What can be compared is
the shape of the curve, not its height.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from facenet_lite.book import results
from facenet_lite.book.experiments.published import TABLE_5
from facenet_lite.book.experiments.trained.runs import Plan, collect
from facenet_lite.errors import InputError

COMMAND: Final = "facenet-lite experiment embedding_dim --lfw DIR"
DIMS: Final = (16, 32, 64, 128, 256, 512)
REFERENCE: Final = 128
"""The paper's choice (section 5.4), with which every other length is compared."""


@dataclass(frozen=True)
class Config:
    """``plan``: what all runs share; ``dims``: lengths of an embedding, ``REFERENCE`` among
    them."""

    plan: Plan = field(default_factory=Plan)
    dims: tuple[int, ...] = DIMS

    def __post_init__(self) -> None:
        if REFERENCE not in self.dims:
            raise InputError(f"dims: expected {REFERENCE} among them, got {self.dims}")


def measure(config: Config) -> dict[str, Any]:
    """Train and judge, or read what is finished; what is recorded as ``data``, and ``seconds``."""
    runs = collect({str(dim): {"embedding_dim": dim} for dim in config.dims}, config.plan)
    return runs.data(str(REFERENCE), paper=[row.to_dict() for row in TABLE_5])


def record(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Measure, and write ``embedding_dim.json`` into ``folder`` (the package's own if None)."""
    settings = config or Config()
    data = measure(replace(settings, plan=replace(settings.plan, lfw=lfw)))
    seconds = data.pop("seconds")
    return results.save(
        "embedding_dim", data, command=COMMAND, seed=0, seconds=seconds, folder=folder
    )
