"""Make the faces in a picture unrecognisable, before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite import detect
from facenet_lite._checks import check_boxes, check_image, check_number
from facenet_lite.boxes import reframe
from facenet_lite.errors import InputError
from facenet_lite.types import Boxes, Image

WIDER: Final = 0.35
"""An ellipse reaches beyond a face's box by this part of its side, over hair, ears and chin."""
CELLS: Final = 8
"""An ellipse keeps this many coarse squares a side of what was there."""


def every_face(image: Image, detectors: Sequence[detect.Detector] | None = None) -> Boxes:
    """The boxes of every face that any of the detectors finds, float32 (N, 4), as HOG frames them.

    ``detectors``: None takes all that are registered. A face that several find has several boxes.
    """
    check_image(image)
    if detectors is None:
        detectors = [detect.load(name) for name in detect.NAMES]
    if not detectors:
        raise InputError("detectors: expected at least one, got none")
    found = [reframe(one.detect(image).boxes, one.frame) for one in detectors]
    return np.concatenate(found).astype(np.float32)


def blurred(image: Image, boxes: ArrayLike, *, wider: float = WIDER, cells: int = CELLS) -> Image:
    """The picture with an ellipse around each box made of ``cells`` coarse squares a side.

    RGB uint8 (H, W, 3) in and out; ``boxes`` (N, 4). The squares are blurred into each other, but
    it is the averaging that takes the detail away: a blur alone can be undone in part. What is
    left still shows hair, clothes and surroundings, by which people can be known as well.
    """
    import cv2

    checked = check_boxes(boxes)
    check_number(wider, "wider", low=0)
    check_number(cells, "cells", low=2, integer=True)
    out = check_image(image).copy()
    height, width = out.shape[:2]
    for x1, y1, x2, y2 in checked.astype(float):
        middle = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
        half = np.array([x2 - x1, y2 - y1]) * (0.5 + wider)
        left, top = np.maximum(np.floor(middle - half), 0).astype(int)
        right, bottom = np.minimum(np.ceil(middle + half), (width, height)).astype(int)
        if left >= right or top >= bottom:
            continue
        part = out[top:bottom, left:right]
        coarse = cv2.resize(part, (cells, cells), interpolation=cv2.INTER_AREA)
        size = (right - left, bottom - top)
        smooth = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
        y, x = np.mgrid[top:bottom, left:right]
        inside = ((x - middle[0]) / half[0]) ** 2 + ((y - middle[1]) / half[1]) ** 2 <= 1
        part[inside] = smooth[inside]
    return out
