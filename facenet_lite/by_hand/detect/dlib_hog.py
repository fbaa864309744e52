"""dlib's HOG face detector taken apart: its five templates, and its scores in NumPy.

``dlib.fhog_object_detector`` has no method that gives its weights, but ``save`` writes them. The
file is a sequence of whole numbers; a fraction is two of them, mantissa and power of two.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_array
from facenet_lite.by_hand.detect.fhog import DIMENSIONS, fhog
from facenet_lite.dlib_file import DlibReader
from facenet_lite.errors import InputError
from facenet_lite.types import Image

Floats = NDArray[np.float64]

CELL: Final = 8
WINDOW: Final = 10  # cells: 80 pixels
NAMES: Final = ("front", "left", "right", "front, rotated left", "front, rotated right")
"""dlib's author calls the five templates this (in a comment in frontal_face_detector.h)."""

_HEADER: Final = 13  # numbers before the overlap test: versions, sizes, the count of weights


@dataclass(frozen=True, eq=False)
class Templates:
    """Linear templates over 31 features: ``weights`` float64 (T, 10, 10, 31), ``thresholds`` (T,).

    A window's score is the sum of weights times features, less the threshold.
    """

    weights: Floats
    thresholds: Floats

    def __post_init__(self) -> None:
        shape = (None, WINDOW, WINDOW, DIMENSIONS)
        weights = check_array(self.weights, "weights", shape=shape, dtype=np.float64)
        check_array(self.thresholds, "thresholds", shape=(len(weights),), dtype=np.float64)


def parse_templates(data: bytes) -> Templates:
    """Read the templates out of a saved ``fhog_object_detector`` with an 80 x 80 window.

    Raises InputError for other bytes.
    """
    file = DlibReader(data)
    numbers = []
    while not file.at_end:
        numbers.append(file.integer())
    each = WINDOW * WINDOW * DIMENSIONS + 1  # a template's weights, and its threshold
    head = len(numbers) > _HEADER and numbers[:2] == [2, 1] and numbers[4:8] == [CELL, 0, 80, 80]
    starts = [at for at, number in enumerate(numbers) if head and number == -each]
    whole = bool(starts) and len(numbers) >= starts[-1] + 2 + 2 * each
    if not whole or numbers[starts[0] - 1] != len(starts):
        raise InputError(
            "data: expected a saved dlib fhog_object_detector with 8-pixel cells and an 80 x 80 "
            f"window, got {len(data)} other bytes; detector.save(path) writes one"
        )
    rows = []
    for at in starts:  # a matrix: its height and width, negative, then mantissas and exponents
        pairs = np.array(numbers[at + 2 : at + 2 + 2 * each], np.float64).reshape(each, 2)
        rows.append(np.ldexp(pairs[:, 0], pairs[:, 1].astype(np.int64)))
    table = np.array(rows)  # (T, 3101): 31 planes of 10 x 10, then the threshold
    planes = table[:, :-1].reshape(-1, DIMENSIONS, WINDOW, WINDOW)
    return Templates(np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), table[:, -1])


def read_templates(detector: Any) -> Templates:
    """The templates of a ``dlib.fhog_object_detector``, through a temporary file.

    Raises InputError unless it is one with an 80 x 80 window.
    """
    if not hasattr(detector, "save"):
        raise InputError(
            f"detector: expected a dlib.fhog_object_detector, got a {type(detector).__name__}; "
            "dlib.get_frontal_face_detector() gives one"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "detector.svm"
        detector.save(str(path))
        return parse_templates(path.read_bytes())


def score_map(image: Image, templates: Templates) -> Floats:
    """Every template's score at every place of the picture, at its own size: (rows, cols, T).

    Place (0, 0) is the window that begins half a window outside the picture, where features are 0,
    as in dlib; places are 8 pixels apart. The pyramid is left to the caller.
    """
    before = (WINDOW - 1) // 2
    features = np.pad(fhog(image, cell=CELL), [(before, WINDOW - 1 - before)] * 2 + [(0, 0)])
    rows, cols = features.shape[0] - WINDOW + 1, features.shape[1] - WINDOW + 1
    scores = np.tile(-templates.thresholds, (rows, cols, 1))
    for y in range(WINDOW):
        for x in range(WINDOW):
            scores += features[y : y + rows, x : x + cols] @ templates.weights[:, y, x].T
    return scores


def place_to_box(row: int, col: int) -> NDArray[np.float32]:
    """The box (4,) that dlib reports for a place of :func:`score_map`: x1 y1 x2 y2, excluded.

    It runs from the centre of the window's first cell to that of its last: 73 pixels, not 80.
    Where it begins outside the picture dlib rounds outwards, and it is 81.
    """
    before = (WINDOW - 1) // 2
    first = (np.array([col, row, col + WINDOW - 1, row + WINDOW - 1]) - before + 1) * CELL + 1
    corners = first + np.where(first >= 0, CELL // 2, -(CELL // 2))
    corners[2:] += 1  # dlib's corners are included
    return corners.astype(np.float32)
