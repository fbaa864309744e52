"""The squared distances of all pairs of many embeddings, a block at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError

BLOCK: Final = 256
"""A block has this many rows and up to four times as many columns: it fits into the cache."""

ROUNDING: Final = 2.0**-24
"""The largest relative error of a number that is rounded to float32."""


@dataclass(frozen=True, eq=False)
class PairBlocks:
    """All pairs of N embeddings, sorted by label so that same pairs lie near the diagonal.

    ``rows`` float32 (N, D), ``squares`` float32 (N,): the embeddings, scaled by a power of two, and
    their squared lengths in ``unit``; ``labels`` int64 (N,), ascending; ``same``, ``different``:
    how many pairs of each kind; ``factor``: turns a product of two rows into -2 ab in ``unit``;
    ``unit``: the power of two in which blocks express squared distances; ``rounding``: how far a
    squared distance, no longer in ``unit``, may be from its exact value; ``block``: rows at a time.
    """

    rows: NDArray[np.float32]
    squares: NDArray[np.float32]
    labels: NDArray[np.int64]
    same: int
    different: int
    factor: float
    unit: float
    rounding: float
    block: int

    @classmethod
    def of(cls, embeddings: ArrayLike, labels: ArrayLike, *, bins: int, block: int) -> PairBlocks:
        """Sort embeddings (N, D) by labels (N,), with ``bins`` units up to the largest distance.

        A distance may exceed that many units by one part in 4,000. Raises InputError for other
        shapes, NaN, numbers that float32 cannot hold, and where there is no same or no different
        pair.
        """
        check_number(block, "block", low=1, integer=True)
        with np.errstate(over="ignore"):
            rows = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
        people = check_array(labels, "labels", shape=(len(rows),), dtype=np.int64)
        if not np.isfinite(rows).all():
            raise InputError("embeddings: expected numbers that float32 can hold; scale them")
        order = np.argsort(people, kind="stable")
        rows, people = rows[order], people[order]
        each = np.unique(people, return_counts=True)[1].tolist()
        same = sum(count * (count - 1) // 2 for count in each)
        different = len(rows) * (len(rows) - 1) // 2 - same
        if same == 0 or different == 0 or rows.shape[1] == 0:
            raise InputError(
                "embeddings, labels: expected pairs of one person and of two, got "
                f"{same:,} and {different:,} from embeddings of shape {rows.shape}"
            )
        # Scaled by a power of two, so that no square is too large or too small for float32.
        exponent = math.frexp(float(np.abs(rows).max()))[1]
        np.ldexp(rows, -exponent, out=rows)
        longest = float(_squares(rows).max())
        # Rounding of the embeddings 8, of their squares 2 and 2, of the product 2 D, of the sum 4.
        rounding = (2 * rows.shape[1] + 17) * ROUNDING * longest
        from_mean = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        reach = 4 * min(longest, float(_squares(from_mean).max())) + rounding
        # A unit vector in float32 may be longer than 1 by its last digit: reach is 4, not 8.
        unit = 2.0 ** math.ceil(math.log2(reach * (1 - 2.0**-12) / bins)) if reach else 1.0
        squares = (_squares(rows) / unit).astype(np.float32)
        back = 4.0**exponent
        return cls(
            rows, squares, people, same, different, -2 / unit, back * unit, back * rounding, block
        )

    def __len__(self) -> int:
        """How many pairs there are."""
        return self.same + self.different

    def __iter__(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Yield the distances of some pairs (P,), and those of the same pairs among them (S,).

        Every pair comes once. The numbers are squared distances in ``unit``. They are the same each
        time to the last bit, and lie in memory that the next block overwrites.
        """
        count, width = len(self.rows), 4 * self.block
        memory = np.empty((2, min(self.block, count) * min(width, count)), np.float32)
        ones = np.ones_like(self.squares)
        here, there = np.column_stack([self.squares, ones]), np.vstack([ones, self.squares])
        upper = np.triu(np.ones((min(self.block, count),) * 2, np.bool_), 1)
        for top in range(0, count, self.block):
            bottom = min(top + self.block, count)
            people = self.labels[top:bottom]
            left = self.rows[top:bottom] * np.float32(self.factor)
            # The last person's pictures may go on after this block: its rows and columns.
            first = int(np.searchsorted(people, people[-1]))
            end = int(np.searchsorted(self.labels, people[-1], side="right"))
            for start in (top, *range(bottom, count, width)):
                stop = bottom if start == top else min(start + width, count)
                shape = (bottom - top, stop - start)
                product, sums = (part[: shape[0] * shape[1]].reshape(shape) for part in memory)
                np.matmul(left, self.rows[start:stop].T, out=product)
                # |a|² + |b|², in half the time of np.add.outer, and rounded once as there.
                np.matmul(here[top:bottom], there[:, start:stop], out=sums)
                sums += product
                if sums.min() < 0:  # by rounding, where rows are equal
                    np.maximum(sums, 0, out=sums)
                if start == top:
                    pairs = upper[: len(people), : len(people)]
                    yield sums[pairs], sums[pairs & (people[:, None] == people)]
                else:
                    yield sums.reshape(-1), sums[first:, : max(end - start, 0)].reshape(-1)


def _squares(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.einsum("nd,nd->n", rows, rows, dtype=np.float64)
    return found
