"""The nearest of a gallery, exactly, in blocks: no table of all distances is ever held."""

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

Blocks: TypeAlias = tuple[int, int]

BLOCKS: Final = (256, 8192)
"""This many queries are compared with this many gallery vectors at a time: 8 MB of distances."""
MANY_CANDIDATES: Final = 8
"""With more candidates than this for each neighbour wanted, some are ruled out first."""
PAIR_BLOCK: Final = 16384
"""The exact distances of this many pairs are computed at a time."""


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
    blocks: Blocks = BLOCKS,
) -> Neighbours:
    """The ``k`` nearest of ``gallery`` (M, D) for each of ``queries`` (Q, D), nearest first.

    Both become float32. Distances are sums of squared differences, taken in float64 and rounded to
    float32; equal ones are put in the order of the gallery. ``blocks``: how many
    queries the exact engine compares with how many vectors at a time, which changes no answer.

    ``engine="faiss"`` needs FAISS (``pip install "facenet_lite[search]"``), and takes ``index``,
    ``lists``, ``probes`` and ``threads`` as ``faiss_index.build`` and its ``search`` do. Its
    answers are brought into the same form, but of several vectors that are equally far at the k-th
    place it may name another one, and an index other than ``flat`` may miss some neighbours.
    Raises InputError for NaN, an empty gallery, other dimensions, or ``k`` above M.
    """
    check_choice(engine, "engine", get_args(Engine))
    check_flag(progress, "progress")
    known = check_gallery(gallery)
    asked = check_queries(queries, known.shape[1])
    check_number(k, "k", low=1, high=len(known), integer=True)
    if engine == "exact":
        return _exact(known, asked, k, progress, _checked(blocks))
    from facenet_lite.evaluate import faiss_index  # FAISS is optional

    built = faiss_index.build(known, index, lists=lists, threads=threads)
    found = built.search(asked, k, probes=probes, threads=threads)
    rows = np.repeat(np.arange(len(asked)), k)
    distances = exact_distances(known, asked, rows, found.indices.ravel())
    return nearest(k, rows, found.indices.ravel(), distances)


def pairs_within(
    gallery: ArrayLike,
    queries: ArrayLike,
    threshold: float,
    *,
    progress: bool = False,
    blocks: Blocks = BLOCKS,
) -> Iterator[tuple[Indices, Indices]]:
    """All pairs of a query and a gallery vector with D <= ``threshold``, some at a time.

    ``gallery`` (M, D), ``queries`` (Q, D). Yields rows of the queries and rows of the gallery,
    int64 (n,) each, by query, then by gallery row within each part; parts may be empty. Distances
    and blocks are those of ``search``. Raises InputError as ``search`` does, or for a threshold
    below 0.
    """
    known = check_gallery(gallery)
    asked = check_queries(queries, known.shape[1])
    check_number(threshold, "threshold", low=0)
    check_flag(progress, "progress")
    return _within(known, asked, float(threshold), progress, _checked(blocks))


def exact_distances(gallery: Vectors, queries: Vectors, rows: Indices, columns: Indices) -> Vectors:
    """Squared distances, float32 (P,), of the queries at ``rows`` and the vectors at ``columns``.

    Differences are squared and summed in float64, so that equal vectors are at exactly 0.
    """
    out = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), PAIR_BLOCK):
        part = slice(start, start + PAIR_BLOCK)
        difference = queries[rows[part]].astype(np.float64) - gallery[columns[part]]
        out[part] = np.einsum("pd,pd->p", difference, difference)
    return out


def _checked(blocks: Blocks) -> Blocks:
    queries, vectors = (check_number(block, "blocks", low=1, integer=True) for block in blocks)
    return queries, vectors


def _exact(
    gallery: Vectors, queries: Vectors, k: int, progress: bool, blocks: Blocks
) -> Neighbours:
    indices = np.empty((len(queries), k), np.int64)
    distances = np.empty((len(queries), k), np.float32)
    squares = _squares(gallery)
    for start in _steps(len(queries), blocks[0], progress):
        part = slice(start, start + blocks[0])
        best = _nearest_of_all(gallery, squares, queries[part], k, blocks[1])
        indices[part], distances[part] = best.indices, best.squared_distances
    return Neighbours(indices, distances)


def _nearest_of_all(
    gallery: Vectors, squares: Vectors, queries: Vectors, k: int, block: int
) -> Neighbours:
    """Search the whole gallery for a few queries, keeping the k nearest so far.

    Most vectors are ruled out by an approximate distance, one matrix product in float32, whose
    error has a bound. Exact distances are computed only of those that may be among the k nearest.
    """
    own = _squares(queries).astype(np.float64)
    slack = _slack(gallery, squares, own)
    rows = np.zeros(0, np.int64)
    columns, distances = rows, np.zeros(0, np.float32)
    worst = np.full(len(queries), np.inf)
    for start in range(0, len(gallery), block):
        part = gallery[start : start + block]
        near = _approximate(part, squares[start : start + block], queries)
        limit = worst - own + slack
        candidates = near <= _up(limit)[:, None]
        most = MANY_CANDIDATES * k * len(queries)
        if k <= len(part) and np.count_nonzero(candidates) > most:
            # Too many: the k-th nearest of this block alone bounds which may be among the nearest.
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
    gallery: Vectors, queries: Vectors, threshold: float, progress: bool, blocks: Blocks
) -> Iterator[tuple[Indices, Indices]]:
    squares = _squares(gallery)
    for top in _steps(len(queries), blocks[0], progress):
        asked = queries[top : top + blocks[0]]
        own = _squares(asked).astype(np.float64)
        slack = _slack(gallery, squares, own)
        for start in range(0, len(gallery), blocks[1]):
            part = slice(start, start + blocks[1])
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

    A sum of D products in float32 is wrong by at most D half-units in the last place of the sum of
    their sizes (Higham 2002, section 3.1): here of |q|^2 + 2|q||g| + |g|^2 = (|q| + |g|)^2.
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
