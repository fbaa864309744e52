"""Three points on a circle with the margin: a triplet's loss and where its gradient leads."""

from __future__ import annotations

from typing import Any, Final

import traitlets as t

from facenet_lite.book.figures.base import Figure
from facenet_lite.by_hand.losses.one_triplet import MARGIN

RULES: Final = ("triplet loss", "without the hinge", "sign reversed")


class TripletOnCircle(Figure, module="triplet.mjs"):
    """A triplet of unit vectors that the reader moves, with its loss and gradient.

    ``angles``: of anchor, positive and negative, in degrees counter-clockwise from the right;
    ``start``: the initial angles. ``rule``: the loss as published, or one of two mistakes.
    ``along``: whether the arrows show only the part of a gradient that lies along the circle.
    """

    alt = t.Unicode(
        "An interactive figure: a circle with an anchor, a positive and a negative that can be "
        "dragged, an arrow at each for the way the loss pushes it, and under it the two squared "
        "distances on a line, with the margin behind the positive."
    ).tag(sync=True)
    angles: t.List[Any] = t.List([90.0, 140.0, 62.0]).tag(sync=True)
    start: t.List[Any] = t.List([90.0, 140.0, 62.0]).tag(sync=True)
    margin = t.Float(MARGIN).tag(sync=True)
    rule = t.Unicode(RULES[0]).tag(sync=True)
    along = t.Bool(False).tag(sync=True)
