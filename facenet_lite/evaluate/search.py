"""The nearest of a gallery, exactly: in blocks, so that no table of all distances is ever held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_choice, check_flag, check_number
from facenet_lite.evaluate.neighbours import (
    IndexKind,
    Indices,
    Neighbours,
    Vectors,
    check_gallery,
    check_queries,
    nearest,
    smallest,
)

Engine: TypeAlias = Literal["exact", "faiss"]

ROWS: Final = 256
"""Queries taken at once."""
COLUMNS: Final = 8192
"""Gallery vectors taken at once: with 256 queries, 8 MB of distances."""
MANY: Final = 8
"""Candidates for each neighbour wanted, above which they are thinned out first."""
PAIRS: Final = 16384
"""Pairs whose distance is worked out anew at once."""


def search(
    gallery: ArrayLike,
    queries: ArrayLike,
    k: int = 1,
    *,
    engine: Engine = "exact",
    index: IndexKind = "flat",
    lists: int | None = None,
    probes: int = 16,
    threads: int = 1,
    progress: bool = False,
) -> Neighbours:
    """The ``k`` nearest of ``gallery`` (M, D) for each of ``queries`` (Q, D), nearest first.

    Both become float32. Distances are sums of squared differences, taken in float64 and rounded to
    float32; equal ones are put in the order of the gallery. ``engine="faiss"`` needs FAISS
    (``pip install "facenet_lite[search]"``), and takes ``index``, ``lists``, ``probes`` and
    ``threads`` as ``faiss_index.build`` and its ``search`` do; its answers are brought into the
    same form, but of equal ones at the k-th place it may name another, and with another index than
    ``flat`` it may miss some. Raises InputError for NaN, an empty gallery, other dimensions, or
    ``k`` above M.
    """
    check_choice(engine, "engine", get_args(Engine))
    check_flag(progress, "progress")
    known = check_gallery(gallery)
    asked = check_queries(queries, known.shape[1])
    check_number(k, "k", low=1, high=len(known), integer=True)
    if engine == "exact":
        return _exact(known, asked, k, progress)
    from facenet_lite.evaluate import faiss_index  # FAISS is optional

    built = faiss_index.build(known, index, lists=lists, threads=threads)
    found = built.search(asked, k, probes=probes, threads=threads)
    rows = np.repeat(np.arange(len(asked)), k)
    distances = exact_distances(known, asked, rows, found.indices.ravel())
    return nearest(k, rows, found.indices.ravel(), distances)


def pairs_within(
    gallery: ArrayLike, queries: ArrayLike, threshold: float, *, progress: bool = False
) -> Iterator[tuple[Indices, Indices]]:
    """All pairs of a query and a gallery vector with D <= ``threshold``, some at a time.

    ``gallery`` (M, D), ``queries`` (Q, D). Yields rows of the queries and rows of the gallery,
    int64 (n,) each, by query, then by gallery row within each part; parts may be empty. Distances
    as ``search`` has them. Raises InputError as ``search`` does, or for a threshold below 0.
    """
    known = check_gallery(gallery)
    asked = check_queries(queries, known.shape[1])
    check_number(threshold, "threshold", low=0)
    check_flag(progress, "progress")
    return _within(known, asked, float(threshold), progress)


def exact_distances(gallery: Vectors, queries: Vectors, rows: Indices, columns: Indices) -> Vectors:
    """Squared distances, float32 (P,), of the queries at ``rows`` and the vectors at ``columns``.

    Summed in float64 over differences, so that equal vectors are at exactly 0.
    """
    out = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), PAIRS):
        part = slice(start, start + PAIRS)
        difference = queries[rows[part]].astype(np.float64) - gallery[columns[part]]
        out[part] = np.einsum("pd,pd->p", difference, difference)
    return out


def _exact(gallery: Vectors, queries: Vectors, k: int, progress: bool) -> Neighbours:
    indices = np.empty((len(queries), k), np.int64)
    distances = np.empty((len(queries), k), np.float32)
    squares = _squares(gallery)
    for start in _steps(len(queries), ROWS, progress):
        asked = queries[start : start + ROWS]
        best = _block(gallery, squares, asked, k)
        indices[start : start + ROWS] = best.indices
        distances[start : start + ROWS] = best.squared_distances
    return Neighbours(indices, distances)


def _block(gallery: Vectors, squares: Vectors, queries: Vectors, k: int) -> Neighbours:
    """Search the whole gallery for a few queries, keeping the k nearest so far.

    Most vectors are ruled out by an approximate distance, one matrix product in float32, whose
    error has a bound. Only what may be among the k nearest is worked out exactly.
    """
    own = _squares(queries).astype(np.float64)
    slack = _slack(gallery, squares, own)
    rows = np.zeros(0, np.int64)
    columns, distances = rows, np.zeros(0, np.float32)
    worst = np.full(len(queries), np.inf)
    for start in range(0, len(gallery), COLUMNS):
        part = gallery[start : start + COLUMNS]
        near = _approximate(part, squares[start : start + COLUMNS], queries)
        limit = worst - own + slack
        candidates = near <= _up(limit)[:, None]
        if k <= len(part) and np.count_nonzero(candidates) > MANY * k * len(queries):
            # Too much to work out: the k-th of this block alone bounds what may be among them.
            kth = np.partition(near, k - 1, axis=1)[:, k - 1].astype(np.float64)
            candidates = near <= _up(np.minimum(limit, kth + 2 * slack))[:, None]
        found, at = np.nonzero(candidates)
        at += start
        exact = exact_distances(gallery, queries, found, at)
        rows, columns = np.concatenate([rows, found]), np.concatenate([columns, at])
        distances = np.concatenate([distances, exact])
        rows, columns, distances = smallest(k, rows, columns, distances)
        if start + len(part) >= k:
            worst = distances[k - 1 :: k].astype(np.float64)
    return Neighbours(columns.reshape(-1, k), distances.reshape(-1, k))


def _within(
    gallery: Vectors, queries: Vectors, threshold: float, progress: bool
) -> Iterator[tuple[Indices, Indices]]:
    squares = _squares(gallery)
    for top in _steps(len(queries), ROWS, progress):
        asked = queries[top : top + ROWS]
        own = _squares(asked).astype(np.float64)
        slack = _slack(gallery, squares, own)
        for start in range(0, len(gallery), COLUMNS):
            part = slice(start, start + COLUMNS)
            near = _approximate(gallery[part], squares[part], asked)
            rows, columns = np.nonzero(near <= _up(threshold - own + slack)[:, None])
            doubtful = near[rows, columns] > threshold - own[rows] - slack[rows]
            columns += start
            keep = np.ones(len(rows), bool)
            exact = exact_distances(gallery, asked, rows[doubtful], columns[doubtful])
            keep[doubtful] = exact.astype(np.float64) <= threshold
            yield rows[keep] + top, columns[keep]


def _squares(vectors: Vectors) -> Vectors:
    squares: Vectors = np.einsum("nd,nd->n", vectors, vectors)
    return squares


def _approximate(gallery: Vectors, squares: Vectors, queries: Vectors) -> Vectors:
    """Squared distances less the query's own square, float32 (Q, M)."""
    near = (queries * np.float32(-2)) @ gallery.T
    near += squares
    return np.asarray(near, np.float32)


def _slack(gallery: Vectors, squares: Vectors, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far an approximate distance may be from the exact one, for each query.

    A sum of D products in float32 is off by at most D half-units in the last place of the sum of
    their sizes (Higham 2002, section 3.1): of |q|^2, 2|q||g| and |g|^2, which are (|q| + |g|)^2.
    """
    longest = float(np.sqrt(squares.max()))
    unit = float(np.finfo(np.float32).eps) / 2
    dim = gallery.shape[1]
    slack: NDArray[np.float64] = (dim + 16) * (unit * (np.sqrt(own) + longest) ** 2 + 1e-37)
    return slack


def _up(limit: NDArray[np.float64]) -> Vectors:
    """Rounded to float32, never down."""
    return np.nextafter(limit.astype(np.float32), np.float32(np.inf))


def _steps(length: int, step: int, progress: bool) -> Iterator[int]:
    from tqdm import tqdm

    yield from tqdm(range(0, length, step), disable=not progress, unit="block")
