"""How a sentence tells what an experiment measured: in per cent, with the interval beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from facenet_lite import evaluate
from facenet_lite.evaluate import FoldAccuracy

Row = Mapping[str, Any]
MINUS: Final = "\N{MINUS SIGN}"


class Told(NamedTuple):
    """A measured value and the ends of its interval, as they stand in a sentence."""

    value: str
    low: str
    high: str


def plain(value: float, digits: int = 1) -> str:
    """A share in per cent: 0.123 is 12.3, and what is negative has a minus sign."""
    return f"{100 * value:.{digits}f}".replace("-", MINUS)


def signed(value: float, digits: int = 1) -> str:
    """The same, with a plus where it is positive: for a difference."""
    return f"{100 * value:+.{digits}f}".replace("-", MINUS)


def told(row: Iterable[float]) -> Told:
    """A value and its interval."""
    return Told(*map(plain, row))


def difference(row: Iterable[float]) -> Told:
    """A difference and its interval."""
    return Told(*map(signed, row))


def loss(row: Iterable[float]) -> Told:
    """What was lost, from a change and its interval: what falls by 3 is a loss of 3."""
    value, low, high = row
    return told((-value, -high, -low))


# Networks trained with one setting changed, each beside a reference.


def settings(data: Row) -> dict[str, Row]:
    """What was recorded of each setting, by its name."""
    return {row["name"]: row for row in data["settings"]}


def beside(data: Row, name: str, metric: str) -> tuple[float, float, float]:
    """How far a setting differs from the reference: the mean over seeds, and its interval."""
    found = settings(data)[name]["less_reference"][metric]
    return found["mean"], found["low"], found["high"]


def certain(data: Row, metric: str) -> list[str]:
    """The settings whose interval of the difference does not hold zero."""
    others = [name for name, row in settings(data).items() if row["less_reference"]]
    return [name for name in others if not _holds_zero(beside(data, name, metric))]


def _holds_zero(row: tuple[float, float, float]) -> bool:
    _, low, high = row
    return low <= 0 <= high


def hides(rows: Iterable[tuple[float, float, float]]) -> float:
    """How large a difference, of either sign, the widest of some intervals would still hold."""
    return max(max(-low, high) for _, low, high in rows)


def gained_more(
    one: tuple[FoldAccuracy, FoldAccuracy], other: tuple[FoldAccuracy, FoldAccuracy]
) -> tuple[float, float, float]:
    """How much more one network gains than another, each by two ways on the same pairs.

    Each network's two accuracies: the better way first. Returns the difference of the gains and
    the ends of its 95 % interval, from the spread over pairs.
    """
    first, second = (better.right.astype(int) - worse.right for better, worse in (one, other))
    more = first - second
    reach = 1.96 * evaluate.standard_error(more)
    mean = float(np.mean(more))
    return mean, mean - reach, mean + reach
