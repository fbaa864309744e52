"""Exercises of the chapter on Haar cascades: sums, windows, a stage's votes, settings, a bug."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, boxes, imaging
from facenet_lite.book.exercises import Array, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.photographs import sheet
from facenet_lite.book.exercises.reading import shaped
from facenet_lite.by_hand.detect.cascade_file import Cascade, Stage, read_cascade
from facenet_lite.by_hand.detect.haar import shrink
from facenet_lite.by_hand.detect.integral import integral_image, rectangle_sum
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.types import GreyImage

EYES: Final = (185, 100, 60, 20)
"""The exercise's rectangle, x y width height: a strip of the astronaut's face."""
FACTOR: Final = 1.1**14
"""The scale at which the exercise's window is cut out."""
CORNER: Final = (47, 18)
"""The window's top left pixel, x and y, in the picture shrunk by FACTOR."""


def face_window() -> GreyImage:
    """A window of 24 x 24 grey pixels, cut from the shrunk astronaut where her face is."""
    x, y = CORNER
    return shrink(imaging.to_grey(imaging.astronaut()), FACTOR)[y : y + 24, x : x + 24].copy()


@exercise
def check_strip() -> Number:
    """The sum of the grey pixels in the rectangle EYES of the astronaut."""
    x, y, width, height = EYES
    table = integral_image(imaging.to_grey(imaging.astronaut()))
    right = rectangle_sum(table, x, y, width, height)
    a, b = int(table[y, x]), int(table[y, x + width])
    c, d = int(table[y + height, x]), int(table[y + height, x + width])
    other_way = rectangle_sum(table, y, x, height, width)
    one_less = rectangle_sum(table, x, y, width - 1, height - 1)
    return Number(
        answer=right,
        wants="one number: the sum of the pixels in the rectangle",
        right=f"Yes: {right:,}, and it would cost four look-ups for a rectangle of any size.",
        wrong={
            "Points of the table are [row, column], so [y, x]; "
            "yours are the other way round.": other_way,
            "The part above and to the left has been taken away twice: give A back.": d - b - c,
            "That is D - A. The strips above and to the left are B and C.": d - a,
            "That is the look-up D alone: everything above and to the left is still in it.": d,
            "One row and one column too many or too few: the right edge is x + width, not one "
            "less.": one_less,
        },
        otherwise="Not that. Equation D - B - C + A, with [y, x] at A and [y + h, x + w] at D.",
    )


@exercise
def check_windows() -> Number:
    """How many windows of 24 x 24 a 640 x 480 picture has at full size, at every second pixel."""
    across, down = len(range(0, 640 - 24 + 1, 2)), len(range(0, 480 - 24 + 1, 2))
    every_pixel = (640 - 23) * (480 - 23)
    one_short = (across - 1) * (down - 1)
    return Number(
        answer=across * down,
        wants="one whole number: places across times places down",
        right=f"Yes: {across} x {down}, at one scale of thirty, and each must be judged.",
        wrong={
            "That is every pixel. At full size OpenCV takes every second one.": every_pixel,
            "A window must fit: its corner cannot lie in the last 23 columns or rows.": 320 * 240,
            "One short each way: corners 0 and 616 both count, and so does all between.": one_short,
            "Windows overlap: the next begins two pixels on, not 24.": (640 // 24) * (480 // 24),
        },
        otherwise="Not that. At which x can a corner lie? 0, 2, 4, ... up to 640 - 24.",
    )


@exercise
def check_votes() -> Number:
    """The sum of the second stage's votes for ``face_window()``."""
    stage, window = _cascade().stages[1], face_window()
    inner, first = window[1:-1, 1:-1], stage.stumps[0]
    spread = inner.size * float(inner.std())
    right = votes(stage, window, spread)
    swapped = sum(stump.left + stump.right for stump in stage.stumps) - right
    one_vote = first.vote(first.feature.response(integral_image(window)) / spread)
    unscaled = votes(stage, window, 1.0)
    bordered = votes(stage, window, window.size * float(window.std()))
    return Number(
        answer=right,
        wants="one number: the votes of sixteen stumps, added up",
        right=f"Yes: {right:.3f}, above the stage's threshold of {stage.threshold:.3f}.",
        wrong={
            "The responses are too large: divide by area times standard deviation, both.": unscaled,
            "You took area and deviation of all 24 x 24 pixels. The border is left out.": bordered,
            "left is the vote of a response below the threshold; yours are swapped.": swapped,
            "That is the stage's threshold. The votes are compared with it.": stage.threshold,
            "That is one vote. All sixteen are added up.": one_vote,
        },
        otherwise="Not that. For each stump: response / spread, then stump.vote, then add up.",
        within=1e-3,
    )


@judging(shaped(2), wants="two numbers: (scale_factor, min_neighbors)")
def check_settings(pair: NDArray[Any]) -> Feedback:
    """A fast (scale_factor, min_neighbors) that finds both faces of ``sheet()``."""
    factor, least = float(pair[0]), float(pair[1])
    if not 1.01 <= factor <= 3:
        return not_yet("scale_factor: take one above 1, say from 1.01 to 3; 1.3 is 30 % a step.")
    if least != int(least) or least < 0:
        return not_yet("min_neighbors: it counts windows, so take a whole number, 0 or more.")
    found = HaarDetector.load(scale_factor=factor, min_neighbors=int(least)).detect(sheet())
    faces = HaarDetector.load().detect(sheet()).boxes
    missed = np.sum(boxes.iou(faces, found.boxes).max(axis=1, initial=0) <= 0.4)
    if missed:
        return not_yet(f"{missed} of the 2 faces missed: fewer neighbours, or finer steps.")
    if len(found) > 2:
        return not_yet(f"{len(found)} boxes for 2 faces: ask for more neighbours.")
    if factor < 1.3:
        return not_yet("Two boxes, two faces. Now the same with steps of 30 % or more.")
    return passed("Yes: both faces and nothing else. Would it hold on the next photograph?")


@exercise
def check_bug() -> Array:
    """The astronaut's face as x1, y1, x2, y2, from the corrected lines."""
    image = imaging.astronaut()
    right = HaarDetector.load().detect(image).boxes
    mixed = HaarDetector.load(min_neighbors=3).detect(image[..., ::-1].copy()).boxes
    none = "No box at all: is the picture grey, uint8, and are the settings sensible?"
    return Array(
        answer=right,
        wants="boxes: an array (N, 4) of x1, y1, x2, y2",
        right="Yes: the right grey, settings that can be read, and corners.",
        wrong={
            "That is x, y, width, height. "
            "The corner is at x + width, y + height.": boxes.xyxy_to_xywh(right),
            "Two mistakes are left: OpenCV took red for blue, and width and height are no "
            "corner.": boxes.xyxy_to_xywh(mixed),
            "The corners are right now. But OpenCV took red for blue: give it grey.": mixed,
        },
        shapes={
            **{(n, 4): f"{n} boxes for one face: min_neighbors is too low." for n in range(2, 99)},
            **{(0, 4): none, (0,): none},
        },
        otherwise="Not this box. Grey picture, scaleFactor=1.1, minNeighbors=5, minSize=(30, 30).",
    )


def votes(stage: Stage, window: GreyImage, spread: float) -> float:
    """Add up a stage's votes for one window (24, 24), responses divided by ``spread``."""
    table = integral_image(window)
    return sum(s.vote(s.feature.response(table) / spread) for s in stage.stumps)


@cache
def _cascade() -> Cascade:
    return read_cascade(assets.fetch("haar_frontalface_default"))
