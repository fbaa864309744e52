"""The max-margin object detection loss (King 2015, equation 8), by trying every possible answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import boxes as box_tools
from facenet_lite._checks import check_array, check_boxes, check_number
from facenet_lite.errors import InputError

MOST_BOXES: Final = 12
"""There may be at most this many boxes: all subsets are tried, and 12 boxes have 4,096."""


class MaxMargin(NamedTuple):
    """The loss, the worst answer's boxes (indices), and the loss's slope for each score (N,)."""

    loss: float
    worst: tuple[int, ...]
    gradient: NDArray[np.float32]


def max_margin_loss(
    scores: ArrayLike,
    boxes: ArrayLike,
    truth: Sequence[int],
    *,
    loss_false_alarm: float = 1.0,
    loss_miss: float = 1.0,
    match_iou: float = 0.5,
    nms_iou: float = 0.34,
) -> MaxMargin:
    """How much better a wrong answer looks than the right one, in one small picture.

    ``scores`` (N,) of the N <= 12 places ``boxes`` (N, 4) that a detector may answer; ``truth``:
    the indices of the right ones. An answer is any set of boxes that do not overlap by more than
    ``nms_iou``; it is worth the sum of its scores. The loss is the largest sum, over all answers,
    of worth and cost of mistakes, minus the worth of the right answer: it is 0 where the right
    answer leads by the cost of every mistake. A mistake is a box that matches no face by
    ``match_iou``, or a face without a box. dlib searches greedily, while this tries all answers. Of
    equally bad ones the one with fewest boxes is taken.
    """
    places = check_boxes(boxes)
    if len(places) > MOST_BOXES:
        raise InputError(f"boxes: expected at most {MOST_BOXES}, got {len(places)}")
    worth = check_array(scores, "scores", shape=(len(places),), dtype=np.float64)
    check_number(loss_false_alarm, "loss_false_alarm", low=0)
    check_number(loss_miss, "loss_miss", low=0)
    right = tuple(sorted(set(truth)))
    if any(not isinstance(i, int) or not 0 <= i < len(places) for i in right):
        raise InputError(f"truth: expected indices from 0 to {len(places) - 1}, got {list(truth)}")
    overlap = box_tools.iou(places, places)
    best: float = -np.inf
    worst: tuple[int, ...] = ()
    for answer in _answers(overlap, nms_iou):
        alarms, misses = _mistakes(answer, right, overlap, match_iou)
        value = sum(worth[i] for i in answer) + loss_false_alarm * alarms + loss_miss * misses
        if value > best + 1e-9:
            best, worst = value, answer
    gradient = np.zeros(len(places), np.float32)
    gradient[list(worst)] += 1
    gradient[list(right)] -= 1
    return MaxMargin(float(best - sum(worth[i] for i in right)), worst, gradient)


def _answers(overlap: NDArray[np.float32], nms_iou: float) -> Iterator[tuple[int, ...]]:
    for size in range(len(overlap) + 1):
        for answer in combinations(range(len(overlap)), size):
            if all(overlap[i, j] <= nms_iou for i, j in combinations(answer, 2)):
                yield answer


def _mistakes(
    answer: tuple[int, ...], right: tuple[int, ...], overlap: NDArray[np.float32], match_iou: float
) -> tuple[int, int]:
    found: set[int] = set()
    alarms = 0
    for box in answer:
        faces = [face for face in right if overlap[box, face] > match_iou and face not in found]
        if faces:
            found.add(max(faces, key=lambda face: overlap[box, face]))
        else:
            alarms += 1
    return alarms, len(right) - len(found)
