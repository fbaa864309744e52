"""A batch of points in the plane, and the triplets that a mining rule picks from it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.book.figures.base import Figure
from facenet_lite.errors import InputError

RULES: Final = (
    "batch_all",
    "batch_hard",
    "semi_hard",
    "all_semi_hard",
    "random_semi_hard",
    "easy_positive_semi_hard",
)
"""The rules' names as in ``miners.mine``, written out here so as not to import torch."""
MARGIN: Final = 0.2
MOST: Final = 40
NEAREST: Final = 0.16
"""The least distance of two points: nearer ones would cover each other on a phone, where a finger
must be able to pick either."""


class MiningRules(Figure, module="mining.mjs"):
    """Points whose mined triplets follow the reader's choice of rule, margin and anchor.

    ``points``: [x, y], each within -1 to 1; ``people``: who each is, 0 for A, 1 for B;
    ``anchor`` and ``positive``: indices of the pair whose triplets and band are drawn; ``seed``:
    what ``random_semi_hard`` draws from.
    """

    alt = t.Unicode(
        "An interactive figure: a batch of points in a plane, each with a letter for its person. "
        "Lines lead from a chosen anchor to the positives and negatives that a mining rule picks, "
        "and rings around it show the semi-hard band of one of its positives. Below stand the "
        "counts."
    ).tag(sync=True)
    points: t.List[Any] = t.List().tag(sync=True)
    people: t.List[Any] = t.List().tag(sync=True)
    rule = t.Unicode("semi_hard").tag(sync=True)
    margin = t.Float(MARGIN).tag(sync=True)
    anchor = t.Int(0).tag(sync=True)
    positive = t.Int(1).tag(sync=True)
    seed = t.Int(1).tag(sync=True)

    @classmethod
    def of(cls, points: ArrayLike, people: ArrayLike) -> MiningRules:
        """Show points (B, 2) within -1 to 1 of the people (B,), whole numbers from 0 to 25.

        They are rounded to three digits. Raises InputError for points outside, or nearer to each
        other than ``NEAREST``, or a first point whose person has no second.
        """
        places = check_array(points, "points", shape=(None, 2), dtype=np.float64).round(3)
        who = check_array(people, "people", shape=(len(places),), dtype=np.int64)
        if not 3 <= len(places) <= MOST or np.abs(places).max() > 1:
            raise InputError(f"points: expected 3 to {MOST} within -1 and 1; scale or take fewer")
        apart = np.linalg.norm(places[:, None] - places, axis=2) + 9 * np.eye(len(places))
        if apart.min() < NEAREST:
            raise InputError(f"points: expected all at least {NEAREST} apart; move or take fewer")
        if who.min() < 0 or who.max() > 25:
            raise InputError("people: expected whole numbers from 0 to 25, one for each letter")
        friends = np.flatnonzero(who[1:] == who[0]) + 1
        if not len(friends):
            raise InputError("people: expected a second picture of the first person")
        return cls(
            points=places.tolist(),
            people=who.tolist(),
            positive=int(friends[0]),
        )
