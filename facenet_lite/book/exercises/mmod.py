"""Checkers for the chapter on dlib's CNN: what a cell sees, its box, the loss, sizes, cropping."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.detect.max_margin import max_margin_loss
from facenet_lite.types import Image

LEVEL: Final = 2
CENTRE: Final = (100.0, 60.0)
"""The exercise's cell: centred on this pixel, x and y, of the picture shrunk twice."""
RIGHT_BOX: Final = (88, 30, 203, 145)
SCORES: Final = (0.4, -0.2, -2.0)
"""The scores of a face and of two places without one, far apart."""


def check_field(answer: Any) -> Feedback:
    """How many pixels wide a last cell would see with 3 x 3 filters in the first three layers."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    hints: dict[float, str] = {
        189: "That is the network as it is. The first three filters shrink to 3 x 3.",
        111: "You stopped before the last layer. Its 9 x 9 filter adds 8 steps of 8 pixels.",
        27: "You forgot the strides: from the fourth layer on, cells lie 8 pixels apart.",
        183: "You took 2 pixels off each of the three; the later two count in larger steps.",
        174: "Start from one pixel, not from none: one cell of the input sees itself.",
        214: "Each layer adds (k - 1) steps, not k.",
    }
    if number is None:
        return not_yet("One whole number of pixels is wanted.")
    if number == 175:
        return passed("1 + 2 + 4 + 8 sees 15 pixels; three times 4 x 8 and once 8 x 8 make 175.")
    return not_yet(
        hints.get(float(number), "Layer by layer: add (k - 1) x step, then step x stride.")
    )


def check_box(answer: Any) -> Feedback:
    """The box in the picture of the cell at CENTRE of level 2: x1 y1 x2 y2, right excluded."""
    if is_stub(answer):
        return STUB
    box = _array(answer, (4,))
    if box is None:
        return not_yet("Four numbers are wanted: x1, y1, x2, y2, as a list or an array.")
    if np.array_equal(box, RIGHT_BOX):
        return passed("A window of 80 pixels has become a box of 115: 80 x 1.44.")
    middle, half = np.array(CENTRE * 2), np.array([-39.5, -39.5, 39.5, 39.5])
    up, shift = 1.2 * (1.2 * (middle + half) + 0.3) + 0.3, np.array([0, 0, 1, 1])
    wrong = {
        "That is the box in the shrunk picture. Bring it up two levels: p becomes 1.2 p + 0.3.": (
            middle + half + shift
        ),
        "You went up one level; the cell lies on level 2.": 1.2 * (middle + half) + 0.3 + shift,
        "Every level up also adds 0.3 to each coordinate.": 1.44 * (middle + half) + shift,
        "dlib counts the last pixel as inside. Our boxes exclude it: add 1 to x2 and y2.": up,
        "You went down: multiplied by 5/6 where the way back to the picture is 6/5.": (
            (middle + half) / 1.44 + shift
        ),
        "The window grows with the picture: bring its corners up, not only its centre.": (
            1.2 * (1.2 * middle + 0.3) + 0.3 + half + shift
        ),
        "From the first pixel's centre to the last one's are 79 pixels, not 80: half is 39.5.": (
            1.2 * (1.2 * (middle + half * 40 / 39.5) + 0.3) + 0.3
        ),
    }
    for hint, candidate in wrong.items():
        if np.abs(box - candidate).max() <= 0.51:
            return not_yet(hint)
    if np.abs(box - np.array(RIGHT_BOX)).max() <= 1:
        return not_yet("Within a pixel: round to the nearest one, then add 1 to x2 and y2.")
    return not_yet("Corners first: centre - 39.5 and centre + 39.5; then 1.2 p + 0.3, twice.")


def check_loss(answer: Any) -> Feedback:
    """The max-margin loss of SCORES, the first of which is a face."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    if number is None:
        return not_yet("One number is wanted.")
    places = [[100 * i, 0, 100 * i + 80, 80] for i in range(3)]
    if abs(number - max_margin_loss(SCORES, places, [0]).loss) < 1e-6:
        return passed("0.6 for the face and 0.8 for the near miss; the place at -2 costs nothing.")
    hints = {
        0.0: "At threshold 0 every answer is right, yet none has the margin of 1.",
        0.6: "That is the face's share. A place that scores -0.2 is within the margin, too.",
        0.8: "That is the false alarm's share. The face is short of +1, too.",
        0.4: "You let the place at -2 earn -1. Beyond the margin the loss is 0: a hinge.",
        1.0: "You squared the shares. Each counts as it is: 0.6 and 0.8.",
        1.8: "That is the worst answer's worth. Take off what the right answer is worth, 0.4.",
    }
    for value, hint in hints.items():
        if abs(number - value) < 1e-6:
            return not_yet(hint)
    return not_yet("max(0, 1 - score) for the face, max(0, 1 + score) for each other place.")


def check_upsample(answer: Any) -> Feedback:
    """The least ``upsample`` at which a face 25 pixels wide fills the detector's 80."""
    if is_stub(answer):
        return STUB
    number = _array(answer, ())
    hints: dict[float, str] = {
        0: "Without upsampling the smallest face is about 80 pixels wide.",
        1: "Doubled once it is 50 pixels wide: still less than 80.",
        3: "It works, at four times the cost of what is needed: 25 x 2 x 2 is 100.",
        3.2: "The field counts doublings: 80 / 25 is 3.2, and two doublings make 4.",
        4: "Four times as wide is two doublings, and upsample counts the doublings.",
    }
    if number is None:
        return not_yet("One whole number is wanted.")
    if number == 2:
        return passed("25 doubled twice is 100; the pixels, the time and the memory are 16 times.")
    return not_yet(hints.get(float(number), "Double 25 until it reaches 80, and count."))


def picture() -> Image:
    """A picture of 6 x 8 pixels, each of which can be told from the others."""
    rows, columns = np.indices((6, 8))
    return np.dstack([rows, columns, rows + columns]).astype(np.uint8)


def check_crop(answer: Any) -> Feedback:
    """A function (image, left, top, right, bottom) that crops dlib's rectangle out of a picture."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("Give the function itself: check_crop(crop), without calling it.")
    inside = _called(answer, (2, 1, 5, 3))
    if isinstance(inside, str):
        return not_yet(inside)
    image = picture()
    if not np.array_equal(inside, image[1:4, 2:6]):
        if np.array_equal(inside, image[1:3, 2:5]):
            return not_yet(
                "The last row and column are missing: dlib's right and bottom belong in."
            )
        if np.array_equal(inside[..., ::-1], image[1:4, 2:6]):
            return not_yet("The colours are reversed: image is RGB already.")
        return not_yet("left 2, top 1, right 5, bottom 3 is image[1:4, 2:6]: rows come first.")
    beyond = _called(answer, (-2, -1, 3, 2))
    if isinstance(beyond, str):
        return not_yet(beyond)
    if beyond.size == 0:
        return not_yet(
            "A rectangle from -2 on gives an empty crop: a negative index counts from the end."
        )
    if not np.array_equal(beyond, image[0:3, 0:4]):
        return not_yet("A rectangle from (-2, -1) to (3, 2) leaves image[0:3, 0:4]: clip at 0.")
    far = _called(answer, (5, 4, 20, 20))
    if isinstance(far, str) or not np.array_equal(far, image[4:, 5:]):
        return not_yet("A rectangle that leaves on the right or below keeps what is inside.")
    return passed("Inclusive corners and negative indices: the two that go unnoticed in most code.")


def _called(function: Any, corners: tuple[int, int, int, int]) -> NDArray[Any] | str:
    try:
        out = function(picture(), *corners)
    except Exception as error:
        return f"Your function raised {type(error).__name__}: {str(error)[:80]}"
    if not isinstance(out, np.ndarray) or out.ndim != 3:
        return "The function should return the crop, an array (rows, columns, 3)."
    return out


def _array(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    try:
        array = np.asarray(answer, np.float64)
    except Exception:  # whatever a reader hands over, and whatever it does
        return None
    return array if array.shape == shape and np.isfinite(array).all() else None
