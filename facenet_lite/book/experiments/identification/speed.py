"""How long it takes to find one face among very many, exactly and with FAISS.

The many are synthetic. Uniform random vectors would mislead: in 128 independent directions all are
about equally far apart, the nearest is hardly nearer than the rest, and the lists of an index
group nothing that belongs together. Embeddings of faces spread over far fewer directions, and form
small groups, one for each person. So people are drawn with the covariance of LFW's people, and
their pictures around them with the covariance of two pictures of one person. Both distributions
are normal, which is only roughly true of LFW's embeddings.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.experiments.identification.capacity import Measured
from facenet_lite.evaluate import faiss_index
from facenet_lite.evaluate.neighbours import IndexKind, Neighbours

Vectors = NDArray[np.float32]


class Moments(NamedTuple):
    """The ``mean`` (D,) of people, and the square roots (D, D) of two covariances: ``between``
    people, and ``within`` the pictures of one person."""

    mean: NDArray[np.float64]
    between: NDArray[np.float64]
    within: NDArray[np.float64]

    @classmethod
    def of(cls, first: Vectors, second: Vectors) -> Moments:
        """From two pictures of each of N people, float32 (N, D)."""
        a, b = first.astype(np.float64), second.astype(np.float64)
        within = np.cov((a - b).T) / 2
        return cls(np.asarray(np.mean(a, axis=0)), _root(np.cov(a.T) - within), _root(within))

    @property
    def directions(self) -> float:
        """In how many directions people differ: the participation ratio, at most D."""
        values = np.asarray(np.square(np.linalg.eigvalsh(self.between)))
        return float(values.sum() ** 2 / np.square(values).sum())

    def draw(
        self, people: int, each: int, asked: int, *, rng: np.random.Generator
    ) -> tuple[Vectors, Vectors, NDArray[np.int64]]:
        """A gallery (people * each, D), another picture of ``asked`` of its people (asked, D), and
        who they are: person i has the rows from i * each on."""
        dim = len(self.mean)
        who = rng.choice(people, asked, replace=False)
        drawn = self.mean + rng.standard_normal((people, dim)) @ self.between
        centres = drawn.astype(np.float32)
        gallery = np.repeat(centres, each, axis=0)
        spread = self.within.astype(np.float32)
        gallery += rng.standard_normal(gallery.shape, dtype=np.float32) @ spread
        queries = centres[who] + rng.standard_normal((asked, dim), dtype=np.float32) @ spread
        return gallery, queries, who


def uniform(
    people: int, each: int, asked: int, dim: int, *, rng: np.random.Generator
) -> tuple[Vectors, Vectors, NDArray[np.int64]]:
    """The same numbers of vectors in uniformly random directions, not grouped into people: the
    wrong thing to measure on."""
    gallery = rng.standard_normal((people * each, dim), dtype=np.float32)
    queries = rng.standard_normal((asked, dim), dtype=np.float32)
    for vectors in (gallery, queries):
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return gallery, queries, np.zeros(asked, np.int64)


@dataclass(frozen=True, eq=False)
class Race:
    """One gallery, its queries and their true nearest: what every engine is measured on."""

    gallery: Vectors
    queries: Vectors
    who: NDArray[np.int64]
    each: int
    repeats: int

    def exact(self) -> tuple[dict[str, Any], list[int]]:
        """The package's own search, measured; and each query's nearest."""

        def ask(queries: Vectors) -> Neighbours:
            return evaluate.search(self.gallery, queries)

        found = ask(self.queries)
        row = {"index": "exact", "bytes": self.gallery.nbytes, "build_cpu_s": 0.0}
        return self._row(row, ask, found, found.indices[:, 0]), found.indices[:, 0].tolist()

    def faiss(
        self, kind: IndexKind, nearest: list[int], probes: tuple[int, ...], *, seed: int
    ) -> list[dict[str, Any]]:
        """A FAISS index on one thread, with several numbers of lists searched."""
        start, wall = time.process_time(), time.perf_counter()
        index = faiss_index.build(self.gallery, kind, seed=seed)
        built = {
            "index": kind,
            "lists": index.lists,
            "build_cpu_s": round(time.process_time() - start, 2),
            "build_s": round(time.perf_counter() - wall, 2),
            "bytes": index.bytes,
        }
        rows = []
        for count in probes if kind != "flat" else probes[:1]:

            def ask(queries: Vectors, count: int = count) -> Neighbours:
                return index.search(queries, probes=count)

            more = {"probes": count} if kind != "flat" else {}
            rows.append(self._row(built | more, ask, ask(self.queries), np.array(nearest)))
        return rows

    def _row(
        self,
        row: dict[str, Any],
        ask: Callable[[Vectors], Neighbours],
        found: Neighbours,
        nearest: NDArray[np.int64],
    ) -> dict[str, Any]:
        """Timed in one batch and one at a time; ``recall``: the share whose nearest is found."""
        first = found.indices[:, 0]
        together = [_timed(ask, self.queries) for _ in range(self.repeats)]
        alone = [_timed(ask, self.queries[i : i + 1]) for i in range(4 * self.repeats)]
        return row | {
            "vectors": len(self.gallery),
            "bytes_per_vector": round(row["bytes"] / len(self.gallery), 1),
            "batch_cpu_s": _middle(cpu for cpu, _ in together) / len(self.queries),
            "batch_s": _middle(wall for _, wall in together) / len(self.queries),
            "single_cpu_s": _middle(cpu for cpu, _ in alone),
            "single_s": _middle(wall for _, wall in alone),
            "recall": float(np.mean(first == nearest)),
            "right_person": float(np.mean(first // self.each == self.who)),
        }


def measured(row: dict[str, Any]) -> Measured:
    """A recorded row for ``capacity.project``: one query at a time, by processor time."""
    return Measured(row["vectors"], row["bytes_per_vector"], row["single_cpu_s"], row["recall"])


def _timed(ask: Callable[[Vectors], Neighbours], queries: Vectors) -> tuple[float, float]:
    """Seconds of processor time and of wall time."""
    cpu, wall = time.process_time(), time.perf_counter()
    ask(queries)
    return time.process_time() - cpu, time.perf_counter() - wall


def _middle(seconds: Any) -> float:
    return float(f"{statistics.median(seconds):.3g}")


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """A symmetric square root; eigenvalues that a small sample makes negative count as 0."""
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root
