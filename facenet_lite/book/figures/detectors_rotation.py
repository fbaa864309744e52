"""The detectors on one face that the reader rotates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets as t

from facenet_lite import degrade, detect
from facenet_lite._checks import check_boxes, check_number
from facenet_lite.book.figures.base import Figure, check_square
from facenet_lite.book.plots.detectors import LABELS
from facenet_lite.book.plots.drawing import DETECTOR_COLOURS
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.detect import Detector
from facenet_lite.errors import InputError
from facenet_lite.evaluate import detections
from facenet_lite.types import Detections, Image


class DetectorsRotation(Figure, module="detectors_rotation.mjs"):
    """What each detector answers for one picture at every angle.

    ``picture``: data URI of a square picture of ``side`` pixels; ``angles``: degrees, ascending,
    counter-clockwise; ``colours`` and ``labels``: of all registered detectors, by name;
    ``answers``: by detector's name, for each angle a list of
    [x1, y1, x2, y2, score, hit], in the turned picture's pixels, hit being 1 on the face, else 0.
    """

    alt = t.Unicode(
        "An interactive figure: a slider turns a portrait; each detector draws its box where it "
        "finds the face, and strips show at which angles it does."
    ).tag(sync=True)
    picture = t.Unicode("").tag(sync=True)
    side = t.Int(1).tag(sync=True)
    angles: t.List[Any] = t.List().tag(sync=True)
    answers: t.Dict[str, Any] = t.Dict().tag(sync=True)
    colours: t.Dict[str, Any] = t.Dict(dict(DETECTOR_COLOURS)).tag(sync=True)
    labels: t.Dict[str, Any] = t.Dict(dict(LABELS)).tag(sync=True)
    angle = t.Int(0).tag(sync=True)

    @classmethod
    def of(
        cls,
        image: Image,
        face: Sequence[float],
        *,
        step: int = 5,
        detectors: Sequence[Detector] | None = None,
    ) -> DetectorsRotation:
        """Rotate a square picture about its centre, run the detectors at every angle, keep boxes.

        ``face``: x1 y1 x2 y2, where the face is; a box counts as a hit by ``detections.match``.
        ``step``: degrees between two angles, a divisor of 180. Outside the picture everything is
        grey. Raises InputError for a picture that is not square, or a bad step.
        """
        side = check_square(image)
        if 180 % check_number(step, "step", low=1, high=90, integer=True):
            raise InputError(f"step: expected a divisor of 180, got {step}")
        known = check_boxes([face], "face")
        angles = list(range(-180, 181, step))
        used = [detect.load(name) for name in detect.NAMES] if detectors is None else detectors
        answers: dict[str, list[Any]] = {detector.name: [] for detector in used}
        for angle in angles:
            turned, moved = degrade.rotate(image, angle, (known[:, :2] + known[:, 2:]) / 2)
            half = (known[:, 2:] - known[:, :2]) / 2
            where = np.concatenate([moved - half, moved + half], axis=1)
            for detector in used:
                answers[detector.name].append(_rows(detector.detect(turned), where))
        return cls(picture=photo_uri(image, 480), side=side, angles=angles, answers=answers)

    def reach(self, name: str) -> int:
        """The largest angle either way, in degrees, at which a detector finds the face, or 0."""
        hit = [any(row[5] for row in rows) for rows in self.answers[name]]
        return max((abs(a) for a, found in zip(self.angles, hit, strict=True) if found), default=0)


def _rows(found: Detections, face: np.ndarray) -> list[list[float]]:
    hits = set(detections.match(found.boxes, face).found.tolist())
    return [
        [*(round(float(v), 1) for v in box), round(score, 2), int(i in hits)]
        for i, (box, score) in enumerate(found)
    ]
