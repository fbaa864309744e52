"""Turn embeddings of LFW's pictures, cropped in several ways, into the recorded numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import distances, evaluate
from facenet_lite.book.experiments.alignment.misplaced import UPRIGHT, Misplacement
from facenet_lite.types import Pairs, Picture

Way: TypeAlias = Literal["centre", "box", "eyes", "points5", "points68"]
Embeddings: TypeAlias = dict[Picture, NDArray[np.float32]]

COMPARED: Final[tuple[Way, ...]] = ("box", "points5")
"""The ways that are also tried on rotated faces and shifted boxes."""


def summarise(
    pairs: Pairs,
    embedded: Mapping[tuple[Way, Misplacement], Embeddings],
    misplaced_folds: Sequence[int],
) -> dict[str, Any]:
    """What is recorded: ten folds for each way, and the same measures for the misplaced folds.

    A misplaced fold is judged by the threshold that the same way had in that fold without any
    misplacement: chosen on the other folds, as one would choose it before deployment.
    """
    upright: dict[str, Any] = {}
    thresholds: dict[Way, dict[int, float]] = {}
    rows = []
    for (way, wrong), vectors in embedded.items():
        if wrong == UPRIGHT:
            found = evaluate.fold_accuracy(_squared(pairs, vectors), pairs.is_same, pairs.folds)
            thresholds[way] = dict(zip(np.unique(pairs.folds), found.thresholds, strict=True))
            upright[way] = {
                "accuracy": round(found.mean, 5),
                "standard_error": round(found.standard_error, 5),
                "standard_deviation": round(found.standard_deviation, 5),
                "folds": np.round(found.accuracies, 5).tolist(),
                "thresholds": np.round(found.thresholds, 4).tolist(),
            }
    for wrong in dict.fromkeys(wrong for _, wrong in embedded):
        tested = {
            way: _judge(pairs, embedded[way, wrong], thresholds[way], misplaced_folds)
            for way in COMPARED
            if (way, wrong) in embedded
        }
        rows.append({"kind": wrong.kind, "level": wrong.level, "ways": tested})
    return {"ways": upright, "misplaced_folds": list(misplaced_folds), "misplaced": rows}


def _judge(
    pairs: Pairs, vectors: Embeddings, thresholds: Mapping[int, float], folds: Sequence[int]
) -> dict[str, Any]:
    kept = np.isin(pairs.folds, folds)
    same = pairs.is_same[kept]
    limits = np.array([thresholds[fold] for fold in pairs.folds[kept]])
    accepted = _squared(pairs, vectors, kept) <= limits
    right = int(np.sum(accepted == same))
    low, high = evaluate.wilson_interval(right, len(same))
    return {
        "pairs": len(same),
        "accuracy": round(right / len(same), 5),
        "low": round(low, 5),
        "high": round(high, 5),
        "false_rejects": round(float(np.mean(~accepted[same])), 5),
        "false_accepts": round(float(np.mean(accepted[~same])), 5),
    }


def _squared(
    pairs: Pairs, vectors: Embeddings, kept: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    rows = range(len(pairs)) if kept is None else np.flatnonzero(kept).tolist()
    first = np.stack([vectors[pairs.first[i]] for i in rows])
    second = np.stack([vectors[pairs.second[i]] for i in rows])
    return distances.squared_distances(first, second)
