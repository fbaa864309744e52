"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import align
from facenet_lite.book.exercises import alignment


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def solved(points=alignment.POINTS, targets=alignment.TARGETS):
    return align.similarity_transform(points, targets)


def test_the_right_answers_pass():
    (there,) = align.landmark_transforms(alignment.astronaut_points(), 150)
    assert alignment.check_count(2)
    assert alignment.check_similarity(solved())
    assert alignment.check_similarity(solved().tolist())
    assert alignment.check_back(align.move(alignment.PLACE, align.inverse(there)))
    crops = align.crop(alignment.group_picture(), alignment.group_points(), 96)
    assert alignment.check_loop(crops)
    assert alignment.check_loop(list(crops))
    assert alignment.check_blind(moved_nose(25, 0))
    assert alignment.check_blind(moved_nose(-30, 10))


@pytest.mark.parametrize(
    ("answer", "hint"), [(1, "may still turn"), (3, "affine"), (4, "two equations"), (5, "without")]
)
def test_counts(answer, hint):
    expect(alignment.check_count(answer), hint)


def test_wrong_solutions_are_known():
    right = solved()
    a, b = right[:, 0]
    mean, wanted = alignment.POINTS.mean(0), alignment.TARGETS.mean(0)

    def shifted(a, b):
        linear = np.array([[a, -b], [b, a]])
        return np.column_stack([linear, wanted - linear @ mean])

    spread = np.square(alignment.POINTS - mean).sum()
    x, y, u, v = (
        alignment.POINTS[:, 0],
        alignment.POINTS[:, 1],
        alignment.TARGETS[:, 0],
        alignment.TARGETS[:, 1],
    )
    raw = np.square(alignment.POINTS).sum()
    expect(
        alignment.check_similarity(solved(alignment.TARGETS, alignment.POINTS)), "Which of the two"
    )
    expect(alignment.check_similarity(shifted(a, -b)), "wrong way")
    expect(alignment.check_similarity(shifted(a * spread, b * spread)), "spread")
    uncentred = shifted((x * u + y * v).sum() / raw, (x * v - y * u).sum() / raw)
    expect(alignment.check_similarity(uncentred), "means first")
    expect(
        alignment.check_similarity(np.column_stack([right[:, :2], wanted - mean])), "*moved* mean"
    )
    expect(alignment.check_similarity(np.eye(2, 3)), "Check a and b")


def test_wrong_ways_back_are_known():
    (there,) = align.landmark_transforms(alignment.astronaut_points(), 150)
    right = align.move(alignment.PLACE, align.inverse(there))
    expect(alignment.check_back(align.move(alignment.PLACE, there)), "You want the other one")
    expect(alignment.check_back(right[::-1]), "changed places")
    late = np.linalg.inv(there[:, :2]) @ alignment.PLACE - there[:, 2]
    expect(alignment.check_back(late), "before the rotation")
    transposed = there[:, :2].T @ (np.array(alignment.PLACE) - there[:, 2])
    expect(alignment.check_back(transposed), "transpose")
    expect(alignment.check_back([0, 0]), "align.inverse")


def test_wrong_loops_are_known():
    image, points = alignment.group_picture(), alignment.group_points()
    right = align.crop(image, points, 96)
    second = align.crop(right[0], points[1:], 96)[0]
    expect(alignment.check_loop([right[0], second]), "which name serves twice")
    expect(alignment.check_loop(right[::-1]), "other order")
    expect(alignment.check_loop(right[..., ::-1]), "Red and blue")
    expect(alignment.check_loop(align.crop(image, points, 150)), "two crops of 96")
    expect(alignment.check_loop(np.zeros_like(right)), "size 96")


def moved_nose(x, y):
    return align.template(150, 0.25) + np.array([[0, 0]] * 4 + [[x, y]])


def test_wrong_noses_are_known():
    expect(alignment.check_blind(align.template(150, 0.25)), "template itself")
    expect(alignment.check_blind(moved_nose(0, 20)), "sideways")
    expect(alignment.check_blind(moved_nose(5, 0)), "by only")
    expect(
        alignment.check_blind(moved_nose(25, 0) + 3),
        "eyes-only crop has changed",
    )
    expect(alignment.check_blind(np.ones((5, 2))), "fix no transform")


def test_the_group_picture_has_two_faces_from_left_to_right():
    assert alignment.group_points().shape == (2, 5, 2)
    assert alignment.group_points()[0, 4, 0] < 512 < alignment.group_points()[1, 4, 0]
