"""Exercises of the chapter on HOG: votes, the descriptor's length, boxes, negatives, thresholds."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import boxes, imaging
from facenet_lite.book.exercises import Array, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.photographs import FACE, HOPPER
from facenet_lite.book.exercises.reading import number
from facenet_lite.book.figures.hog_cells import face_of
from facenet_lite.by_hand.detect import window_training
from facenet_lite.detect.hog import HogDetector
from facenet_lite.types import Detections, GreyImage, Image

CUT: Final = 180
"""The exercise on cropping removes this many columns from the astronaut's left side."""


def patch() -> GreyImage:
    """An 8 x 8 cell on the astronaut's eye, with a border of one pixel: uint8 (10, 10)."""
    return face_of(imaging.astronaut(), FACE)[39:49, 39:49]


def cut_picture() -> Image:
    """The astronaut without the left 180 columns, so that the face touches the border."""
    return np.ascontiguousarray(imaging.astronaut()[:, CUT:])


@functools.cache
def first_round() -> tuple[Detections, NDArray[np.float64]]:
    """What a detector without hard negatives finds in Grace Hopper's picture, with features."""
    (first,) = window_training.train(window_training.backgrounds(("coffee",)), hard_negatives=0)
    return first.detector.search(imaging.to_grey(imaging.grace_hopper()))


@exercise
def check_features() -> Number:
    """The length of the descriptor of a window 64 wide and 96 high: cells of 8, blocks of 2 x 2."""
    return Number(
        answer=7 * 11 * 36,
        wants="one whole number: blocks across x blocks down x numbers in each",
        right="7 x 11 blocks of 36 numbers: 2,772 numbers for 6,144 pixels.",
        wrong={
            "That is one histogram per cell. A block holds four, and blocks overlap.": 8 * 12 * 9,
            "Almost: the last row and column of cells begin no block. 8 cells, 7 blocks.": (
                8 * 12 * 36
            ),
            "You have counted the blocks. Each holds four cells of nine directions.": 7 * 11 * 9,
            "Each block is 2 x 2 cells, which is four histograms, not two.": 7 * 11 * 18,
            "That is the number of pixels. Count cells first: 64 / 8 by 96 / 8.": 64 * 96,
        },
        otherwise="Not that. How many blocks of 2 x 2 fit in 8 x 12 cells?",
    )


@exercise
def check_histogram() -> Array:
    """The nine votes of the cell inside ``patch()``, in grey levels per pixel."""
    down, right = _gradient(patch().astype(np.float64))
    wrapped_down, wrapped_right = (part.astype(np.float64) for part in _gradient(patch()))
    length, signed = np.hypot(right, down), np.rad2deg(np.arctan2(down, right))
    uint8 = "The subtraction is still in uint8, where 3 - 5 is 254. Convert to float first."
    swapped = "arctan2 takes the vertical part first: arctan2(down, right)."
    summed = 64 * _votes(signed % 180, length)
    by_count = _votes(signed % 180, np.ones_like(length))
    return Array(
        answer=_votes(signed % 180, length),
        wants="nine numbers, one per direction: a list or an array of shape (9,)",
        right="The same nine numbers as scikit-image's. That was the first half of HOG.",
        wrong={
            uint8: _turned(wrapped_down, wrapped_right),
            f"{uint8} And {swapped}": _turned(wrapped_right, wrapped_down),
            swapped: _turned(right, down),
            "Every pixel counts alike there. Weight each vote by its gradient's length.": by_count,
            "Right but for the scale: divide by the cell's 64 pixels.": summed,
            "Negative angles are lost: fold them with % 180, so that both sides of an edge "
            "agree.": _votes(np.where(signed < 0, 0, signed), length * (signed >= 0)),
        },
        otherwise="Not these. Check the types first, then the order of arctan2's arguments.",
        within=1e-3,
    )


@exercise
def check_corners() -> Array:
    """dlib's rectangle [(175, 76) (265, 166)] as x1 y1 x2 y2, right and bottom excluded."""
    x1, y1, x2, y2 = FACE
    clockwise = (y1, x2 - 1, y2 - 1, x1)
    all_moved = (x1 + 1, y1 + 1, x2, y2)
    return Array(
        answer=np.array(FACE),
        wants="four numbers: x1, y1, x2, y2",
        right="x2 = right + 1 and y2 = bottom + 1: 91 pixels each way, as dlib says.",
        wrong={
            "The last column and row are missing: dlib's corners belong to the box, our right and "
            "bottom do not.": (x1, y1, x2 - 1, y2 - 1),
            "That is x, y, width, height. Give the second corner.": (x1, y1, x2 - x1, y2 - y1),
            "That is x, y and a width that is one too small.": (x1, y1, x2 - x1 - 1, y2 - y1 - 1),
            "That is (top, right, bottom, left), the order of face_recognition.": clockwise,
            "Only the right and the bottom move; left and top are the same.": all_moved,
        },
        otherwise="Not that box. Which pixels belong to it?",
    )


@exercise
def check_crop() -> Array:
    """The part of dlib's box that lies in ``cut_picture()``, however far the box sticks out."""
    image = cut_picture()
    x1, y1, x2, y2 = (int(side) for side in HogDetector.load().detect(image).boxes[0])
    right = image[max(y1, 0) : y2, max(x1, 0) : x2]
    rows, columns = right.shape[:2]
    moved_box = image[y1:y2, : x2 - x1]
    return Array(
        answer=right,
        wants=f"a picture: the pixels inside the box, {rows} rows by {columns} columns, an array "
        f"({rows}, {columns}, 3)",
        right="max(x, 0) before slicing; slices forgive what is too large, not what is negative.",
        wrong={
            "You moved the box to the right: its right side must stay where it was.": moved_box,
        },
        shapes={
            (rows, 0, 3): f"The crop is empty: x1 is {x1}, which Python counts from the right. "
            "Begin at 0.",
            (y2 - y1, x2 - x1, 3): "That has the whole box's size. Give only the part inside the "
            "picture.",
            (columns, rows, 3): "Rows come first: image[y1:y2, x1:x2].",
        },
        otherwise="These are other pixels. Where does the box begin inside the picture?",
    )


@exercise
def check_negatives() -> Array:
    """The boxes of ``first_round()`` that can be used as negatives: those away from the face."""
    overlap = boxes.iou(first_round()[0].boxes, [HOPPER])[:, 0]
    off = overlap == 0
    return Array(
        answer=off,
        wants=f"a mask: {len(off)} times True or False, one for each box",
        right=f"{int(off.sum())} mistakes to learn from, and the face is left alone.",
        wrong={
            "Some of these boxes lie on her face: "
            "you would teach it that a face is none.": np.ones_like(off),
            "That is the other way round: these are the boxes on the face.": ~off,
            "Some of these still cover a part of her face. "
            "Take those with IoU == 0.": lambda mask: bool(mask[off].all()),
            "No negatives at all: the next training would learn nothing.": np.zeros_like(off),
        },
        otherwise="Not these. Compare every box with HOPPER: boxes.iou(found.boxes, [HOPPER]).",
    )


@judging(number, wants="one number: the score_threshold")
def check_threshold(threshold: float) -> Feedback:
    """A score threshold with which dlib finds the astronaut's face and nothing else."""
    found = HogDetector.load(score_threshold=-1.0).detect(imaging.astronaut())
    kept = found.above(float(np.clip(threshold, -1e6, 1e6)))
    if len(kept) == 1:
        return passed(
            "One face, no false alarm. It is right for this picture; chapter 6 measures many."
        )
    if len(kept) == 0:
        return not_yet(f"Too high: the face itself has {found.scores[0]:.2f}.")
    return not_yet(f"{len(kept)} boxes are left; the second has {found.scores[1]:.2f}. Go higher.")


def _gradient(grey: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Vertical and horizontal differences, in the picture's own data type."""
    return (grey[2:] - grey[:-2])[:, 1:-1], (grey[:, 2:] - grey[:, :-2])[1:-1]


def _turned(down: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """The votes if these two are taken for the gradient's vertical and horizontal parts."""
    return _votes(np.rad2deg(np.arctan2(down, right)) % 180, np.hypot(right, down))


def _votes(angle: NDArray[Any], length: NDArray[Any]) -> NDArray[np.float64]:
    bins = np.minimum(np.floor(angle / 20).astype(int), 8)
    return np.bincount(bins.ravel(), length.ravel(), minlength=9) / 64
