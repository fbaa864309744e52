"""Landmark errors with the boxes of each detector, as they are and reframed.

``facenet-lite experiment landmarks --lfw DIR`` records ``results/landmarks.json``. How the
detectors frame a face is measured on LFW; the error is measured on Faces of Nobody, whose
landmarks are known exactly.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import detect, landmarks
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.detectors import box_frames
from facenet_lite.book.experiments.landmarks import drawn_faces
from facenet_lite.book.experiments.landmarks.drawn_faces import LandmarkedFaces
from facenet_lite.book.kept import fingerprint, once, one_thread, timed
from facenet_lite.book.results import Measured
from facenet_lite.boxes import reframe
from facenet_lite.by_hand.landmarks.cascade import TreeCascade
from facenet_lite.by_hand.landmarks.training import Settings, train
from facenet_lite.data import lfw as lfw_data
from facenet_lite.landmarks import Landmarker, normalised_mean_error, to_five

Z_95: Final = 1.959963984540054
FAILED: Final = 0.1
"""An error above a tenth of the distance between the eyes counts as a failure."""
SCALES: Final = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8)
SHIFTS: Final = (-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4)


@dataclass(frozen=True)
class Config:
    """``people``: LFW people whose boxes are compared; ``learned``: faces that train our own
    landmarker; ``tested``: faces that test all landmarkers; ``partial``: the folder from which
    an interrupted run resumes."""

    people: int = 300
    learned: int = 2500
    tested: int = 400
    seed: int = 0
    partial: Path = Path("build/experiments/landmarks")
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        for name in ("people", "learned", "tested"):
            check_number(getattr(self, name), name, low=2, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure everything, or read what an interrupted run has already measured.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    config = config or Config()
    on_lfw, on_nobody, for_training = np.random.default_rng(config.seed).spawn(3)
    state = lfw_data.find(lfw).state()
    folder = config.partial / fingerprint(config.seed, config.people, config.tested, state)
    with one_thread():
        framed = once(
            folder / "framing.json",
            lambda: timed(lambda: measure_framing(lfw, config.people, rng=on_lfw)),
        )
        learned, tested = drawn_faces.draw(config.learned, config.tested, rng=on_nobody)
        # A newer face model draws other pictures, and these have other boxes.
        drawn = hashlib.sha256(b"".join(p.tobytes() for p in tested.pictures)).hexdigest()[:12]
        found = once(
            folder / f"found-{drawn}.json",
            lambda: timed(lambda: box_frames.all_boxes(tested.pictures, tested.boxes)),
        )
        measured = timed(lambda: _measure(config, learned, tested, found["value"], for_training))
    spent = {
        "framing": framed["seconds"],
        "boxes": found["seconds"],
        "errors": measured["seconds"],
    }
    data = {
        "faces": len(tested),
        "sides": drawn_faces.SIDES,
        "interval": "mean plus and minus 1.96 standard errors",
        "failed_above": FAILED,
        **framed["value"],
        **measured["value"],
        "seconds": spent,
    }
    return Measured(data, sum(spent.values()), config.seed)


def _measure(
    config: Config,
    learned: LandmarkedFaces,
    tested: LandmarkedFaces,
    found: Mapping[str, box_frames.Found],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Train our own landmarker, and measure it alongside dlib's two."""
    start = time.process_time()
    ours = train(learned.grey, learned.points, learned.boxes, rng=rng, settings=config.settings)
    spent = time.process_time() - start
    used: dict[str, Landmarker] = {"5": landmarks.load(5), "68": landmarks.load(68), "ours": ours}
    return {
        "ours": {
            "faces": len(learned),
            "settings": asdict(config.settings),
            "cpu_seconds": round(spent, 1),
            "stages": by_stage(ours, tested),
        },
        "nme": {name: by_detector(one, tested, found) for name, one in used.items()},
        "boxes": by_box(used, tested),
    }


def measure_framing(
    folder: Path | None, people: int, *, rng: np.random.Generator
) -> dict[str, Any]:
    """How the detectors frame the same faces of LFW, and where HOG's box lies around them."""
    pictures, faces = box_frames.sized_faces(lfw_data.find(folder), people, rng=rng)
    found = box_frames.all_boxes(pictures, faces)
    return {
        "framing": box_frames.compare(found),
        "around": box_frames.around_points(pictures, found["hog"]),
    }


def errors(
    landmarker: Landmarker, faces: LandmarkedFaces, which: Sequence[int], boxes: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The normalised mean error (N,) of the faces numbered ``which``, located in boxes (N, 4)."""
    found = [
        landmarker.locate(faces.pictures[i], box[None])[0]
        for i, box in zip(which, boxes, strict=True)
    ]
    truth = faces.points[list(which)]
    points = np.array(found, np.float32)
    return normalised_mean_error(points, to_five(truth) if points.shape[1] == 5 else truth)


def by_detector(
    landmarker: Landmarker, faces: LandmarkedFaces, found: Mapping[str, box_frames.Found]
) -> dict[str, Any]:
    """The error with each detector's boxes, raw and reframed, and the gain on the same faces.

    A face that a detector does not find has no error; ``missed`` counts these.
    """
    out: dict[str, Any] = {}
    for name, rows in found.items():
        which = [i for i, box in enumerate(rows) if box]
        boxes = np.array([box for box in rows if box], np.float32).reshape(-1, 4)
        before = errors(landmarker, faces, which, boxes)
        after = errors(landmarker, faces, which, reframe(boxes, detect.DETECTORS[name].frame))
        out[name] = {
            "found": len(which),
            "missed": len(rows) - len(which),
            "before": summary(before),
            "after": summary(after),
            "gain": summary(before - after),
        }
    return out


def by_stage(ours: TreeCascade, faces: LandmarkedFaces) -> list[float]:
    """The mean error of our landmarker after 0, 1, ... all levels, in HOG-like boxes."""
    pairs = zip(faces.pictures, faces.boxes, strict=True)
    points = np.array([ours.stages(picture, box[None])[:, 0] for picture, box in pairs])
    return [
        round(float(normalised_mean_error(stage, faces.points).mean()), 5)
        for stage in points.swapaxes(0, 1)
    ]


def by_box(
    used: Mapping[str, Landmarker], faces: LandmarkedFaces
) -> dict[str, list[dict[str, float]]]:
    """The mean error in HOG-like boxes scaled, or moved down by a share of their height."""
    everyone, boxes = range(len(faces)), faces.boxes
    centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]

    def mean_errors(down: float, scale: float) -> dict[str, float]:
        middle, half = centre + size * [0, down], size * scale / 2
        moved = np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
        return {
            name: round(float(errors(one, faces, everyone, moved).mean()), 5)
            for name, one in used.items()
        }

    return {
        "scale": [{"scale": f, **mean_errors(0, f)} for f in SCALES],
        "down": [{"down": f, **mean_errors(f, 1)} for f in SHIFTS],
    }


def summary(values: NDArray[np.float64]) -> dict[str, float]:
    """Mean with its 95 % interval, median, and share of failures; needs at least two values."""
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    return {
        "mean": round(mean, 5),
        "low": round(mean - Z_95 * error, 5),
        "high": round(mean + Z_95 * error, 5),
        "median": round(float(np.median(values)), 5),
        "failed": round(float((values > FAILED).mean()), 4),
    }
