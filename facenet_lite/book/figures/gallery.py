"""A growing gallery and a threshold: who is identified, and who is mistaken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.book.figures.base import Figure
from facenet_lite.errors import InputError

RATES: Final = ("identified", "mistaken", "alarmed")


class GalleryGrowth(Figure, module="gallery.mjs"):
    """Shares of probes by the gallery's size and by the threshold.

    ``sizes`` (S,): people; ``thresholds`` (T,); ``identified``, ``mistaken``, ``alarmed``: S rows
    of T shares; ``size`` and ``at``: the chosen indices.
    """

    alt = t.Unicode(
        "An interactive figure: three curves over the number of people in a gallery, of strangers "
        "taken for somebody, of known people named rightly and of known people taken for somebody "
        "else. The number of people and the threshold can be moved. Two squares of a hundred dots "
        "show what happens to a hundred strangers and to a hundred known people."
    ).tag(sync=True)
    sizes: t.List[Any] = t.List().tag(sync=True)
    thresholds: t.List[Any] = t.List().tag(sync=True)
    identified: t.List[Any] = t.List().tag(sync=True)
    mistaken: t.List[Any] = t.List().tag(sync=True)
    alarmed: t.List[Any] = t.List().tag(sync=True)
    size = t.Int(0).tag(sync=True)
    at = t.Int(0).tag(sync=True)

    @classmethod
    def of(
        cls,
        curves: Mapping[str, ArrayLike],
        *,
        size: int | None = None,
        threshold: float | None = None,
    ) -> GalleryGrowth:
        """Show recorded curves: ``sizes`` (S,) and ``thresholds`` (T,), both ascending, and
        ``identified``, ``mistaken`` and ``alarmed`` (S, T), shares that never fall with the
        threshold, rounded to three digits.

        ``size`` and ``threshold``: the start, moved to the nearest of each (the first size and the
        middle threshold if None). Raises InputError for other shapes, values that are not shares,
        or fewer than two of either.
        """
        missing = sorted({"sizes", "thresholds", *RATES} - set(curves))
        if missing:
            raise InputError(f"curves: expected {missing[0]!r} too; results.load gives all of it")
        people = check_array(curves["sizes"], "sizes", shape=(None,), dtype=np.int64)
        limits = check_array(curves["thresholds"], "thresholds", shape=(None,), dtype=np.float64)
        for name, values in (("sizes", people), ("thresholds", limits)):
            if len(values) < 2 or np.any(np.diff(values) <= 0) or values[0] <= 0:
                raise InputError(f"{name}: expected two or more, above 0 and ascending")
        shape = (len(people), len(limits))
        rates = {n: check_array(curves[n], n, shape=shape, dtype=np.float64) for n in RATES}
        for name, values in rates.items():
            if values.min() < 0 or values.max() > 1:
                raise InputError(f"{name}: expected shares from 0 to 1")
        if np.max(rates["identified"] + rates["mistaken"]) > 1.001:
            raise InputError("identified, mistaken: expected at most 1 together")
        if any(np.diff(rates[name], axis=1).min() < 0 for name in ("identified", "alarmed")):
            raise InputError("identified, alarmed: expected shares that never fall")
        return cls(
            sizes=people.tolist(),
            thresholds=limits.tolist(),
            **{name: values.round(3).tolist() for name, values in rates.items()},
            size=0 if size is None else int(np.abs(people - size).argmin()),
            at=len(limits) // 2 if threshold is None else int(np.abs(limits - threshold).argmin()),
        )
