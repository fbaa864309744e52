"""Training with triplets on Faces of Nobody alone: what five minutes achieve, in three runs.

``facenet-lite experiment training --lfw DIR`` records ``results/training.json``. Each run is judged
on drawn people that it has never seen, and on LFW's View 1 test pairs, whose pictures and people
were used neither in the face model nor in the training.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from facenet_lite import assets, models, train
from facenet_lite._checks import check_number
from facenet_lite.book.builders.nets import logged
from facenet_lite.book.experiments.lfw.view1 import View1
from facenet_lite.book.kept import fingerprint, once
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.evaluate import area_under_roc
from facenet_lite.train import validation
from facenet_lite.types import Pairs

EVERY: Final = 10
"""Every 10th step is recorded."""


@dataclass(frozen=True)
class Config:
    """``run``: the settings that every run shares; ``seeds``: how many runs, from seed 0;
    ``partial``: the folder from which an interrupted run resumes; ``pairs``: how many test pairs
    from each end of their list (None: all)."""

    partial: Path = Path("build/experiments/training")
    run: train.Config = field(default_factory=train.Config)
    seeds: int = 3
    pairs: int | None = None
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.seeds, "seeds", low=1, integer=True)
        if self.pairs is not None:
            check_number(self.pairs, "pairs", low=1, integer=True)


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Train with each seed, or resume an interrupted run.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    config = config or Config()
    copy = lfw_data.find(lfw)
    pairs = _pairs(copy, config.pairs)
    settings = [config.run.flat(), assets.get("nobody").sha256, config.pairs, copy.state()]
    folder = config.partial / fingerprint(settings)
    view1 = View1(copy, pairs)
    found = []
    for seed in range(config.seeds):
        run = config.run.changed(seed=seed)
        place = folder / f"seed-{seed}"
        first = once(
            place / "untrained.json",
            lambda run=run: _judged(train.untrained(run.network), run, view1),
        )
        network = train.train(run, place, progress=config.progress)
        after = _judged(network, run, view1)
        found.append(
            {
                "seed": seed,
                "untrained": first,
                "trained": after,
                **logged(place, run.data.p * run.data.k, every=EVERY),
            }
        )
    trained = [run["trained"] for run in found]
    data = {
        "settings": {**config.run.flat(), "seeds": config.seeds, "pairs": len(pairs)},
        "parameters": sum(p.numel() for p in network.net.parameters()),
        "runs": found,
        "summary": {
            key: _summary([run[key] for run in trained])
            for key in ("auc", "val", "lfw_auc", "lfw_auc_mirrored")
        },
    }
    return Measured(data, sum(run["seconds"] for run in found))


def _pairs(copy: lfw_data.Lfw, count: int | None) -> Pairs:
    """The test pairs; ``count`` of them from each end of their list, all if None."""
    pairs = copy.pairs("test")
    if count is None:
        return pairs
    kept = np.r_[0:count, len(pairs) - count : len(pairs)]
    return Pairs(
        tuple(pairs.first[i] for i in kept),
        tuple(pairs.second[i] for i in kept),
        pairs.is_same[kept],
        pairs.folds[kept],
    )


def _judged(network: models.TorchEmbedder, run: train.Config, view1: View1) -> dict[str, Any]:
    """On the drawn test people, and on LFW's pairs: crops alone, and with their mirror images."""
    held_out = validation.pictures(train.splits(run.data).test, run.data)
    same = view1.pairs.is_same
    alone, both = (
        area_under_roc(apart[same], apart[~same]) for apart in view1.distances(network).values()
    )
    return {
        **train.look(network, held_out)._asdict(),
        "lfw_auc": alone,
        "lfw_auc_mirrored": both,
    }


def _summary(values: list[float | None]) -> dict[str, float] | None:
    """Mean, lowest and highest of the runs; None where a run could not be estimated."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return {"mean": float(np.mean(known)), "lowest": min(known), "highest": max(known)}
