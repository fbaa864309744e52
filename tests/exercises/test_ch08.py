"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import align
from facenet_lite.exercises import ch08


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def solved(points=ch08.POINTS, targets=ch08.TARGETS):
    return align.similarity_transform(points, targets)


def test_the_right_answers_pass():
    (there,) = align.landmark_transforms(ch08.astronaut_points(), 150)
    assert ch08.check_count(2)
    assert ch08.check_similarity(solved())
    assert ch08.check_similarity(solved().tolist())
    assert ch08.check_back(align.move(ch08.PLACE, align.inverse(there)))
    crops = align.crop(ch08.group_picture(), ch08.group_points(), 96)
    assert ch08.check_loop(crops)
    assert ch08.check_loop(list(crops))
    assert ch08.check_blind(moved_nose(25, 0))
    assert ch08.check_blind(moved_nose(-30, 10))


@pytest.mark.parametrize(
    ("answer", "hint"), [(1, "may still turn"), (3, "affine"), (4, "two equations"), (5, "without")]
)
def test_counts(answer, hint):
    expect(ch08.check_count(answer), hint)


def test_wrong_solutions_are_known():
    right = solved()
    a, b = right[:, 0]
    mean, wanted = ch08.POINTS.mean(0), ch08.TARGETS.mean(0)

    def shifted(a, b):
        linear = np.array([[a, -b], [b, a]])
        return np.column_stack([linear, wanted - linear @ mean])

    spread = np.square(ch08.POINTS - mean).sum()
    x, y, u, v = ch08.POINTS[:, 0], ch08.POINTS[:, 1], ch08.TARGETS[:, 0], ch08.TARGETS[:, 1]
    raw = np.square(ch08.POINTS).sum()
    expect(ch08.check_similarity(solved(ch08.TARGETS, ch08.POINTS)), "Which of the two")
    expect(ch08.check_similarity(shifted(a, -b)), "wrong way")
    expect(ch08.check_similarity(shifted(a * spread, b * spread)), "spread")
    uncentred = shifted((x * u + y * v).sum() / raw, (x * v - y * u).sum() / raw)
    expect(ch08.check_similarity(uncentred), "means first")
    expect(ch08.check_similarity(np.column_stack([right[:, :2], wanted - mean])), "*moved* mean")
    expect(ch08.check_similarity(np.eye(2, 3)), "Check a and b")


def test_wrong_ways_back_are_known():
    (there,) = align.landmark_transforms(ch08.astronaut_points(), 150)
    right = align.move(ch08.PLACE, align.inverse(there))
    expect(ch08.check_back(align.move(ch08.PLACE, there)), "You want the other one")
    expect(ch08.check_back(right[::-1]), "changed places")
    late = np.linalg.inv(there[:, :2]) @ ch08.PLACE - there[:, 2]
    expect(ch08.check_back(late), "before the rotation")
    transposed = there[:, :2].T @ (np.array(ch08.PLACE) - there[:, 2])
    expect(ch08.check_back(transposed), "transpose")
    expect(ch08.check_back([0, 0]), "align.inverse")


def test_wrong_loops_are_known():
    image, points = ch08.group_picture(), ch08.group_points()
    right = align.crop(image, points, 96)
    second = align.crop(right[0], points[1:], 96)[0]
    expect(ch08.check_loop([right[0], second]), "which name serves twice")
    expect(ch08.check_loop(right[::-1]), "other order")
    expect(ch08.check_loop(right[..., ::-1]), "Red and blue")
    expect(ch08.check_loop(align.crop(image, points, 150)), "two crops of 96")
    expect(ch08.check_loop(np.zeros_like(right)), "size 96")


def moved_nose(x, y):
    return align.template(150, 0.25) + np.array([[0, 0]] * 4 + [[x, y]])


def test_wrong_noses_are_known():
    expect(ch08.check_blind(align.template(150, 0.25)), "template itself")
    expect(ch08.check_blind(moved_nose(0, 20)), "sideways")
    expect(ch08.check_blind(moved_nose(5, 0)), "by only")
    expect(
        ch08.check_blind(moved_nose(25, 0) + 3),
        "eyes-only crop has changed",
    )
    expect(ch08.check_blind(np.ones((5, 2))), "fix no transform")


def test_the_group_picture_has_two_faces_from_left_to_right():
    assert ch08.group_points().shape == (2, 5, 2)
    assert ch08.group_points()[0, 4, 0] < 512 < ch08.group_points()[1, 4, 0]
