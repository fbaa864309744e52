"""A small detector test for a notebook, and the recorded results in the form that plots take."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from facenet_lite.book.experiments.detectors import rates, summary
from facenet_lite.book.experiments.detectors.conditions import LEVELS, UNCHANGED, UNITS, Condition
from facenet_lite.book.kept import one_thread
from facenet_lite.detect import Detector
from facenet_lite.errors import InputError
from facenet_lite.types import Image

SMALL: Final = 2
"""The number of columns in the small test's layout."""


def small_test(
    portraits: Sequence[Image],
    tested: Sequence[Detector],
    *,
    levels: Mapping[str, Sequence[float]] = LEVELS,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Run detectors over one scene a condition, with up to 4 portraits, as ``run`` does over many.

    Returns the form of the recorded ``conditions``, without intervals: a few faces seen again
    and again are no sample.
    """
    wanted = [Condition("unchanged")]
    wanted += [Condition(kind, level) for kind, some in levels.items() for level in some]
    rows = []
    for condition in wanted:
        counted = {}
        for detector in tested:
            raw = rates.count(detector, condition, [portraits], seed, columns=SMALL)
            counts = summary.counts(raw, summary.framing(raw["hits"]), pictures=1)
            counted[detector.name] = {k: v for k, v in counts.items() if k not in ("low", "high")}
        rows.append({"kind": condition.kind, "level": condition.level, "detectors": counted})
    return rows


def panels(
    conditions: Sequence[Mapping[str, Any]], kinds: Sequence[str]
) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Group conditions by kind for plots: mildest level first, the unchanged scene included.

    Raises InputError for a kind that was not measured.
    """
    clean = pick(conditions, "unchanged")
    out = {}
    for kind in kinds:
        rows = [(row["level"], row["detectors"]) for row in conditions if row["kind"] == kind]
        if not rows:
            raise InputError(f"kinds: {kind!r} was not measured")
        levels = sorted([*rows, (UNCHANGED[kind], clean)], key=lambda row: row[0])
        if kind in ("size", "jpeg"):
            levels.reverse()
        names = ["none" if (kind, level) == ("jpeg", 100) else f"{level:g}" for level, _ in levels]
        out[UNITS[kind]] = list(zip(names, (counts for _, counts in levels), strict=True))
    return out


def pick(
    conditions: Sequence[Mapping[str, Any]], kind: str, level: float | None = None
) -> Mapping[str, Any]:
    """The detectors' counts in one condition; raises InputError where it was not measured."""
    for row in conditions:
        if row["kind"] == kind and level in (None, row["level"]):
            found: Mapping[str, Any] = row["detectors"]
            return found
    raise InputError(f"kind, level: ({kind!r}, {level}) was not measured")


def mean_box(frame: Mapping[str, float]) -> list[float]:
    """A detector's average box, by its recorded framing, around a face of side 1 at 0, 0."""
    x, y, across, up = (frame[key] for key in ("shift_x", "shift_y", "width", "height"))
    return [x - across / 2, y - up / 2, x + across / 2, y + up / 2]


def leaders(counts: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The detector with the highest recall and those whose interval overlaps its, best first."""
    ranked = sorted(counts, key=lambda name: -counts[name]["recall"])
    floor = counts[ranked[0]]["low"]
    return [name for name in ranked if counts[name]["high"] >= floor]


def decision_rows(conditions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each condition with faces: what was changed, recall by detector, and the leaders."""
    return [
        {
            "what": _in_words(row["kind"], row["level"]),
            "recall": {name: counts["recall"] for name, counts in row["detectors"].items()},
            "leaders": leaders(row["detectors"]),
        }
        for row in conditions
        if all("recall" in counts for counts in row["detectors"].values())
    ]


def interleaved(
    tested: Sequence[Detector], image: Image, *, rounds: int = 7
) -> dict[str, dict[str, float]]:
    """Processor time per picture of each detector, in turns: median and spread, in milliseconds.

    ``first_ms`` is the very first call's time, which is left out of the others.
    """
    spent: dict[str, list[float]] = {detector.name: [] for detector in tested}
    with one_thread():
        for _ in range(rounds + 1):
            for detector in tested:
                start = time.process_time()
                detector.detect(image)
                spent[detector.name].append((time.process_time() - start) * 1000)
    out = {}
    for name, (first, *rest) in spent.items():
        low, median, high = (float(v) for v in np.percentile(rest, [10, 50, 90]))
        out[name] = {"first_ms": first, "cpu_ms": median, "p10": low, "p90": high}
    return out


def _in_words(kind: str, level: float) -> str:
    if kind == "unchanged":
        return "nothing: upright, 70 pixels, sharp"
    if kind.startswith("occlusion"):
        side = {"bottom": "lower", "top": "upper", "left": "left"}[kind.removeprefix("occlusion_")]
        return f"{side} {100 * level:.0f} % covered"
    words = {
        "size": f"face {level:g} pixels wide",
        "rotation": f"turned by {level:g}°",
        "brightness": f"{level:g} times as bright",
        "blur": f"blur over {level:g} pixels",
        "noise": f"noise of {level:g} grey levels",
        "jpeg": f"JPEG quality {level:g}",
    }
    return words[kind]


def operating(
    sweeps: Mapping[str, Mapping[str, Sequence[Mapping[str, float]]]], key: str
) -> dict[str, list[dict[str, Any]]]:
    """The recorded operating points of one condition by detector, with the default marked."""
    if key not in sweeps:
        raise InputError(f"key: expected one of {', '.join(sweeps)}, got {key!r}")
    defaults = {name: sweep.default for name, sweep in summary.SWEEPS.items()}
    return {
        name: [{**point, "default": point["threshold"] == defaults[name]} for point in points]
        for name, points in sweeps[key].items()
    }


def recall_at(points: Sequence[Mapping[str, float]], false_alarms: float) -> float:
    """The highest recall with at most ``false_alarms`` per picture, or 0 if there is none."""
    return max((p["recall"] for p in points if p["false_alarms"] <= false_alarms), default=0.0)
