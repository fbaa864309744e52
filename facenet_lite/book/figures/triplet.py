"""Three points on a circle with the margin: a triplet's loss and where its gradient leads."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_choice, check_number
from facenet_lite.book.figures.base import Figure
from facenet_lite.by_hand.losses.one_triplet import MARGIN

ALT: Final = (
    "An interactive figure: a circle with an anchor, a positive and a negative that can be "
    "dragged, an arrow at each for the way the loss pushes it, and under it the two squared "
    "distances on a line, with the margin behind the positive."
)
RULES: Final = ("triplet loss", "without the hinge", "sign reversed")
WIDEST: Final = 1.0
"""The slider's largest margin; the squared distance of two points on the circle is at most 4."""


class TripletOnCircle(Figure, module="triplet.mjs"):
    """A triplet of unit vectors that the reader moves, with its loss and gradient.

    ``angles``: of anchor, positive and negative, in degrees counter-clockwise from the right;
    ``start``: the initial angles. ``rule``: the loss as published, or one of two mistakes.
    ``along``: whether the arrows show only the part of a gradient that lies along the circle.
    """

    angles: t.List[Any] = t.List().tag(sync=True)
    start: t.List[Any] = t.List().tag(sync=True)
    margin = t.Float(MARGIN).tag(sync=True)
    rule = t.Unicode(RULES[0]).tag(sync=True)
    along = t.Bool(False).tag(sync=True)

    @classmethod
    def of(
        cls,
        angles: ArrayLike = (90.0, 140.0, 62.0),
        *,
        margin: float = MARGIN,
        rule: str = RULES[0],
        alt: str = ALT,
    ) -> TripletOnCircle:
        """Begin with anchor, positive and negative at three angles in degrees.

        Raises InputError unless there are three angles, for a margin outside 0 to ``WIDEST``, or a
        rule not in ``RULES``.
        """
        places = check_array(angles, "angles", shape=(3,), dtype=np.float64).tolist()
        return cls(
            alt=alt,
            angles=places,
            start=places,
            margin=check_number(margin, "margin", low=0, high=WIDEST),
            rule=check_choice(rule, "rule", RULES),
        )
