"""Turn raw answers into the recorded numbers: recall, false alarms, framing, times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import boxes as box
from facenet_lite.book.experiments.detectors import as_recorded, scenes
from facenet_lite.book.experiments.detectors.conditions import BASE_SIDE, Condition
from facenet_lite.detect import Detector, HaarDetector, HogDetector, MmodDetector, SsdDetector
from facenet_lite.evaluate import detections
from facenet_lite.evaluate.uncertainty import wilson_interval

UNIT: Final = np.array([[0, 0, 1, 1]], np.float32)
"""The known face in units of its own side."""


def summarise(
    raw: Mapping[tuple[str, str], Any],
    conditions: Sequence[Condition],
    detectors: Sequence[str],
    *,
    scenes: int,
) -> dict[str, Any]:
    """Turn raw answers, by (condition's key, detector), into what is recorded."""
    clean = {name: raw[Condition("unchanged").key, name] for name in detectors}
    frames = {name: framing(clean[name]["hits"]) for name in detectors}
    return {
        "faces": clean[detectors[0]]["faces"],
        "scenes": scenes,
        "people": "LFW View 1, training list; one picture each",
        "picture": _layout(),
        "hit": {"max_shift": detections.MAX_SHIFT, "max_ratio": detections.MAX_RATIO},
        "interval": "Wilson, 95 %",
        "settings": {name: settings(name) for name in detectors},
        "framing": {name: _rounded(frames[name]) for name in detectors},
        "conditions": [
            {
                "kind": condition.kind,
                "level": condition.level,
                "detectors": {
                    name: counts(raw[condition.key, name], frames[name], pictures=scenes)
                    for name in detectors
                },
            }
            for condition in conditions
        ],
        "operating_points": _sweeps(raw, detectors, pictures=scenes),
        "time": {name: times(clean[name]) for name in detectors},
        "seconds": {name: _seconds(raw, name) for name in detectors},
    }


def counts(raw: Mapping[str, Any], frame: Mapping[str, float], *, pictures: int) -> dict[str, Any]:
    """One detector in one condition: hits, recall and its interval, false alarms per picture, IoU.

    ``iou`` is the hits' mean; ``iou_framed`` is the same after moving each box by the detector's
    mean framing of unchanged faces.
    """
    hits, faces = len(raw["hits"]), raw["faces"]
    out: dict[str, Any] = {"hits": hits, "faces": faces}
    if faces:
        low, high = wilson_interval(hits, faces)
        out |= {"recall": detections.recall(hits, faces), "low": low, "high": high}
    out["false_alarms"] = raw["extra"] / pictures
    out["on_background"] = raw["background"] / pictures
    if hits:
        found = np.array(raw["hits"], np.float32)
        out["iou"] = float(box.iou(found, UNIT).mean())
        out["iou_framed"] = float(box.iou(reframe(found, frame), UNIT).mean())
    out["cpu_ms"] = float(np.median(raw["cpu_ms"]))
    return _rounded(out)


def framing(hits: Sequence[Sequence[float]]) -> dict[str, float]:
    """How a detector frames a face on average, in the face's sides: shift of the centre, size."""
    if not hits:
        return {"shift_x": 0.0, "shift_y": 0.0, "width": 1.0, "height": 1.0}
    x1, y1, x2, y2 = np.array(hits, float).mean(axis=0)
    return {
        "shift_x": float((x1 + x2) / 2 - 0.5),
        "shift_y": float((y1 + y2) / 2 - 0.5),
        "width": float(x2 - x1),
        "height": float(y2 - y1),
    }


def reframe(boxes: NDArray[np.float32], frame: Mapping[str, float]) -> NDArray[np.float32]:
    """Boxes (N, 4) as they would be if the detector framed faces like the known boxes."""
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    mean_size = np.array([frame["width"], frame["height"]])
    # The shift is in mean-sized boxes: a box that is 20 % larger is also moved 20 % further.
    centre = centre - np.array([frame["shift_x"], frame["shift_y"]]) * size / mean_size
    half = size / mean_size / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)


def times(raw: Mapping[str, Any]) -> dict[str, float]:
    """Processor time per picture: median, 10th and 90th percentile; and median wall time (ms)."""
    low, median, high = np.percentile(raw["cpu_ms"], [10, 50, 90])
    wall = float(np.median(raw["wall_ms"]))
    return _rounded({"cpu_ms": median, "p10": low, "p90": high, "wall_ms": wall})


def settings(name: str) -> dict[str, Any]:
    """The detector's default settings, by name, without the bound on huge pictures, which no
    scene comes near."""
    detector: Any = as_recorded.load(name)
    kept = [f.name for f in fields(detector) if f.repr and f.name != "max_pixels"]
    return {key: getattr(detector, key) for key in kept}


@dataclass(frozen=True)
class Sweep:
    """How a detector's threshold is swept: ``load`` loads it at its most permissive setting,
    ``thresholds`` are the scores to try from there on, and ``default`` is the usual one."""

    load: Callable[[], Detector]
    thresholds: tuple[float, ...]
    default: float


SWEEPS: Final[Mapping[str, Sweep]] = {
    "haar": Sweep(lambda: HaarDetector.load(min_neighbors=1), (2, 3, 4, 6, 9, 13, 21), 6),
    "ssd": Sweep(
        lambda: SsdDetector.load(score_threshold=0.05, as_copied=True),
        (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.98),
        0.5,
    ),
    "hog": Sweep(
        lambda: HogDetector.load(score_threshold=-1.0),
        (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 1),
        0,
    ),
    "mmod": Sweep(MmodDetector.load, (0, 0.25, 0.5, 0.75, 1, 1.05), 0),
}
"""The detectors whose threshold is swept; any other is measured at its default alone. OpenCV keeps
what *more* than ``min_neighbors`` windows agree on: 5 means a score of 6."""


def _layout() -> dict[str, Any]:
    side = scenes.COLUMNS * scenes.CELL
    return {"height": side, "width": side, "face_side": BASE_SIDE, "textures": scenes.TEXTURES}


def _sweeps(
    raw: Mapping[tuple[str, str], Any], detectors: Sequence[str], *, pictures: int
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for (key, name), swept in raw.items():
        if key.startswith("sweep ") and name in detectors:
            out.setdefault(key.removeprefix("sweep "), {})[name] = [
                _rounded(
                    {
                        "threshold": point["threshold"],
                        "recall": detections.recall(point["hits"], point["faces"]),
                        "false_alarms": point["extra"] / pictures,
                    }
                )
                for point in swept["points"]
            ]
    return out


def _seconds(raw: Mapping[tuple[str, str], Any], name: str) -> float:
    return round(float(sum(v["seconds"] for (_, who), v in raw.items() if who == name)), 1)


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: round(float(v), 4) if isinstance(v, float) else v for k, v in values.items()}
