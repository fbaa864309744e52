"""The nearest vectors of a gallery for each query, also merged from several shards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError

Vectors: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]
IndexKind: TypeAlias = Literal["flat", "ivf", "ivf_bytes"]

LARGEST: Final = 1e18
"""Squared distances of vectors up to this length fit into float32."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The k nearest of a gallery for each of Q queries, nearest first.

    ``indices``: int64 (Q, k), rows of the gallery; ``squared_distances``: float32 (Q, k),
    ascending. Raises InputError for other shapes, indices below 0, or a row that descends.
    """

    indices: Indices
    squared_distances: Vectors

    def __post_init__(self) -> None:
        indices = check_array(self.indices, "indices", shape=(None, None), dtype=np.int64)
        distances = check_array(
            self.squared_distances, "squared_distances", shape=indices.shape, dtype=np.float32
        )
        if indices.min(initial=0) < 0:
            raise InputError("indices: expected rows of the gallery, at least 0, got a lower one")
        if np.any(np.diff(distances, axis=1) < 0):
            raise InputError("squared_distances: expected each row ascending; sort the neighbours")
        object.__setattr__(self, "indices", indices)
        object.__setattr__(self, "squared_distances", distances)

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def k(self) -> int:
        """How many neighbours each query has."""
        return int(self.indices.shape[1])


def check_gallery(gallery: ArrayLike) -> Vectors:
    """A gallery (M, D) with at least one vector, as float32."""
    known = check_array(gallery, "gallery", shape=(None, None), dtype=np.float32)
    if known.size == 0:
        raise InputError(
            f"gallery: expected at least one vector, got an array of shape {known.shape}; "
            "nothing can be found in an empty gallery"
        )
    return _not_too_long(known, "gallery")


def check_queries(queries: ArrayLike, dim: int) -> Vectors:
    """Queries (Q, ``dim``), possibly none, as float32."""
    asked = check_array(queries, "queries", shape=(None, dim), dtype=np.float32)
    return _not_too_long(asked, "queries")


def _not_too_long(vectors: Vectors, name: str) -> Vectors:
    longest = float(max(vectors.max(initial=0), -vectors.min(initial=0)))
    if longest * vectors.shape[1] > LARGEST:
        raise InputError(f"{name}: expected vectors no longer than {LARGEST:g}; scale them")
    return vectors


def merge_shards(parts: Sequence[Neighbours], offsets: Sequence[int]) -> Neighbours:
    """The nearest over several parts of a gallery, from the nearest of each.

    ``parts``: one for each shard, for the same Q queries; ``offsets``: the gallery row at which
    each shard begins. The answer has as many neighbours as the largest part. It equals a search of
    the whole gallery, ties included, where every shard gave that many or all that it has. Raises
    InputError for no parts, or parts of different queries.
    """
    if not parts or len(parts) != len(offsets) or len({len(part) for part in parts}) != 1:
        raise InputError(
            "parts: expected one or more, each with its offset and all for the same queries, got "
            f"{[len(part) for part in parts]} queries and {len(offsets)} offsets"
        )
    for offset in offsets:
        check_number(offset, "offsets", low=0, integer=True)
    rows = [np.repeat(np.arange(len(part)), part.k) for part in parts]
    indices = [part.indices.ravel() + offset for part, offset in zip(parts, offsets, strict=True)]
    distances = np.concatenate([part.squared_distances.ravel() for part in parts])
    most = max(part.k for part in parts)
    return nearest(most, np.concatenate(rows), np.concatenate(indices), distances)


def nearest(k: int, rows: Indices, columns: Indices, distances: Vectors) -> Neighbours:
    """The ``k`` nearest of each row's candidates, of which there are at least ``k``."""
    _, columns, distances = smallest(k, rows, columns, distances)
    return Neighbours(columns.reshape(-1, k), distances.reshape(-1, k))


def smallest(
    k: int, rows: Indices, columns: Indices, distances: Vectors
) -> tuple[Indices, Indices, Vectors]:
    """The first ``k`` of each row's candidates by distance, then by column; in order of rows."""
    order = np.lexsort((columns, distances, rows))
    rows = rows[order]
    new = np.r_[True, rows[1:] != rows[:-1]] if len(rows) else np.zeros(0, bool)
    place = np.arange(len(rows)) - np.flatnonzero(new)[np.cumsum(new) - 1]
    keep = order[place < k]
    return rows[place < k], columns[keep], distances[keep]
