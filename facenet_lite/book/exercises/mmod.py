"""Exercises of the chapter on dlib's CNN: what a cell sees, its box, the loss, sizes, cropping."""

from __future__ import annotations

from typing import Final

import numpy as np

from facenet_lite.book.exercises import Array, Case, Function, Number, exercise
from facenet_lite.by_hand.detect.max_margin import max_margin_loss
from facenet_lite.types import Image

LEVEL: Final = 2
CENTRE: Final = (100.0, 60.0)
"""The exercise's cell is centred on this pixel, x and y, of the picture shrunk twice."""
RIGHT_BOX: Final = (88, 30, 203, 145)
SCORES: Final = (0.4, -0.2, -2.0)
"""The scores of a face and of two places without a face, all far apart."""


@exercise
def check_field() -> Number:
    """How many pixels wide a last cell would see with 3 x 3 filters in the first three layers."""
    return Number(
        answer=175,
        wants="one whole number of pixels",
        right="1 + 2 + 4 + 8 sees 15 pixels; three times 4 x 8 and once 8 x 8 make 175.",
        wrong={
            "That is the network as it is. The first three filters shrink to 3 x 3.": 189,
            "You stopped before the last layer. Its 9 x 9 filter adds 8 steps of 8 pixels.": 111,
            "You forgot the strides: from the fourth layer on, cells lie 8 pixels apart.": 27,
            "You took 2 pixels off each of the three; the later two count in larger steps.": 183,
            "Start from one pixel, not from none: one cell of the input sees itself.": 174,
            "Each layer adds (k - 1) steps, not k.": 214,
        },
        otherwise="Layer by layer: add (k - 1) x step, then step x stride.",
    )


@exercise
def check_box() -> Array:
    """The box in the picture of the cell at CENTRE of level 2: x1 y1 x2 y2, right excluded."""
    middle, half = np.array(CENTRE * 2), np.array([-39.5, -39.5, 39.5, 39.5])
    last = np.array([0, 0, 1, 1])
    inside = middle + half
    up = 1.2 * (1.2 * inside + 0.3) + 0.3
    centre_up = 1.2 * (1.2 * middle + 0.3) + 0.3 + half + last
    eighty = up + 1.44 * half / 79
    wrong = {
        "That is the box in the shrunk picture. "
        "Bring it up two levels: p becomes 1.2 p + 0.3.": inside + last,
        "You went up one level; the cell lies on level 2.": 1.2 * inside + 0.3 + last,
        "Every level up also adds 0.3 to each coordinate.": 1.44 * inside + last,
        "dlib counts the last pixel as inside. Our boxes exclude it: add 1 to x2 and y2.": up,
        "You went down: multiplied by 5/6 where the way back to the picture is 6/5.": (
            inside / 1.44 + last
        ),
        "The window grows with the picture: bring its corners up, not only its centre.": centre_up,
        "From the first pixel's centre to the last one's are 79 pixels, not 80: "
        "half is 39.5.": eighty,
    }
    return Array(
        answer=np.array(RIGHT_BOX),
        wants="four numbers: x1, y1, x2, y2, as a list or an array",
        right="A window of 80 pixels has become a box of 115: 80 x 1.44.",
        wrong={hint: np.floor(box + 0.5) for hint, box in wrong.items()}
        | {
            "Within a pixel: round to the nearest one, then add 1 to x2 and y2.": (
                lambda box: bool(np.abs(box - RIGHT_BOX).max() <= 1)
            )
        },
        otherwise="Corners first: centre - 39.5 and centre + 39.5; then 1.2 p + 0.3, twice.",
        wrong_within=0.5,
    )


@exercise
def check_loss() -> Number:
    """The max-margin loss of SCORES, the first of which is a face."""
    places = [[100 * i, 0, 100 * i + 80, 80] for i in range(3)]
    return Number(
        answer=max_margin_loss(SCORES, places, [0]).loss,
        right="0.6 for the face and 0.8 for the near miss; the place at -2 costs nothing.",
        wrong={
            "At threshold 0 every answer is right, yet none has the margin of 1.": 0,
            "That is the face's share. A place that scores -0.2 is within the margin, too.": 0.6,
            "That is the false alarm's share. The face is short of +1, too.": 0.8,
            "You let the place at -2 earn -1. Beyond the margin the loss is 0: a hinge.": 0.4,
            "You squared the shares. Each counts as it is: 0.6 and 0.8.": 1.0,
            "That is the worst answer's worth. Take off what the right answer is worth, 0.4.": 1.8,
        },
        otherwise="max(0, 1 - score) for the face, max(0, 1 + score) for each other place.",
    )


@exercise
def check_upsample() -> Number:
    """The least ``upsample`` at which a face 25 pixels wide fills the detector's 80."""
    return Number(
        answer=2,
        wants="one whole number",
        right="25 doubled twice is 100; the pixels, the time and the memory are 16 times.",
        wrong={
            "Without upsampling the smallest face is about 80 pixels wide.": 0,
            "Doubled once it is 50 pixels wide: still less than 80.": 1,
            "It works, at four times the cost of what is needed: 25 x 2 x 2 is 100.": 3,
            "The field counts doublings: 80 / 25 is 3.2, and two doublings make 4.": 3.2,
            "Four times as wide is two doublings, and upsample counts the doublings.": 4,
        },
        otherwise="Double 25 until it reaches 80, and count.",
    )


def picture() -> Image:
    """A picture of 6 x 8 pixels, all different."""
    rows, columns = np.indices((6, 8))
    return np.dstack([rows, columns, rows + columns]).astype(np.uint8)


@exercise
def check_crop() -> Function:
    """A function (image, left, top, right, bottom) that crops dlib's rectangle out of a picture."""
    image = picture()
    empty = "A rectangle from -2 on gives an empty crop: a negative index counts from the end."
    lost = "The last row and column are missing: dlib's right and bottom belong in."
    inside = Array(
        answer=image[1:4, 2:6],
        wants="the crop image[1:4, 2:6] of left 2, top 1, right 5, bottom 3: rows come first",
        wrong={
            lost: image[1:3, 2:5],
            "The colours are reversed: image is RGB already.": image[1:4, 2:6, ::-1],
        },
        otherwise="left 2, top 1, right 5, bottom 3 is image[1:4, 2:6]: rows come first.",
    )
    beyond = Array(
        answer=image[0:3, 0:4],
        wants="the crop image[0:3, 0:4] of a rectangle from (-2, -1) to (3, 2): clip at 0",
        shapes={(0, 0, 3): empty, (0, 4, 3): empty, (3, 0, 3): empty},
        otherwise="A rectangle from (-2, -1) to (3, 2) leaves image[0:3, 0:4]: clip at 0.",
    )
    keep = "a rectangle that leaves on the right or below keeps what is inside"
    far = Array(
        answer=image[4:, 5:],
        wants=f"the crop image[4:, 5:]: {keep}",
        otherwise=f"Not these pixels: {keep}.",
    )
    return Function(
        cases=[
            Case((image, 2, 1, 5, 3), inside),
            Case((image, -2, -1, 3, 2), beyond),
            Case((image, 5, 4, 20, 20), far),
        ],
        wants="the function itself, check_crop(crop)",
        right="Inclusive corners and negative indices: the two that go unnoticed in most code.",
    )
