"""How far a measured share may lie from the true one."""

from __future__ import annotations

import math
from typing import Final

from facenet_lite._checks import check_number

Z_95: Final = 1.959963984540054
"""Standard deviations that hold 95 % of a normal distribution."""


def wilson_interval(hits: int, trials: int, *, z: float = Z_95) -> tuple[float, float]:
    """The interval of shares that ``hits`` out of ``trials`` are compatible with (Wilson 1927).

    Unlike hits/trials plus or minus z standard errors it stays within 0 and 1 and has a width even
    when nothing or everything was hit. Trials must be independent. With no trials: (0, 1).
    """
    check_number(trials, "trials", low=0, integer=True)
    check_number(hits, "hits", low=0, high=trials, integer=True)
    check_number(z, "z", low=0)
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    shrink = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    # subtle: at 0 and at all the bound is exact, and rounding would put it just outside.
    low = 0.0 if hits == 0 else middle - half
    high = 1.0 if hits == trials else middle + half
    return low, high
