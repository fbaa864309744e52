"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from facenet_lite.book.exercises import nobody as ch09
from facenet_lite.by_hand.data import procrustes
from facenet_lite.data import nobody


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def test_mean_shape_passes():
    assert ch09.check_mean_shape(procrustes.mean_shape(ch09.outlines()))


def test_mean_shape_knows_wrong_answers():
    shapes = ch09.outlines()
    right = procrustes.mean_shape(shapes)
    expect(ch09.check_mean_shape(shapes.mean(axis=0)), "points cancel")
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    expect(ch09.check_mean_shape(centred.mean(axis=0)), "points cancel")
    expect(ch09.check_mean_shape(right + 5), "wrong place")
    expect(ch09.check_mean_shape(2 * right), "align the mean")
    expect(ch09.check_mean_shape(shapes[3]), "do it again")
    expect(ch09.check_mean_shape(shapes), "(68, 2)")


def test_pixel_passes_on_the_value_worked_by_hand():
    assert ch09.check_pixel((30, 40))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((40, 30), "x comes first"),
        ((11.25, 4.375), "the way there"),
        ((0.5, 0.25), "These are weights"),
        ((22.5, 25), "pixel itself"),
        ((100 / 3, 130 / 3), "all three weights"),
        ((0, 0), "Find a + b + c"),
    ],
)
def test_pixel_knows_wrong_answers(answer, hint):
    expect(ch09.check_pixel(answer), hint)


def share(*, corrected=True, flipped=False, of_within=False, of_all=False):
    scores, labels = ch09.first_component()
    groups = [scores[labels == person] for person in np.unique(labels)]
    within = np.mean([g.var(ddof=1) for g in groups])
    between = np.var([g.mean() for g in groups], ddof=1) - corrected * within / 4
    if of_all:
        return between / scores.var()
    if of_within:
        return between / within
    return within / (between + within) if flipped else between / (between + within)


def test_share_passes_and_is_under_a_half():
    assert ch09.check_share(share())
    assert 0.1 < share() < 0.5


@pytest.mark.parametrize(
    ("mistakes", "hint"),
    [
        ({"corrected": False}, "a quarter of how"),
        ({"corrected": False, "of_all": True}, "a quarter of how"),
        ({"flipped": True}, "how's part"),
        ({"of_within": True}, "Divide by the whole"),
    ],
)
def test_share_knows_wrong_answers(mistakes, hint):
    expect(ch09.check_share(share(**mistakes)), hint)


def test_share_knows_per_cents_and_has_a_hint_for_anything_else():
    expect(ch09.check_share(100 * share()), "per cent")
    expect(ch09.check_share(0.999), "that is within")


def test_split_passes_on_whole_people():
    labels = ch09.album()
    assert ch09.check_split(labels < 40)
    assert ch09.check_split((labels % 2 == 0).tolist())


def test_split_knows_wrong_answers():
    labels = ch09.album()
    by_picture = np.arange(300) < 200
    expect(ch09.check_split(by_picture), "Draw people")
    each = np.zeros(300, bool)
    for person in range(60):
        each[np.flatnonzero(labels == person)[:3]] = True
    expect(ch09.check_split(each), "60 of 60")
    one = labels < 30
    one[np.flatnonzero(labels == 0)[0]] = False
    expect(ch09.check_split(one), "Person 0")
    expect(ch09.check_split(labels >= 0), "too few")
    expect(ch09.check_split(labels), "should be a mask")


def test_same_people_passes_and_is_what_the_package_does():
    model = nobody.load()
    train = model.sample_identities(100, rng=np.random.default_rng(7))
    test = model.sample_identities(40, rng=np.random.default_rng(7))
    known = {row.tobytes() for row in train.coordinates}
    assert ch09.check_same_people(sum(row.tobytes() in known for row in test.coordinates))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0, "Same seed"),
        (100, "Only 40"),
        (1, "stay in step"),
        (60, "not in the test"),
        (3, "compare coordinates"),
    ],
)
def test_same_people_knows_wrong_answers(answer, hint):
    expect(ch09.check_same_people(answer), hint)


def drawn(lights, *, off=("yaw", "pitch", "expression", "background", "other"), each=2):
    model = nobody.load()
    rng = np.random.default_rng(0)
    return model.sample_pictures(
        model.sample_identities(1, rng=rng),
        each,
        rng=rng,
        scale=dict.fromkeys(off, 0.0),
        fixed={"light": lights},
        size=32,
    )


def test_sides_passes():
    assert ch09.check_sides(drawn([[0, 2, 0, 0, 0], [0, -2, 0, 0, 0]]))


def test_sides_knows_wrong_answers():
    both = [[0, 2, 0, 0, 0], [0, -2, 0, 0, 0]]
    expect(ch09.check_sides(drawn(both, off=("yaw",))), "differ in pitch")
    expect(ch09.check_sides(drawn(both[::-1])), "wrong order")
    expect(ch09.check_sides(drawn([[1, 2, 0, 0, 0], [0, -2, 0, 0, 0]])), "Other axes")
    expect(ch09.check_sides(drawn([[0, 0.1, 0, 0, 0], [0, -0.1, 0, 0, 0]])), "Hardly")
    expect(ch09.check_sides(drawn(0.0)), "Hardly")
    expect(ch09.check_sides(drawn(0.0, each=3)), "two pictures")
    expect(ch09.check_sides(dataclasses.replace(drawn(both)).pictures), "two pictures")
