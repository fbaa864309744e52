"""Turn embeddings of drawn and real faces into the recorded numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.experiments.lfw.reference import LfwEmbeddings
from facenet_lite.book.experiments.nobody.frechet import frechet_distance
from facenet_lite.data.nobody import PARTS, FaceModel
from facenet_lite.distances import pairwise_squared_distances, squared_distances
from facenet_lite.evaluate import separation, wilson_interval

EDGES: Final = np.linspace(0, 1.2, 49)
"""Bin edges of the histograms of squared distances."""
QUANTILES: Final = (0, 1, 5, 25, 50, 75, 95, 99, 100)


def of_model(model: FaceModel, size: int) -> dict[str, Any]:
    """The model's size and how much of the pictures' variance each source holds.

    ``variance``: mean over the canvas's values, in squared grey levels of the skin's texture.
    """
    variance = {"who": texture_variance(model, model.who)}
    variance |= {part: texture_variance(model, model.how[part]) for part in PARTS}
    return {
        "bytes": size,
        **model.facts,
        "texture_components": len(model.steps),
        "shape_components": len(model.shape_components),
        "identity_dim": model.identity_dim,
        "part_dims": model.part_dims,
        "variance": {name: round(value, 2) for name, value in variance.items()},
        "between_to_within": round(variance["who"] / sum(variance[part] for part in PARTS), 4),
    }


def texture_variance(model: FaceModel, columns: NDArray[np.float64]) -> float:
    """The variance, in squared grey levels, that columns (D, Q) give to the mean texture value."""
    split, end = len(model.kept), len(model.steps)
    total, values = 0.0, 0
    for stored, rows in ((model.kept, slice(0, split)), (model.turned, slice(split, end))):
        basis = stored.reshape(len(stored), -1).astype(np.float32)
        scaled = model.steps[rows, None] * columns[rows].astype(np.float32)
        total += float(np.einsum("iq,ij,jq->", scaled, basis @ basis.T, scaled, optimize=True))
        values = basis.shape[1]
    return total / values


def of_lfw(reference: LfwEmbeddings, count: int) -> dict[str, Any]:
    """The same measures for LFW itself: people against themselves, and strangers to each other."""
    train, test = reference.one_each
    return {
        "same_person": _spread(squared_distances(*reference.first_two)),
        "strangers_nearest": _spread(nearest(test, reference.train)),
        "frechet": round(frechet_distance(train[:count], test), 5),
        "train_pictures": len(reference.train),
        "test_people": len(test),
    }


def of_drawn(
    several: NDArray[np.float32],
    singles: NDArray[np.float32],
    found: NDArray[np.bool_],
    cpu_ms: float,
    reference: LfwEmbeddings,
) -> dict[str, Any]:
    """What is recorded of one model: found by HOG, told apart, no copies, like LFW's test people.

    ``several``: (P, K, 128); ``singles``: (S, 128); ``found``: (S,).
    """
    hits, trials = int(found.sum()), len(found)
    low, high = wilson_interval(hits, trials)
    apart = separation(several)
    close = nearest(singles, reference.train)
    usual = float(np.median(squared_distances(*reference.first_two)))
    return {
        "hog": {"found": hits, "pictures": trials, "low": round(low, 5), "high": round(high, 5)},
        "identities": {
            "auc": round(apart.auc, 5),
            "low": round(apart.low, 5),
            "high": round(apart.high, 5),
            "same": _spread(apart.same),
            "different": _spread(apart.different),
        },
        "nearest": {**_spread(close), "nearer_than_one_person": int((close < usual).sum())},
        "frechet": round(frechet_distance(singles, reference.one_each[1]), 5),
        "cpu_ms": round(cpu_ms, 3),
    }


def nearest(embeddings: NDArray[np.float32], gallery: NDArray[np.float32]) -> NDArray[np.float32]:
    """The squared distance (N,) of each embedding (N, D) to the nearest of ``gallery`` (M, D)."""
    chunks = [
        pairwise_squared_distances(embeddings[i : i + 256], gallery).min(axis=1)
        for i in range(0, len(embeddings), 256)
    ]
    return np.concatenate(chunks)


def _spread(squared: NDArray[np.float32]) -> dict[str, Any]:
    """A sample of squared distances: its quantiles and its histogram over ``EDGES``."""
    counts, _ = np.histogram(np.minimum(squared, EDGES[-1]), EDGES)
    return {
        "count": len(squared),
        "mean": round(float(squared.mean()), 4),
        "quantiles": {
            str(q): round(float(v), 4)
            for q, v in zip(QUANTILES, np.percentile(squared, QUANTILES), strict=True)
        },
        "histogram": counts.tolist(),
    }
