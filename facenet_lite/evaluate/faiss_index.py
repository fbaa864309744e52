"""FAISS behind the package's own search: a flat index, and inverted lists of which few are read.

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
"""K-means uses this many vectors for each list; FAISS wants at least 39, and defaults to 256."""
STORED: Final = {"flat": "Flat", "ivf": "IVF{lists},Flat", "ivf_bytes": "IVF{lists},SQ8"}


class FaissIndex:
    """A gallery in FAISS's form, to be searched any number of times; ``build`` makes it.

    ``kind``: which index; ``size``: how many vectors; ``lists``: how many inverted lists, 1 for
    ``flat``; ``bytes``: how large the index is when it is written out.
    """

    def __init__(self, index: Any, kind: IndexKind, lists: int) -> None:
        self._index = index
        self.kind: Final = kind
        self.size: Final = int(index.ntotal)
        self.lists: Final = lists

    @property
    def bytes(self) -> int:
        """The size in bytes of the index as FAISS would write it."""
        return int(_faiss().serialize_index(self._index).nbytes)

    def search(
        self, queries: ArrayLike, k: int = 1, *, probes: int = 16, threads: int = 1
    ) -> Neighbours:
        """The ``k`` nearest for each of ``queries`` (Q, D), by FAISS's own float32 distances.

        ``probes``: how many lists are searched; a query whose lists hold fewer than ``k`` vectors
        searches all of them. ``threads``: how many FAISS may use. Raises InputError as ``search``
        does.
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

    ``flat`` compares with all vectors and is exact up to float32. ``ivf`` divides the vectors among
    ``lists`` lists (None: four times the root of M), each around a centre that k-means finds, and a
    search reads only a few of these lists. ``ivf_bytes`` does the same with a byte for each number,
    as FaceNet stores its embeddings (section 5.4). ``threads``: FAISS brings its own OpenMP beside
    those of PyTorch and OpenBLAS; one thread keeps the three from competing for cores. ``seed`` is
    that of k-means.
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
            index.cp.min_points_per_centroid = 1  # do not warn of a small gallery
            index.cp.max_points_per_centroid = TRAINED_ON
            index.train(known)
        index.add(known)
    return FaissIndex(index, kind, count)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let FAISS use ``count`` threads inside, and as many as before afterwards."""
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
    # When it is first imported it logs which of its builds it tries to load.
    logging.getLogger("faiss").setLevel(logging.WARNING)
    try:
        import faiss
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"engine: expected FAISS to be installed for 'faiss', and it is not; {INSTALL}, or "
            "use engine='exact'"
        ) from error
    return faiss
