"""Checkers for the chapter on the SSD: prior boxes, decoding, suppression, the input's size."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, boxes, imaging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.by_hand.detect import ssd
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.detect.prototxt import with_field
from facenet_lite.types import Image

SIDE: Final = 400
"""The input's side in the exercise on counting."""

CHAIN: Final = np.array([[x, 0, x + 10, 10] for x in (8, 0, 4, 40, 44, 48)], np.float32)
"""Six boxes of the same size in two rows of three; each overlaps its neighbours by IoU 0.43."""
CHAIN_SCORES: Final = np.array([0.7, 0.9, 0.8, 0.5, 0.6, 0.4], np.float32)


def sheet() -> Image:
    """The exercises' wide picture: the astronaut and Grace Hopper side by side, 512 x 1024."""
    return np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])


def check_count(answer: Any) -> Feedback:
    """How many prior boxes an input of 400 x 400 has."""
    if answer is ...:
        return not_yet("Replace ... by the number of prior boxes.")
    number = _numbers(answer, ())
    if number is None:
        return not_yet(
            "One whole number is wanted: rows x columns x boxes, added up over six maps."
        )
    network = _network()
    shapes = network.forward(np.zeros((1, 3, SIDE, SIDE), np.float32)).shapes
    cells = [rows * columns for rows, columns in shapes]
    right = sum(n * len(layer.sizes()) for n, layer in zip(cells, network.layers, strict=True))
    if number == right:
        return passed(f"Yes: {right:,} prior boxes, and every one is scored.")
    usual = len(network.forward(np.zeros((1, 3, 300, 300), np.float32)).priors)
    if number == usual:
        return not_yet(f"{usual:,} is the count at 300 x 300. Which maps are larger now?")
    if number == sum(cells):
        return not_yet("You have counted the cells. How many boxes does each cell of a map have?")
    if abs(number - usual * (SIDE / 300) ** 2) < 1:
        return not_yet(
            "You have scaled the count with the area. Maps have whole rows and columns: "
            "count them one by one."
        )
    if number in (4 * sum(cells), 6 * sum(cells)):
        return not_yet("Some maps have 4 boxes in a cell, others 6: len(layer.sizes()) says which.")
    return not_yet("Not that. Add up rows x columns x len(layer.sizes()) over the six maps.")


def check_decode(answer: Any) -> Feedback:
    """The astronaut's surest prior box, decoded: x1 y1 x2 y2 as fractions of the input's sides."""
    if answer is ...:
        return not_yet("Replace ... by the four numbers x1, y1, x2, y2.")
    box = _numbers(answer, (4,))
    if box is None:
        return not_yet("Four numbers are wanted: x1, y1, x2, y2, as a list or an array.")
    raw = _network().forward(input_blob(imaging.astronaut()))
    best = int(raw.scores().argmax())
    right = raw.boxes()[best]
    if _near(box, right, 2e-4):
        return passed("Yes: that is the box that OpenCV gives for the astronaut's face.")
    prior, move, variance = raw.priors[best], raw.locations[best], raw.variances[best]
    centre, sides = (prior[:2] + prior[2:]) / 2, prior[2:] - prior[:2]

    def corners(middle: NDArray[Any], lengths: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([middle - lengths / 2, middle + lengths / 2])

    step, stretch = move[:2] * variance[:2], move[2:] * variance[2:]
    new_centre, new_sides = centre + step * sides, sides * np.exp(stretch)
    wrong = {
        "That is the prior box itself. The network's four numbers say how to move it.": prior,
        "The variances are missing: 0.1 for the moves, 0.2 for the sides.": corners(
            centre + move[:2] * sides, sides * np.exp(move[2:])
        ),
        "The sides grow by exp(v * dw), not by 1 + v * dw.": corners(
            new_centre, sides * (1 + stretch)
        ),
        "The centre moves in units of the prior's own sides: v * dx * pw.": corners(
            centre + step, new_sides
        ),
        "That is centre and sides. Turn them into x1, y1, x2, y2.": np.concatenate(
            [new_centre, new_sides]
        ),
        "That is in pixels of the 300 x 300 input; fractions of its side are wanted.": right * 300,
        "That is in pixels of the picture; fractions of its side are wanted.": right * 512,
    }
    for hint, candidate in wrong.items():
        if _near(box, candidate, 2e-4):
            return not_yet(hint)
    return not_yet(
        "Not that box. Follow the decoding equation line by line for this one prior box."
    )


def check_suppression(answer: Any) -> Feedback:
    """Which of the six boxes in ``CHAIN`` greedy suppression at IoU 0.3 keeps."""
    if answer is ...:
        return not_yet("Replace ... by the list of the boxes kept.")
    indices = _numbers(answer, (None,))
    if indices is None:
        return not_yet("A list of indices is wanted, such as [0, 2].")
    given = sorted(indices.tolist())
    overlaps = boxes.iou(CHAIN, CHAIN) > 0.3
    order = np.argsort(-CHAIN_SCORES)
    if given == sorted(boxes.non_max_suppression(CHAIN, CHAIN_SCORES, 0.3).tolist()):
        return passed("Yes: the box at x = 8 stays, for the one that would drop it is gone itself.")
    if given == sorted(boxes.non_max_suppression(CHAIN, -np.arange(6.0), 0.3).tolist()):
        return not_yet("You took the boxes in the order given. The surest comes first.")
    surer = [i for n, i in enumerate(order) if not overlaps[i, order[:n]].any()]
    if given == sorted(surer):
        return not_yet("A box that was dropped drops no other: compare with the kept ones only.")
    if given == list(range(len(CHAIN))):
        return not_yet("All of them overlap a neighbour by more than 0.3: some must go.")
    return not_yet("Not these. Take the surest left, drop what overlaps it, and repeat.")


def check_input_size(answer: Any) -> Feedback:
    """The smallest input (width, height) at which a 40-pixel face fills the smallest prior box."""
    if answer is ...:
        return not_yet("Replace ... by (width, height).")
    size = _numbers(answer, (2,))
    if size is None:
        return not_yet("Two numbers are wanted: (width, height).")
    smallest = _network().layers[0].min_size
    right = np.array([1920, 1080]) * smallest / 40
    if _near(size, right, 1):
        return passed(
            "Yes: the whole picture times 30 / 40, and no face is smaller than 30 pixels."
        )
    if _near(size, right[::-1], 1):
        return not_yet("OpenCV's sizes are (width, height): you have them the other way round.")
    if _near(size, np.array([300, 300]), 1):
        return not_yet("At 300 x 300 a face of 40 pixels is only 40 * 300 / 1920 = 6 pixels wide.")
    if _near(size, np.array([1920, 1080]), 1):
        return not_yet("That works, but the faces would be 40 pixels wide, and 30 are enough.")
    if _near(size, np.array([1920, 1080]) * 40 / smallest, 1):
        return not_yet("You have enlarged the picture: 40 pixels are to become 30.")
    return not_yet("By which factor must a face of 40 pixels shrink? The whole picture shrinks so.")


def check_boxes(answer: Any) -> Feedback:
    """The two faces of ``sheet()`` at an input of 600 x 300, in the sheet's own pixels."""
    if answer is ...:
        return not_yet("Replace ... by the mended lines, ending in answer = boxes.")
    found = _numbers(answer, (None, 4))
    if found is None:
        return not_yet("Boxes are wanted: an array (N, 4) of x1, y1, x2, y2.")
    image = sheet()
    right = _faces(image, (600, 300))
    if len(found) > len(right) + 2:
        return not_yet(f"{len(found)} boxes: keep only those whose score is at least 0.5.")
    fractions = right / [1024, 512, 1024, 512]
    wrong: dict[str, NDArray[Any]] = {
        "Those are fractions. Multiply by the sheet's width and height.": fractions,
        "Those are pixels of the resized picture. Scale by the original's sides.": (
            fractions * [600, 300, 600, 300]
        ),
        "x is scaled by the height and y by the width: image.shape has the height first.": (
            fractions * [512, 1024, 512, 1024]
        ),
        "The blob's size is (width, height); yours is the other way round.": (
            _faces(image, (300, 600))
        ),
        "The input was 300 x 300: it squeezes the sheet to half its width. Use (600, 300).": (
            _faces(image, (300, 300))
        ),
        "The boxes are nearly right: red and blue are swapped in the blob.": (
            _faces(image[..., ::-1], (600, 300))
        ),
    }
    if _same_boxes(found, right):
        return passed("Yes: both faces, where they are.")
    for hint, candidate in wrong.items():
        if _same_boxes(found, candidate):
            return not_yet(hint)
    return not_yet("Not these boxes. There are three mistakes: size, scale, and order of colours.")


def check_smallest_input(answer: Any) -> Feedback:
    """The side of the smallest square input that the network without the two pads can take."""
    if answer is ...:
        return not_yet("Replace ... by the side in pixels.")
    side = _numbers(answer, ())
    if side is None or side != int(side) or not 1 <= side <= 1000:
        return not_yet("One whole number of pixels is wanted, between 1 and 1000.")
    network = _unpadded()
    if not _takes(network, int(side)):
        return not_yet(f"The network refuses {int(side)} x {int(side)}: a map has no cell left.")
    if side == 300:
        return not_yet("300 works, of course. How much less does?")
    if _takes(network, int(side) - 1):
        return not_yet(f"{int(side)} works, but so does {int(side) - 1}. Go on down.")
    return passed(f"Yes: below {int(side)} the last map would have no cell at all.")


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


def _numbers(answer: Any, shape: tuple[int | None, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape (None: any size), else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.ndim != len(shape):
            return None
        fits = all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
        return array.astype(np.float64) if fits and np.isfinite(array).all() else None
    except Exception:
        return None


def _near(answer: NDArray[Any], right: NDArray[Any], tolerance: float) -> bool:
    return bool(np.allclose(answer, right, rtol=1e-4, atol=tolerance))


def _same_boxes(found: NDArray[Any], right: NDArray[Any]) -> bool:
    """Whether both are the same boxes in any order, within 0.75 pixels (fractions: 0.002)."""
    if len(found) != len(right):
        return False
    first, second = (array[np.lexsort(array.T[::-1])] for array in (found, right))
    return _near(first, second, 0.75 if right.max(initial=0) > 2 else 0.002)
