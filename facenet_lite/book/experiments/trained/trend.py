"""A straight line through measured values, and the interval of its slope."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import LEVEL


class Trend(NamedTuple):
    """The line ``intercept + slope x``; ``low`` to ``high``: the 95 % interval of the slope;
    ``scatter``: the standard deviation of the values about the line."""

    slope: float
    low: float
    high: float
    intercept: float
    scatter: float


def linear_trend(x: ArrayLike, y: ArrayLike) -> Trend:
    """Fit a line to the points ``x`` (N,), ``y`` (N,) by least squares.

    The interval is Student's t with N - 2 degrees of freedom. It is right where values scatter
    about a line, independently and equally everywhere; a curve counts as scatter, and widens it.
    Raises InputError for fewer than 3 points, or all at one x.
    """
    from scipy.special import stdtrit

    across = check_array(x, "x", shape=(None,), dtype=np.float64)
    up = check_array(y, "y", shape=across.shape, dtype=np.float64)
    count = len(across)
    if count < 3 or np.ptp(across) == 0:
        raise InputError(f"x: expected 3 points or more, not all at one x, got {count}")
    away = across - across.mean()
    squares = float(away @ away)
    slope = float(away @ up) / squares
    intercept = float(up.mean() - slope * across.mean())
    rest = up - intercept - slope * across
    scatter = math.sqrt(float(rest @ rest) / (count - 2))
    half = float(stdtrit(count - 2, (1 + LEVEL) / 2)) * scatter / math.sqrt(squares)
    return Trend(slope, slope - half, slope + half, intercept, scatter)
