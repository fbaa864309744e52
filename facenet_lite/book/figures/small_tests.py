"""How certain a validation rate is, by the number of pairs on which it was measured."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite.book.figures.base import Figure
from facenet_lite.errors import InputError
from facenet_lite.evaluate.verification import same_and_different

SIZES: Final = (30, 100, 300, 1000, 3000)
"""The number of same pairs in a small test; it has as many different pairs."""
FARS: Final = (0.1, 0.01, 0.001)
RANKS: Final = 10_000
"""Distances are sent as whole numbers from 0 to this."""


class SmallTests(Figure, module="small_tests.mjs"):
    """Twenty tests of a chosen size, drawn from one list of pairs.

    ``same`` and ``different``: the list's distances, ascending, as whole numbers in the same order;
    ``size``: pairs of each kind in a test; ``far``: the requested false accept rate; ``seed``.
    """

    alt = t.Unicode(
        "An interactive figure: twenty small tests drawn from one long list of pairs, each with "
        "its validation rate and the 95 % interval as a bar. The fewer pairs a test has, the wider "
        "the bars, until the rate is not estimable."
    ).tag(sync=True)
    same: t.List[Any] = t.List().tag(sync=True)
    different: t.List[Any] = t.List().tag(sync=True)
    size = t.Enum(SIZES, 300).tag(sync=True)
    far = t.Enum(FARS, 0.01).tag(sync=True)
    seed = t.Int(1).tag(sync=True)

    @classmethod
    def of(
        cls, squared_distances: ArrayLike, is_same: ArrayLike, *, size: int = 300, far: float = 0.01
    ) -> SmallTests:
        """Show squared distances (P,) with their answers, is_same bool (P,).

        Distances become ``RANKS`` steps up to the largest. Raises InputError for pairs of only one
        kind, or distances that are all 0.
        """
        a, b = same_and_different(squared_distances, is_same)
        largest = max(a[-1], b[-1])
        if largest == 0:
            raise InputError("squared_distances: expected some above 0, got only zeros")
        steps = [np.ceil(values / largest * RANKS).astype(int).tolist() for values in (a, b)]
        return cls(
            same=steps[0],
            different=steps[1],
            size=size,
            far=far,
        )
