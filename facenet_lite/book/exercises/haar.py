"""Checkers for the chapter on Haar cascades: sums, windows, a stage's votes, settings, a bug."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, boxes, imaging
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.detect.cascade_file import Cascade, Stage, read_cascade
from facenet_lite.by_hand.detect.haar import shrink
from facenet_lite.by_hand.detect.integral import integral_image, rectangle_sum
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.types import GreyImage, Image

EYES: Final = (185, 100, 60, 20)
"""The exercise's rectangle, x y width height: a strip of the astronaut's face."""
FACTOR: Final = 1.1**14
"""The scale at which the exercise's window is cut out."""
CORNER: Final = (47, 18)
"""The window's top left pixel, x and y, in the picture shrunk by FACTOR."""


def sheet() -> Image:
    """The exercises' wide picture: the astronaut and Grace Hopper side by side, 512 x 1024."""
    return np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])


def face_window() -> GreyImage:
    """A window of 24 x 24 grey pixels, cut from the shrunk astronaut where her face is."""
    x, y = CORNER
    return shrink(imaging.to_grey(imaging.astronaut()), FACTOR)[y : y + 24, x : x + 24].copy()


def check_strip(answer: Any) -> Feedback:
    """The sum of the grey pixels in the rectangle EYES of the astronaut."""
    if is_stub(answer):
        return STUB
    value = _numbers(answer, ())
    if value is None:
        return not_yet("One number is wanted: the sum of the pixels in the rectangle.")
    x, y, width, height = EYES
    table = integral_image(imaging.to_grey(imaging.astronaut()))
    right = rectangle_sum(table, x, y, width, height)
    a, b = int(table[y, x]), int(table[y, x + width])
    c, d = int(table[y + height, x]), int(table[y + height, x + width])
    if value == right:
        return passed(
            f"Yes: {right:,}, and it would cost four look-ups for a rectangle of any size."
        )
    wrong = {
        "Points of the table are [row, column], so [y, x]; yours are the other way round.": (
            rectangle_sum(table, y, x, height, width)
        ),
        "The part above and to the left has been taken away twice: give A back.": d - b - c,
        "That is D - A. The strips above and to the left are B and C.": d - a,
        "That is the look-up D alone: everything above and to the left is still in it.": d,
        "One row and one column too many or too few: the right edge is x + width, not one less.": (
            rectangle_sum(table, x, y, width - 1, height - 1)
        ),
    }
    for hint, candidate in wrong.items():
        if value == candidate:
            return not_yet(hint)
    return not_yet("Not that. Equation D - B - C + A, with [y, x] at A and [y + h, x + w] at D.")


def check_windows(answer: Any) -> Feedback:
    """How many windows of 24 x 24 a 640 x 480 picture has at full size, every second pixel."""
    if is_stub(answer):
        return STUB
    value = _numbers(answer, ())
    if value is None:
        return not_yet("One whole number is wanted: places across times places down.")
    across, down = len(range(0, 640 - 24 + 1, 2)), len(range(0, 480 - 24 + 1, 2))
    if value == across * down:
        return passed(f"Yes: {across} x {down}, at one scale of thirty, and each must be judged.")
    if value == (640 - 23) * (480 - 23):
        return not_yet("That is every pixel. At full size OpenCV takes every second one.")
    if value == 320 * 240:
        return not_yet("A window must fit: its corner cannot lie in the last 23 columns or rows.")
    if value == (across - 1) * (down - 1):
        return not_yet("One short each way: corners 0 and 616 both count, and so does all between.")
    if value == (640 // 24) * (480 // 24):
        return not_yet("Windows overlap: the next begins two pixels on, not 24.")
    return not_yet("Not that. At which x can a corner lie? 0, 2, 4, ... up to 640 - 24.")


def check_votes(answer: Any) -> Feedback:
    """The sum of the second stage's votes for ``face_window()``."""
    if is_stub(answer):
        return STUB
    value = _numbers(answer, ())
    if value is None:
        return not_yet("One number is wanted: the votes of sixteen stumps, added up.")
    stage, window = _cascade().stages[1], face_window()
    inner = window[1:-1, 1:-1]
    spread = inner.size * inner.std()
    right = votes(stage, window, spread)
    if np.isclose(value, right, atol=1e-3):
        return passed(f"Yes: {right:.3f}, above the stage's threshold of {stage.threshold:.3f}.")
    wrong = {
        "The responses are too large: divide by area times standard deviation, both.": votes(
            stage, window, 1.0
        ),
        "You took area and deviation of all 24 x 24 pixels. The border is left out.": votes(
            stage, window, window.size * float(window.std())
        ),
        "left is the vote of a response below the threshold; yours are swapped.": sum(
            s.left + s.right for s in stage.stumps
        )
        - right,
        "That is the stage's threshold. The votes are compared with it.": stage.threshold,
        "That is one vote. All sixteen are added up.": stage.stumps[0].vote(
            stage.stumps[0].feature.response(integral_image(window)) / spread
        ),
    }
    for hint, candidate in wrong.items():
        if np.isclose(value, candidate, atol=1e-3):
            return not_yet(hint)
    return not_yet("Not that. For each stump: response / spread, then stump.vote, then add up.")


def check_settings(answer: Any) -> Feedback:
    """A (scale_factor, min_neighbors) that finds both faces of ``sheet()``, and is quick."""
    if is_stub(answer):
        return STUB
    pair = _numbers(answer, (2,))
    if pair is None:
        return not_yet("Two numbers are wanted: (scale_factor, min_neighbors).")
    factor, least = float(pair[0]), float(pair[1])
    if not 1.01 <= factor <= 3:
        return not_yet("scale_factor: take one above 1, say from 1.01 to 3; 1.3 is 30 % a step.")
    if least != int(least) or least < 0:
        return not_yet("min_neighbors: a whole number of windows is wanted, 0 or more.")
    found = HaarDetector.load(scale_factor=factor, min_neighbors=int(least)).detect(sheet())
    hits = boxes.iou(_faces(), found.boxes).max(axis=1, initial=0) > 0.4
    if not hits.all():
        return not_yet(
            f"{2 - int(hits.sum())} of the 2 faces missed: fewer neighbours, or finer steps."
        )
    if len(found) > 2:
        return not_yet(f"{len(found)} boxes for 2 faces: ask for more neighbours.")
    if factor < 1.3:
        return not_yet("Two boxes, two faces. Now the same with steps of 30 % or more.")
    return passed("Yes: both faces and nothing else. Would it hold on the next photograph?")


def check_bug(answer: Any) -> Feedback:
    """The astronaut's face as x1, y1, x2, y2, from the mended lines."""
    if is_stub(answer):
        return STUB
    found = _numbers(answer, (None, 4))
    if found is None:
        return not_yet("Boxes are wanted: an array (N, 4) of x1, y1, x2, y2.")
    right = HaarDetector.load().detect(imaging.astronaut()).boxes
    mixed = HaarDetector.load(min_neighbors=3).detect(imaging.astronaut()[..., ::-1].copy()).boxes
    if len(found) == 0:
        return not_yet("No box at all: is the picture grey, uint8, and are the settings sensible?")
    if len(found) > 1:
        return not_yet(f"{len(found)} boxes for one face: min_neighbors is too low.")
    if np.array_equal(found, right):
        return passed("Yes: the right grey, settings that can be read, and corners.")
    if np.array_equal(found, boxes.xyxy_to_xywh(right)):
        return not_yet("That is x, y, width, height. The corner is at x + width, y + height.")
    if np.array_equal(found, boxes.xyxy_to_xywh(mixed)):
        return not_yet(
            "Two mistakes are left: OpenCV took red for blue, and width and height are no corner."
        )
    if np.array_equal(found, mixed):
        return not_yet("The corners are right now. But OpenCV took red for blue: give it grey.")
    return not_yet("Not this box. Grey picture, scaleFactor=1.1, minNeighbors=5, minSize=(30, 30).")


def votes(stage: Stage, window: GreyImage, spread: float) -> float:
    """Add up a stage's votes for one window (24, 24), responses divided by ``spread``."""
    table = integral_image(window)
    return sum(s.vote(s.feature.response(table) / spread) for s in stage.stumps)


@cache
def _cascade() -> Cascade:
    return read_cascade(assets.fetch("haar_frontalface_default"))


def _faces() -> NDArray[np.float32]:
    return HaarDetector.load().detect(sheet()).boxes


def _numbers(answer: Any, shape: tuple[int | None, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape (None: any size), else None."""
    try:
        array = np.asarray(answer)
        if array.size == 0 and shape == (None, 4):
            return np.zeros((0, 4))
        if array.dtype.kind not in "iuf" or array.ndim != len(shape):
            return None
        fits = all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
        return array.astype(np.float64) if fits and np.isfinite(array).all() else None
    except Exception:
        return None
