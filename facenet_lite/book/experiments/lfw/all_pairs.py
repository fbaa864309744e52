"""All pairs of LFW's pictures: VAL at small false accept rates, with intervals over people.

``facenet-lite experiment all_pairs --lfw DIR`` records ``results/all_pairs.json``. It takes dlib's
embeddings of all 13,233 pictures from ``dlib-reference.npz`` in LFW's folder.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.lfw.reference import embedded
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.distances import pairwise_squared_distances

FARS: Final = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
WIDER: Final = 2.0
"""A resample of people may have a higher threshold than the whole set, so pairs are kept up to this
many times the largest rate."""


@dataclass(frozen=True)
class Config:
    """``fars``: the false accept rates; ``trials``: how often people are resampled."""

    fars: tuple[float, ...] = FARS
    trials: int = 500

    def __post_init__(self) -> None:
        check_number(self.trials, "trials", low=10, integer=True)


@dataclass(frozen=True, eq=False)
class NearPairs:
    """Pairs, nearest first: ``first`` and ``second`` int64 (P,), people by number; ``squared``
    float32 (P,). It holds all same pairs, and the different pairs up to the distance ``limit``."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    squared: NDArray[np.float32]
    limit: float


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """VAL at each rate, with its interval from resampling people.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    began = time.perf_counter()
    fars, trials = (config or Config()).fars, (config or Config()).trials
    _, vectors, people, _ = embedded(lfw_data.find(lfw), undetected=True)
    start = time.perf_counter()
    found = evaluate.all_pairs(vectors, people, fars=fars)
    seconds = time.perf_counter() - start
    widest = max(point.asked for point in found.points)
    (wide,) = evaluate.all_pairs(vectors, people, fars=[min(1.0, WIDER * widest)]).points
    near = near_pairs(vectors, people, wide.threshold)
    bounds = drawn_people(near, people, fars, rng=np.random.default_rng(0), trials=trials)
    counts = np.bincount(people)
    same = counts * (counts - 1) // 2
    data = {
        "pictures": len(people),
        "people": len(counts),
        "same": found.same,
        "different": found.different,
        "largest": int(counts.max()),
        "largest_share": round(float(same.max() / same.sum()), 4),
        "auc": [round(found.auc_low, 6), round(found.auc_high, 6)],
        "compare_seconds": round(seconds, 2),
        "trials": trials,
        "rates": [
            {
                "far": point.asked,
                "allowed": point.allowed,
                "threshold": round(point.threshold, 5),
                "val": round(point.val, 5),
                "low": round(low, 5),
                "high": round(high, 5),
            }
            for point, (low, high) in zip(found.points, bounds, strict=True)
        ],
    }
    return Measured(data, time.perf_counter() - began)


def near_pairs(
    vectors: NDArray[np.float32], people: NDArray[np.int64], limit: float, *, rows: int = 512
) -> NearPairs:
    """All pairs of embeddings (N, D) up to a squared distance, and every same pair beyond it.

    ``rows`` of the table of distances are held in memory at a time.
    """
    parts = []
    for top in range(0, len(vectors), rows):
        squared = pairwise_squared_distances(vectors[top : top + rows], vectors[top:])
        same = people[top : top + rows, None] == people[top:]
        row, column = np.nonzero(np.triu((squared <= limit) | same, 1))
        parts.append((people[top + row], people[top + column], squared[row, column]))
    first, second, near = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(near, kind="stable")
    return NearPairs(first[order], second[order], near[order], limit)


def drawn_people(
    near: NearPairs,
    people: NDArray[np.int64],
    fars: tuple[float, ...],
    *,
    rng: np.random.Generator,
    trials: int,
) -> NDArray[np.float64]:
    """The middle 95 % of VAL at each rate when people are resampled: (F, 2).

    A picture counts as often as its person is drawn, and a pair of two people as often as the
    product. Each draw's threshold keeps to the rate among that draw's own different pairs.
    """
    counts = np.bincount(people)
    is_same = near.first == near.second
    a, b = near.first[~is_same], near.second[~is_same]
    friend = near.first[is_same]
    # subtle: how many different pairs are nearer than each same pair, for finding its threshold.
    before = np.cumsum(~is_same)[is_same]
    inside = near.squared[is_same] <= near.limit
    vals = np.empty((trials, len(fars)))
    for trial in range(trials):
        times = np.bincount(rng.integers(0, len(counts), len(counts)), minlength=len(counts))
        pictures = (times * counts).astype(np.float64)
        pairs = (pictures.sum() ** 2 - np.square(pictures).sum()) / 2
        wrong = np.concatenate([[0], np.cumsum(times[a] * times[b])])
        weights = times[friend]
        for place, far in enumerate(fars):
            kept = (wrong[before] <= far * pairs) & inside
            vals[trial, place] = weights[kept].sum() / weights.sum()
    return np.quantile(vals, [0.025, 0.975], axis=0).T
