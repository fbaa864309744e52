"""A search through a gallery as it is defined, and inverted lists in a few lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facenet_lite.distances import pairwise_squared_distances


def nearest(
    gallery: Sequence[Sequence[float]], probe: Sequence[float], k: int
) -> list[tuple[float, int]]:
    """The ``k`` nearest of a gallery: squared distance and row, ties in the gallery's order."""
    found = []
    for row, vector in enumerate(gallery):
        distance = sum((a - b) ** 2 for a, b in zip(vector, probe, strict=True))
        found.append((float(distance), row))
    return sorted(found)[:k]


def components(close: NDArray[np.bool_]) -> list[int]:
    """A cluster for each of N pictures, where ``close`` (N, N) says which two are linked."""
    labels = list(range(len(close)))
    for a in range(len(close)):
        for b in range(a):
            if close[a, b] and labels[a] != labels[b]:
                old, new = max(labels[a], labels[b]), min(labels[a], labels[b])
                labels = [new if label == old else label for label in labels]
    return labels


def lists(gallery: NDArray[np.floating], centres: NDArray[np.floating]) -> list[NDArray[np.intp]]:
    """A list for each of ``centres`` (L, D): the rows of ``gallery`` (M, D) nearest to it."""
    home = pairwise_squared_distances(gallery, centres).argmin(axis=1)
    return [np.flatnonzero(home == centre) for centre in range(len(centres))]


def look_into(
    rows: list[NDArray[np.intp]],
    gallery: NDArray[np.floating],
    centres: NDArray[np.floating],
    probe: NDArray[np.floating],
    probes: int,
) -> tuple[int, int]:
    """The row nearest to a probe in the ``probes`` nearest lists, and how many were compared.

    The row is -1 where these lists are empty.
    """
    chosen = pairwise_squared_distances(probe[None], centres)[0].argsort(kind="stable")[:probes]
    some = np.sort(np.concatenate([rows[centre] for centre in chosen]))
    if not len(some):
        return -1, 0
    apart = pairwise_squared_distances(probe[None], gallery[some])[0]
    return int(some[apart.argmin()]), len(some)


def centres(
    gallery: NDArray[np.floating], count: int, *, rng: np.random.Generator, rounds: int = 10
) -> NDArray[np.float64]:
    """``count`` centres (L, D) of ``gallery`` (M, D): Lloyd's k-means from a random start."""
    found = gallery[rng.choice(len(gallery), count, replace=False)].astype(np.float64)
    for _ in range(rounds):
        for centre, rows in enumerate(lists(gallery, found)):
            if len(rows):
                found[centre] = gallery[rows].mean(axis=0)
    return found
