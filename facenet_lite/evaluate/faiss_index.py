"""FAISS behind the package's own search: flat, and inverted lists that look at a part only.

FAISS (Douze et al. 2024) is an optional extra: ``pip install "facenet_lite[search]"``.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_choice, check_number
from facenet_lite.errors import MissingExtraError
from facenet_lite.evaluate.neighbours import IndexKind, Neighbours, check_gallery, check_queries

INSTALL: Final = 'pip install "facenet_lite[search]"'
TRAINED_ON: Final = 64
"""Vectors a list that k-means looks at; FAISS asks for 39 at least, and takes 256 by itself."""
STORED: Final = {"flat": "Flat", "ivf": "IVF{lists},Flat", "ivf_bytes": "IVF{lists},SQ8"}


class FaissIndex:
    """A gallery in FAISS's form, searched as often as wanted; made by ``build``.

    ``kind``, ``size`` (vectors), ``lists`` (1 for ``flat``), and ``bytes``: what it takes when
    written out.
    """

    def __init__(self, index: Any, kind: IndexKind, lists: int) -> None:
        self._index = index
        self.kind: Final = kind
        self.size: Final = int(index.ntotal)
        self.lists: Final = lists

    @property
    def bytes(self) -> int:
        """The size of the index in bytes, as FAISS would write it."""
        return int(_faiss().serialize_index(self._index).nbytes)

    def search(
        self, queries: ArrayLike, k: int = 1, *, probes: int = 16, threads: int = 1
    ) -> Neighbours:
        """The ``k`` nearest for each of ``queries`` (Q, D), by FAISS's own float32 distances.

        ``probes``: how many lists are looked into; a query whose lists hold fewer than ``k``
        vectors looks into all. ``threads``: of FAISS alone. Raises InputError as ``search`` does.
        """
        asked = check_queries(queries, self._index.d)
        check_number(k, "k", low=1, high=self.size, integer=True)
        check_number(probes, "probes", low=1, integer=True)
        faiss = _faiss()
        with _threads(threads):
            if self.kind == "flat":
                distances, indices = self._index.search(asked, k)
            else:
                some = faiss.SearchParametersIVF(nprobe=min(probes, self.lists))
                distances, indices = self._index.search(asked, k, params=some)
                short = np.flatnonzero((indices < 0).any(axis=1))
                if len(short):
                    every = faiss.SearchParametersIVF(nprobe=self.lists)
                    again = self._index.search(asked[short], k, params=every)
                    distances[short], indices[short] = again
        return Neighbours(indices, np.maximum(distances, 0))


def build(
    gallery: ArrayLike,
    kind: IndexKind = "flat",
    *,
    lists: int | None = None,
    threads: int = 1,
    seed: int = 0,
) -> FaissIndex:
    """Put ``gallery`` (M, D) into an index of FAISS.

    ``flat``: all vectors, all compared; exact up to float32. ``ivf``: the vectors in ``lists``
    lists (None: four times the root of M), each around a centre that k-means finds, of which a
    search looks into a few. ``ivf_bytes``: the same with a byte for each number, as FaceNet stores
    its embeddings (section 5.4). ``threads``: FAISS brings an OpenMP of its own, beside PyTorch's
    and OpenBLAS's; one thread keeps the three from competing for cores. ``seed``: of k-means.
    Raises MissingExtraError without FAISS, InputError as ``search`` does, or for more lists than
    vectors.
    """
    check_choice(kind, "index", get_args(IndexKind))
    known = check_gallery(gallery)
    faiss = _faiss()
    if kind == "flat":
        count = 1
    else:
        count = min(len(known), round(4 * math.sqrt(len(known)))) if lists is None else lists
        check_number(count, "lists", low=1, high=len(known), integer=True)
    with _threads(threads):
        index = faiss.index_factory(known.shape[1], STORED[kind].format(lists=count))
        if kind != "flat":
            index.cp.seed = seed
            index.cp.min_points_per_centroid = 1  # a small gallery is no reason to warn
            index.cp.max_points_per_centroid = TRAINED_ON
            index.train(known)
        index.add(known)
    return FaissIndex(index, kind, count)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """FAISS on so many threads, and on as many as before afterwards."""
    check_number(count, "threads", low=1, integer=True)
    faiss = _faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _faiss() -> Any:
    """FAISS, imported when it is first needed."""
    # Which of its builds it tries to load, it tells at every first import.
    logging.getLogger("faiss").setLevel(logging.WARNING)
    try:
        import faiss
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"engine: expected FAISS to be installed for 'faiss', and it is not; {INSTALL}, or "
            "use engine='exact'"
        ) from error
    return faiss
