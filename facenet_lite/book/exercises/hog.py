"""Checkers for the chapter on HOG: votes, the descriptor's length, boxes, negatives, thresholds."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import boxes, imaging
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.book.figures.hog_cells import face_of
from facenet_lite.by_hand.detect import window_training
from facenet_lite.detect.hog import HogDetector
from facenet_lite.types import Detections, GreyImage, Image

FACE: Final = (175, 76, 266, 167)
"""dlib's box around the astronaut's face: x1 y1 x2 y2, right and bottom excluded."""
HOPPER: Final = (180, 139, 367, 326)
"""dlib's box around Grace Hopper's face."""
CUT: Final = 180
"""How many columns the exercise on cropping takes off the astronaut's left."""


def patch() -> GreyImage:
    """A cell of 8 x 8 on the astronaut's eye and one pixel around it: uint8 (10, 10)."""
    return face_of(imaging.astronaut(), FACE)[39:49, 39:49]


def cut_picture() -> Image:
    """The astronaut with the left 180 columns missing: the face touches the border."""
    return np.ascontiguousarray(imaging.astronaut()[:, CUT:])


@functools.cache
def first_round() -> tuple[Detections, NDArray[np.float64]]:
    """What a detector without hard negatives finds in Grace Hopper's picture: with features."""
    detector = window_training.train(window_training.backgrounds(("coffee",)), hard_negatives=0)[
        0
    ].detector
    return detector.search(imaging.to_grey(imaging.grace_hopper()))


def check_features(answer: Any) -> Feedback:
    """The length of the descriptor of a window 64 wide and 96 high: cells of 8, blocks of 2 x 2."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    hints = {
        8 * 12 * 9: "That is one histogram per cell. A block holds four, and blocks overlap.",
        8 * 12 * 36: "Almost: the last row and column of cells begin no block. 8 cells, 7 blocks.",
        7 * 11 * 9: "You have counted the blocks. Each holds four cells of nine directions.",
        7 * 11 * 18: "Each block is 2 x 2 cells, which is four histograms, not two.",
        64 * 96: "That is the number of pixels. Count cells first: 64 / 8 by 96 / 8.",
    }
    if number is None:
        return not_yet("One whole number is wanted: blocks across x blocks down x numbers in each.")
    if number == 7 * 11 * 36:
        return passed("7 x 11 blocks of 36 numbers: 2,772 numbers for 6,144 pixels.")
    return not_yet(
        hints.get(int(number), "Not that. How many blocks of 2 x 2 fit in 8 x 12 cells?")
    )


def check_histogram(answer: Any) -> Feedback:
    """The nine votes of the cell inside ``patch()``, in grey levels per pixel."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (9,))
    if given is None:
        return not_yet(
            "Nine numbers are wanted, one per direction: a list or an array of shape (9,)."
        )
    grey = patch().astype(np.float64)
    down = (grey[2:] - grey[:-2])[:, 1:-1]
    right = (grey[:, 2:] - grey[:, :-2])[1:-1]
    length, angle = np.hypot(right, down), np.rad2deg(np.arctan2(down, right))
    if np.allclose(given, _votes(angle % 180, length), atol=1e-3):
        return passed("The same nine numbers as scikit-image's. That was the first half of HOG.")
    small = patch()
    wrapped = [(small[2:] - small[:-2])[:, 1:-1], (small[:, 2:] - small[:, :-2])[1:-1]]
    wrap_down, wrap_right = (part.astype(np.float64) for part in wrapped)
    wrap_angle = np.rad2deg(np.arctan2(wrap_down, wrap_right)) % 180
    uint8 = "The subtraction is still in uint8, where 3 - 5 is 254. Convert to float first."
    swapped = "arctan2 takes the vertical part first: arctan2(down, right)."
    wrong = {
        uint8: _votes(wrap_angle, np.hypot(wrap_right, wrap_down)),
        f"{uint8} And {swapped}": _votes(
            np.rad2deg(np.arctan2(wrap_right, wrap_down)) % 180, np.hypot(wrap_right, wrap_down)
        ),
        swapped: _votes(np.rad2deg(np.arctan2(right, down)) % 180, length),
        "Every pixel counts alike there. Weight each vote by its gradient's length.": _votes(
            angle % 180, np.ones_like(length)
        ),
        "Right but for the scale: divide by the cell's 64 pixels.": 64
        * _votes(angle % 180, length),
        "Negative angles are lost: fold them with % 180, so that both sides of an edge agree.": (
            _votes(np.where(angle < 0, 0, angle), length * (angle >= 0))
        ),
    }
    for hint, candidate in wrong.items():
        if np.allclose(given, candidate, atol=1e-3):
            return not_yet(hint)
    return not_yet("Not these. Check the types first, then the order of arctan2's arguments.")


def check_corners(answer: Any) -> Feedback:
    """dlib's rectangle [(175, 76) (265, 166)] as x1 y1 x2 y2, right and bottom excluded."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (4,))
    if given is None:
        return not_yet("Four numbers are wanted: x1, y1, x2, y2.")
    x1, y1, x2, y2 = FACE
    hints = {
        (x1, y1, x2 - 1, y2 - 1): "The last column and row are missing: dlib's corners belong to "
        "the box, our right and bottom do not.",
        (x1, y1, x2 - x1, y2 - y1): "That is x, y, width, height. Give the second corner.",
        (x1, y1, x2 - x1 - 1, y2 - y1 - 1): "That is x, y and a width that is one too small.",
        (
            y1,
            x2 - 1,
            y2 - 1,
            x1,
        ): "That is (top, right, bottom, left), the order of face_recognition.",
        (x1 + 1, y1 + 1, x2, y2): "Only the right and the bottom move; left and top are the same.",
    }
    if tuple(given) == FACE:
        return passed("x2 = right + 1 and y2 = bottom + 1: 91 pixels each way, as dlib says.")
    return not_yet(hints.get(tuple(given.astype(int)), "Not that box. Which pixels belong to it?"))


def check_crop(answer: Any) -> Feedback:
    """What ``cut_picture()`` holds of the box that dlib finds in it, however much it sticks out."""
    if is_stub(answer):
        return STUB
    image = cut_picture()
    x1, y1, x2, y2 = _cut_box()
    if not isinstance(answer, np.ndarray) or answer.ndim != 3 or answer.shape[2] != 3:
        return not_yet("A picture is wanted: the pixels inside the box, an array (H, W, 3).")
    right = image[max(y1, 0) : y2, max(x1, 0) : x2]
    if answer.shape == right.shape and np.array_equal(answer, right):
        return passed(
            "max(x, 0) before slicing; slices forgive what is too large, not what is negative."
        )
    if answer.size == 0:
        return not_yet(
            f"The crop is empty: x1 is {x1}, which Python counts from the right. Begin at 0."
        )
    if answer.shape[1] == x2 - x1 and np.array_equal(answer, image[y1:y2, : x2 - x1]):
        return not_yet("You moved the box to the right: its right side must stay where it was.")
    if answer.shape == (y2 - y1, x2 - x1, 3):
        return not_yet("That has the whole box's size. Give only the part inside the picture.")
    if answer.shape == (right.shape[1], right.shape[0], 3) or answer.shape[0] == right.shape[1]:
        return not_yet("Rows come first: image[y1:y2, x1:x2].")
    return not_yet(f"The crop should be {right.shape[0]} rows by {right.shape[1]} columns.")


def check_negatives(answer: Any) -> Feedback:
    """Which boxes of ``first_round()`` may be trained on as negatives: those off the face."""
    if is_stub(answer):
        return STUB
    found = first_round()[0]
    try:
        mask = np.asarray(answer)
    except Exception:
        mask = np.zeros(0)
    if mask.dtype != np.bool_ or mask.shape != (len(found),):
        return not_yet(f"A mask is wanted: {len(found)} times True or False, one for each box.")
    overlap = boxes.iou(found.boxes, [HOPPER])[:, 0]
    if np.array_equal(mask, overlap == 0):
        return passed(f"{int(mask.sum())} mistakes to learn from, and the face is left alone.")
    if mask.all():
        return not_yet(
            "Some of these boxes lie on her face: you would teach it that a face is none."
        )
    if np.array_equal(mask, overlap > 0):
        return not_yet("That is the other way round: these are the boxes on the face.")
    if mask[overlap == 0].all():
        return not_yet("Some of these still cover a part of her face. Take those with IoU == 0.")
    if not mask.any():
        return not_yet("No negatives at all: the next training would learn nothing.")
    return not_yet("Not these. Compare every box with HOPPER: boxes.iou(found.boxes, [HOPPER]).")


def check_threshold(answer: Any) -> Feedback:
    """A score threshold with which dlib finds the astronaut's face and nothing else."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None:
        return not_yet("One number is wanted: the score_threshold.")
    found = _astronaut_found()
    kept = found.above(float(number))
    if len(kept) == 1:
        return passed(
            "One face, no false alarm. It is right for this picture; chapter 6 measures many."
        )
    if len(kept) == 0:
        return not_yet(f"Too high: the face itself has {found.scores[0]:.2f}.")
    return not_yet(f"{len(kept)} boxes are left; the second has {found.scores[1]:.2f}. Go higher.")


@functools.cache
def _cut_box() -> tuple[int, ...]:
    return tuple(int(side) for side in HogDetector.load().detect(cut_picture()).boxes[0])


@functools.cache
def _astronaut_found() -> Detections:
    return HogDetector.load(score_threshold=-1.0).detect(imaging.astronaut())


def _votes(angle: NDArray[Any], length: NDArray[Any]) -> NDArray[np.float64]:
    bins = np.minimum(np.floor(angle / 20).astype(int), 8)
    return np.bincount(bins.ravel(), length.ravel(), minlength=9) / 64


def _array(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != shape:
            return None
        numbers = array.astype(np.float64)
        return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < 1e12 else None
    except Exception:
        return None
