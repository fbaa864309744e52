"""A rate measured where a false accept rate is kept to, or the reason why it cannot be told."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

from facenet_lite.errors import NotEstimableError

ROUNDING: Final = 1e-9
"""Added before rounding down: 0.29 * 100 is 28.999999999999996, yet 29 accepts are allowed."""


class OperatingPoint(NamedTuple):
    """A threshold, and the shares of same and of different pairs that it accepts.

    For identification these are the probes with a mate that are identified, and the probes without
    one that raise a false alarm.
    """

    threshold: float
    val: float
    far: float


@dataclass(frozen=True, kw_only=True)
class AtFar(ABC):
    """The highest rate that keeps to a false accept rate.

    ``asked``: the false accept rate; ``allowed``: how many false accepts it allows; ``point``: the
    operating point, None where not one false accept is allowed; ``interval``: the 95 % interval of
    the rate, None where none can be given. ``far`` and ``threshold`` raise NotEstimableError where
    there is no point, ``low`` and ``high`` also where there is no interval.
    """

    MEASURE: ClassVar[str]
    REMEDY: ClassVar[str]

    asked: float
    allowed: int
    point: OperatingPoint | None = None
    interval: tuple[float, float] | None = None

    @property
    @abstractmethod
    def counted(self) -> str:
        """How many there are that could be accepted falsely, in words."""

    @property
    def estimable(self) -> bool:
        """Whether enough could be accepted falsely to show this rate: at least 1 / FAR."""
        return self.point is not None

    @property
    def far(self) -> float:
        """The false accept rate at the threshold, at most the one asked for."""
        return self._known().far

    @property
    def threshold(self) -> float:
        """The largest squared distance that is accepted; minus infinity accepts nothing."""
        return self._known().threshold

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self._bounds()[0]

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self._bounds()[1]

    def __str__(self) -> str:
        if self.point is None:
            return f"not estimable from {self.counted}"
        if self.interval is None:
            return f"{self.point.val:.1%} at D <= {self.threshold:.4f}"
        return f"{self.point.val:.1%} ({self.low:.1%} to {self.high:.1%})"

    def _known(self) -> OperatingPoint:
        if self.point is None:
            needed = math.ceil(min(1 / self.asked, 1e18) - ROUNDING)
            raise NotEstimableError(
                f"{self.MEASURE} at FAR {self.asked:g}: {self}, expected {needed:,} or more; ask "
                f"for a higher rate, or {self.REMEDY}"
            )
        return self.point

    def _bounds(self) -> tuple[float, float]:
        self._known()
        if self.interval is None:
            raise NotEstimableError(
                f"{self.MEASURE} at FAR {self.asked:g}: expected independent pairs for an "
                "interval, got pairs that share pictures; draw people instead, as "
                "evaluate.identity_bootstrap does"
            )
        return self.interval


@dataclass(frozen=True, kw_only=True)
class ValAtFar(AtFar):
    """The highest validation rate that keeps to a false accept rate.

    ``same`` and ``different``: how many pairs show one person, and two people. All pairs of many
    pictures (``all_pairs``) have no interval: pairs that share a picture are not independent, and
    an interval from their number would be far too narrow.
    """

    MEASURE: ClassVar[str] = "VAL"
    REMEDY: ClassVar[str] = "compare more pairs (evaluate.all_pairs)"

    same: int
    different: int

    @property
    def counted(self) -> str:
        """The number of different pairs, in words."""
        return f"{self.different:,} different pairs"

    @property
    def val(self) -> float:
        """The share of same pairs accepted."""
        return self._known().val


def false_accepts_allowed(far: float, different: int) -> int:
    """How many of ``different`` pairs may be accepted at a false accept rate: floor(far * M)."""
    return math.floor(far * different + ROUNDING)
