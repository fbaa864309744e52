"""Exercises of the chapter on the SSD: prior boxes, decoding, suppression, the input's size."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, boxes, imaging
from facenet_lite.book.exercises import Array, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.photographs import sheet
from facenet_lite.book.exercises.reading import number, shaped
from facenet_lite.by_hand.detect import ssd
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.detect.prototxt import with_field
from facenet_lite.types import Image

SIDE: Final = 400
"""The side of the input in the exercise on counting."""

CHAIN: Final = np.array([[x, 0, x + 10, 10] for x in (8, 0, 4, 40, 44, 48)], np.float32)
"""Six boxes of the same size in two rows of three; each overlaps its neighbours by IoU 0.43."""
CHAIN_SCORES: Final = np.array([0.7, 0.9, 0.8, 0.5, 0.6, 0.4], np.float32)


@exercise
def check_count() -> Number:
    """How many prior boxes an input of 400 x 400 has."""
    network = _network()
    shapes = network.forward(np.zeros((1, 3, SIDE, SIDE), np.float32)).shapes
    cells = [rows * columns for rows, columns in shapes]
    right = sum(n * len(layer.sizes()) for n, layer in zip(cells, network.layers, strict=True))
    usual = len(network.forward(np.zeros((1, 3, 300, 300), np.float32)).priors)
    scaled = usual * (SIDE / 300) ** 2
    uniform = (4 * sum(cells), 6 * sum(cells))
    return Number(
        answer=right,
        wants="one whole number: rows x columns x boxes, added up over six maps",
        right=f"Yes: {right:,} prior boxes, and every one is scored.",
        wrong={
            f"{usual:,} is the count at 300 x 300. Which maps are larger now?": usual,
            "You have counted the cells. How many boxes does each cell of a map have?": sum(cells),
            "You have scaled the count with the area. Maps have whole rows and columns: "
            "count them one by one.": (int(scaled), int(scaled) + 1),
            "Some maps have 4 boxes in a cell, others 6: len(layer.sizes()) says which.": uniform,
        },
        otherwise="Not that. Add up rows x columns x len(layer.sizes()) over the six maps.",
    )


@exercise
def check_decode() -> Array:
    """The astronaut's best prior box, decoded: x1 y1 x2 y2 as fractions of the input's sides."""
    raw = _network().forward(input_blob(imaging.astronaut()))
    best = int(raw.scores().argmax())
    prior, move, variance = raw.priors[best], raw.locations[best], raw.variances[best]
    right = raw.boxes()[best]
    centre, sides = (prior[:2] + prior[2:]) / 2, prior[2:] - prior[:2]

    def corners(middle: NDArray[Any], lengths: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([middle - lengths / 2, middle + lengths / 2])

    step, stretch = move[:2] * variance[:2], move[2:] * variance[2:]
    new_centre, new_sides = centre + step * sides, sides * np.exp(stretch)
    unscaled = corners(centre + move[:2] * sides, sides * np.exp(move[2:]))
    linear = corners(new_centre, sides * (1 + stretch))
    by_input = corners(centre + step, new_sides)
    as_centre = np.concatenate([new_centre, new_sides])
    return Array(
        answer=right,
        wants="four numbers: x1, y1, x2, y2, as a list or an array",
        right="Yes: that is the box that OpenCV gives for the astronaut's face.",
        wrong={
            "That is the prior box itself. The network's four numbers say how to move it.": prior,
            "The variances are missing: 0.1 for the moves, 0.2 for the sides.": unscaled,
            "The sides grow by exp(v * dw), not by 1 + v * dw.": linear,
            "The centre moves in units of the prior's own sides: v * dx * pw.": by_input,
            "That is centre and sides. Turn them into x1, y1, x2, y2.": as_centre,
            "That is in pixels of the 300 x 300 input; give fractions of its side.": right * 300,
            "That is in pixels of the picture; give fractions of its side.": right * 512,
        },
        otherwise="Not that box. Follow the decoding equation line by line for this one prior box.",
        within=2e-4,
    )


@exercise
def check_suppression() -> Array:
    """Which of the six boxes in ``CHAIN`` greedy suppression at IoU 0.3 keeps."""
    overlaps = boxes.iou(CHAIN, CHAIN) > 0.3
    order = np.argsort(-CHAIN_SCORES)
    surer = [i for n, i in enumerate(order) if not overlaps[i, order[:n]].any()]
    in_order = boxes.non_max_suppression(CHAIN, -np.arange(6.0), 0.3)
    some = "Not these. Take the surest left, drop what overlaps it, and repeat."
    return Array(
        answer=boxes.non_max_suppression(CHAIN, CHAIN_SCORES, 0.3),
        wants="a list of indices, such as [0, 2]",
        right="Yes: the box at x = 8 stays, for the one that would drop it is gone itself.",
        wrong={
            "You took the boxes in the order given. The surest comes first.": in_order,
            "A box that was dropped drops no other: compare with the kept ones only.": surer,
            "All of them overlap a neighbour by more than 0.3: some must go.": range(len(CHAIN)),
        },
        shapes={(count,): some for count in (1, 2, 4, 5, 6)},
        otherwise=some,
        any_order=True,
    )


@exercise
def check_input_size() -> Array:
    """The smallest input (width, height) at which a 40-pixel face fills the smallest prior box."""
    smallest = _network().layers[0].min_size
    whole = np.array([1920, 1080])
    right = whole * smallest / 40
    return Array(
        answer=right,
        wants="two numbers: (width, height)",
        right="Yes: the whole picture times 30 / 40, and no face is smaller than 30 pixels.",
        wrong={
            "OpenCV's sizes are (width, height): you have them the other way round.": right[::-1],
            "At 300 x 300 a face of 40 pixels is only 40 * 300 / 1920 = 6 pixels wide.": [300, 300],
            "That works, but the faces would be 40 pixels wide, and 30 are enough.": whole,
            "You have enlarged the picture: 40 pixels are to become 30.": whole * 40 / smallest,
        },
        otherwise="By which factor must a face of 40 pixels shrink? The whole picture shrinks so.",
        within=1,
    )


@judging(shaped(None, 4), wants="boxes: an array (N, 4) of x1, y1, x2, y2")
def check_boxes(found: NDArray[Any]) -> Feedback:
    """The two faces of ``sheet()`` at an input of 600 x 300, in the sheet's own pixels."""
    right = boxes_of_the_sheet()
    if len(found) > len(right.answer) + 2:
        return not_yet(f"{len(found)} boxes: keep only those whose score is at least 0.5.")
    return right.judge(found)


@cache
def boxes_of_the_sheet() -> Array:
    """Declare the exercise on boxes, for answers with as many boxes as there are faces."""
    image = sheet()
    right = _faces(image, (600, 300))
    part = right / [1024, 512, 1024, 512]
    some = "Not these boxes. There are three mistakes: size, scale, and order of colours."
    resized = part * [600, 300, 600, 300]
    upright = _faces(image, (300, 600))
    swapped = _faces(image[..., ::-1], (600, 300))
    return Array(
        answer=right,
        wants="boxes: an array (N, 4) of x1, y1, x2, y2",
        right="Yes: both faces, where they are.",
        wrong={
            "Those are fractions. Multiply by the sheet's width and height.": part,
            "Those are pixels of the resized picture. Scale by the original's sides.": resized,
            "x is scaled by the height and y by the width: image.shape has the height first.": (
                part * [512, 1024, 512, 1024]
            ),
            "The blob's size is (width, height); yours is the other way round.": upright,
            "The input was 300 x 300: it squeezes the sheet to half its width. "
            "Use (600, 300).": _faces(image, (300, 300)),
            "The boxes are nearly right: red and blue are swapped in the blob.": swapped,
        },
        shapes={(count, 4): some for count in range(5)},
        otherwise=some,
        within=0.75,
        any_order=True,
    )


@judging(number, wants="one whole number of pixels, between 1 and 1000")
def check_smallest_input(side: float) -> Feedback:
    """The side of the smallest square input that the network without the two pads accepts."""
    if side != int(side) or not 1 <= side <= 1000:
        return not_yet("The answer should be one whole number of pixels, between 1 and 1000.")
    network = _unpadded()
    if not _takes(network, int(side)):
        return not_yet(f"The network refuses {side:g} x {side:g}: a map has no cell left.")
    if side == 300:
        return not_yet("300 works, of course. How much less does?")
    if _takes(network, int(side) - 1):
        return not_yet(f"{side:g} works, but so does {side - 1:g}. Go on down.")
    return passed(f"Yes: below {side:g} the last map would have no cell at all.")


def _faces(image: Image, size: tuple[int, int]) -> NDArray[np.float32]:
    """OpenCV's boxes of score 0.5 or more at an input of that (width, height), in pixels."""
    network = _network()
    raw = network.forward(input_blob(image, size=size))
    decoded, scores = raw.boxes(), raw.scores()
    kept = ssd.detection_out(decoded, scores, network.settings)
    return ssd.scale(decoded[kept[scores[kept] >= 0.5]], image)


@cache
def _network() -> ssd.RawNetwork:
    return ssd.RawNetwork.load()


@cache
def _unpadded() -> ssd.RawNetwork:
    text = assets.fetch("ssd_res10_prototxt").read_text()
    for layer in ("conv8_2_h", "conv9_2_h"):
        text = with_field(text, layer, "pad", 0)
    return ssd.RawNetwork.load(text)


def _takes(network: ssd.RawNetwork, side: int) -> bool:
    import cv2

    try:
        network.forward(np.zeros((1, 3, side, side), np.float32))
    except cv2.error:
        return False
    return True
