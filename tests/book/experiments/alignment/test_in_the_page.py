"""The small test tilts what it says, and its share is the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from facenet_lite import align
from facenet_lite.book.experiments.alignment.in_the_page import nearer_share, small_test
from facenet_lite.errors import InputError
from facenet_lite.models.dlib_resnet import SPEC


class Pixels:
    """A network that only looks: the crop at eight by eight pixels."""

    spec = SPEC

    def embed(self, crops):
        small = crops.reshape(len(crops), 6, 25, 6, 25, 3).mean((2, 4, 5))
        return small.reshape(len(crops), -1).astype(np.float32)


def person(number, rng):
    """Two pictures of a pattern on a grey ground that is one person's own, and their landmarks."""
    tiles = np.random.default_rng(number).integers(0, 255, (12, 12, 3)).repeat(8, 0).repeat(8, 1)
    picture = np.full((2, 200, 200, 3), 127.0)
    picture[:, 52:148, 52:148] = tiles + rng.normal(size=(2, 96, 96, 3)) * 8
    points = np.tile(align.template(128, 0.25) + 36, (2, 1, 1))
    return np.clip(picture, 0, 255).astype(np.uint8), points


class Recorder(Pixels):
    """Remembers the crops that it was given."""

    def __init__(self):
        self.seen = []

    def embed(self, crops):
        self.seen.append(crops)
        return super().embed(crops)


def test_the_upright_crop_is_not_turned_and_the_aligned_one_is():
    """Stripes that stand upright stay so, however the landmarks lean."""
    stripes = np.dstack([np.tile(np.arange(200, dtype=np.uint8), (200, 1))] * 3)
    leaning = align.move(align.template(128, 0.25) + 36, align.turn(25, about=(100, 100)))
    network = Recorder()
    labels, rng = [0, 0, 1], np.random.default_rng(0)
    small_test([stripes] * 3, [leaning] * 3, labels, network, tilts=(0,), rng=rng)
    upright, aligned = (crops[0, 50:100, 50:100, 0].astype(int) for crops in network.seen)
    assert np.ptp(upright, axis=0).max() <= 1
    assert np.ptp(aligned, axis=0).min() > 10


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    pictures, points = (
        np.concatenate(p) for p in zip(*(person(i, rng) for i in range(6)), strict=True)
    )
    labels = np.repeat(np.arange(6), 2)
    return small_test(pictures, points, labels, Pixels(), tilts=(0, 40), rng=rng)


def test_upright_the_two_crops_are_the_same(rows):
    assert rows[0]["tilt"] == 0
    assert rows[0]["nearer"]["box"] == pytest.approx(rows[0]["nearer"]["points5"], abs=1e-3)
    assert rows[0]["nearer"]["box"] == 1


def test_tilted_only_the_aligned_crop_knows_people_again(rows):
    assert rows[1]["nearer"]["points5"] > 0.99
    assert rows[1]["nearer"]["box"] < 0.9


def test_the_share_is_the_area_under_the_curve():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 4, 20)
    values = rng.integers(0, 9, (20, 20)).astype(float)
    upper = np.triu_indices(20, 1)
    same = (labels[:, None] == labels)[upper]
    assert nearer_share(values, labels) == pytest.approx(roc_auc_score(same, -values[upper]))


def test_the_share_by_hand():
    """Of one person: 1. Of two: 2, 1. Nearer than the first, equal to the second."""
    values = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], float)
    assert nearer_share(values, np.array([7, 7, 8])) == 0.75


@pytest.mark.parametrize("labels", [[1, 2, 3], [1, 1, 1], []])
def test_without_pairs_of_both_kinds_there_is_no_share(labels):
    with pytest.raises(InputError, match="same, different: expected some of each"):
        nearer_share(np.zeros((len(labels), len(labels))), np.array(labels, int))


def test_malformed_inputs_are_named():
    rng = np.random.default_rng(0)
    pictures, points = person(0, rng)
    with pytest.raises(InputError, match="landmarks"):
        small_test(pictures, points[:1], [0, 0], Pixels(), rng=rng)
    with pytest.raises(InputError, match="labels"):
        small_test(pictures, points, [0], Pixels(), rng=rng)
