"""LFW's View 1 test pairs: how well a network tells their people apart.

View 1 is for choosing and comparing. No picture and no person of its 1,000 test pairs was used for
Faces of Nobody, or for a network that was trained on View 1's training people.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.data import lfw
from facenet_lite.distances import squared_distances
from facenet_lite.models import Embedder
from facenet_lite.train.photographs import Frame, of_lfw
from facenet_lite.types import Pairs

TRIALS: Final = 1000
"""How often people are resampled for an interval."""


@dataclass(frozen=True, eq=False)
class View1:
    """The test pairs of a copy of LFW, in ten folds that share no person.

    Crops are made once for each size and margin.
    """

    copy: lfw.Lfw
    pairs: Pairs
    _crops: dict[tuple[int, float], NDArray[np.uint8]] = field(default_factory=dict, repr=False)

    @classmethod
    def find(cls, folder: Path | None = None) -> View1 | None:
        """The pairs of the copy in ``folder``, or where ``data.lfw.find`` looks; None where none is
        named. Raises as ``data.lfw.find`` does for a folder that holds no copy."""
        if folder is None and not os.environ.get(lfw.VARIABLE):
            return None
        copy = lfw.find(folder)
        return cls(copy, evaluate.disjoint_folds(copy.pairs("test")))

    def crops(self, size: int, margin: float = 0.25) -> NDArray[np.uint8]:
        """Each picture's face by five points, RGB uint8 (N, size, size, 3), in the order of
        ``pairs.pictures``, using the box of ``lfw_faces.boxes``."""
        if (size, margin) not in self._crops:
            pictures = self.pairs.pictures()
            frame = Frame(size, margin)
            (crops,), _ = of_lfw(self.copy, pictures).crops(range(len(pictures)), [frame])
            self._crops[size, margin] = crops
        return self._crops[size, margin]

    def distances(self, network: Embedder) -> dict[str, NDArray[np.float32]]:
        """The pairs' squared distances (P,), by ``crops`` alone, and ``mirrored``: with the mirror
        images' embeddings averaged in."""
        crops = self.crops(network.spec.image_size, network.spec.crop_margin)
        alone = network.embed(crops)
        mirrored = network.embed(np.ascontiguousarray(crops[:, :, ::-1]))
        both = np.asarray((alone + mirrored) / 2, np.float32)
        if network.spec.unit_norm:
            both /= np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-12)
        return {name: squared(self.pairs, v) for name, v in (("crops", alone), ("mirrored", both))}

    def judge(self, network: Embedder) -> dict[str, Any]:
        """What is recorded of a network: the ``rates`` for each of its ``distances``."""
        return {name: rates(self.pairs, some) for name, some in self.distances(network).items()}


def squared(pairs: Pairs, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The squared distances (P,) of pairs, from the embeddings ``vectors`` (N, D) of their pictures
    in the order of ``pairs.pictures``."""
    rows = {picture: row for row, picture in enumerate(pairs.pictures())}
    sides = (vectors[[rows[p] for p in side]] for side in (pairs.first, pairs.second))
    return squared_distances(*sides)


def people_of(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who is in each pair's two pictures, as whole numbers, (P,) each."""
    names = [picture[0] for picture in (*pairs.first, *pairs.second)]
    rows = np.unique(names, return_inverse=True)[1].astype(np.int64)
    return rows[: len(pairs)], rows[len(pairs) :]


def rates(pairs: Pairs, squared: NDArray[np.float32], *, trials: int = TRIALS) -> dict[str, Any]:
    """AUC and accuracy of pairs by their squared distances (P,), each with its 95 % interval.

    The AUC's interval comes from resampling people (``evaluate.identity_bootstrap``). For the
    accuracy, each fold is judged by the threshold that is best on the others; its interval is
    Wilson's, over all pairs.
    """
    same = pairs.is_same
    auc = evaluate.identity_bootstrap(
        weighted_area(squared, same), *people_of(pairs), rng=np.random.default_rng(0), trials=trials
    )
    found = evaluate.fold_accuracy(squared, same, pairs.folds)
    low, high = found.pooled_interval
    return {
        "auc": {"value": auc.value, "low": auc.low, "high": auc.high},
        "accuracy": {"value": 1 - found.errors / len(same), "low": low, "high": high},
        "threshold": float(np.median(found.thresholds)),
    }


def weighted_area(squared: NDArray[np.float32], is_same: NDArray[np.bool_]) -> Any:
    """The area under the ROC as a function of how often each pair counts, float64 (P,).

    With weights of 1 it is ``evaluate.area_under_roc``; ties count half.
    """
    places = np.unique(squared, return_inverse=True)[1]
    same, different = places[is_same], places[~is_same]
    levels = int(places.max()) + 1

    def area(weights: NDArray[np.float64]) -> float:
        one = np.bincount(same, weights[is_same], levels)
        two = np.bincount(different, weights[~is_same], levels)
        beyond = two.sum() - np.cumsum(two) + two / 2
        return float(one @ beyond / (one.sum() * two.sum()))

    return area
