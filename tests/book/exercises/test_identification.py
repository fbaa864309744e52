"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.exercises import identification
from facenet_lite.distances import pairwise_squared_distances

APART = pairwise_squared_distances(identification.PROBES, identification.GALLERY)


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def mended(gallery, probe, threshold):
    squared = np.square(gallery - probe).sum(axis=1)
    nearest = int(squared.argmin())
    return nearest if squared[nearest] <= threshold else None


def test_the_right_answers_pass():
    assert identification.check_alarms(20_000 * (1 - (1 - 1e-5) ** 500))
    assert identification.check_alarms(100)
    assert identification.check_open_set((3 / 6, 1 / 4))
    labels = np.arange(9)
    ranks = [
        1 + evaluate.search(identification.GALLERY, probe[None], 9).indices[0].tolist().index(label)
        for label, probe in zip(labels, identification.PROBES, strict=True)
    ]
    assert identification.check_ranks(ranks)
    assert identification.check_mended(mended)
    assert identification.check_bridge(6)
    assert identification.check_shards(16)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.2, "one comparison each"),
        (0.005, "one passer-by"),
        (0.5, "In per cent"),
        (10_000_000, "number of comparisons"),
        (19_900.25, "match nobody"),
        (7, "First the chance"),
    ],
)
def test_wrong_alarms_have_their_hints(answer, hint):
    expect(identification.check_alarms(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0.25, 0.5), "exchanged"),
        ((4 / 6, 0.25), "wrong person"),
        ((0.3, 0.1), "its own whole"),
        ((5 / 6, 1), "without a threshold"),
        ((0.9, 0.9), "Go through"),
    ],
)
def test_wrong_open_sets_have_their_hints(answer, hint):
    expect(identification.check_open_set(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((APART.diagonal()[:, None] > APART).sum(1), "from 0"),
        (APART.argmin(1), "nearest people"),
        (APART.argsort(1, kind="stable").diagonal() + 1, "own argsort"),
        ((APART.diagonal()[:, None] < APART).sum(1) + 1, "upwards"),
        ((APART.diagonal()[None] > APART).sum(0) + 1, "other way round"),
        (np.full(9, 5), "how many of the gallery"),
    ],
)
def test_wrong_ranks_have_their_hints(answer, hint):
    expect(identification.check_ranks(answer), hint)


def test_no_probe_of_the_exercise_has_a_tie():
    assert all(len(np.unique(row)) == 9 for row in APART)


def test_the_function_with_the_bugs_is_not_the_mended_one():
    expect(identification.check_mended(identification.identified), "first that is within")


@pytest.mark.parametrize(
    ("half", "hint"),
    [
        (lambda g, p, d: int(np.square(g - p).sum(1).argmin()), "the answer is None"),
        (
            lambda g, p, d: (
                int(np.linalg.norm(g - p, axis=1).argmin())
                if np.linalg.norm(g - p, axis=1).min() <= d
                else None
            ),
            "squared",
        ),
        (lambda g, p, d: None, "1 is the nearest within, and not None"),
        (lambda g, p, d: 5, "1 is the nearest within, and not 5"),
        (lambda g, p, d: 1 / 0, "raises ZeroDivisionError"),
    ],
)
def test_half_mended_functions_have_their_hints(half, hint):
    expect(identification.check_mended(half), hint)


@pytest.mark.parametrize(
    ("answer", "hint"), [(0, "still holds"), (2, "one of the four"), (9, "from 0 to 8")]
)
def test_wrong_bridges_have_their_hints(answer, hint):
    expect(identification.check_bridge(answer), hint)


def test_only_one_picture_is_the_bridge():
    assert [bool(identification.check_bridge(i)) for i in range(9)] == [i == 6 for i in range(9)]
    assert evaluate.cluster(identification.CROWD, identification.LINK).max() == 0


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(13, "quick enough"), (29, "larger counts"), (200, "each million"), (5, "half a second")],
)
def test_wrong_shards_have_their_hints(answer, hint):
    expect(identification.check_shards(answer), hint)
