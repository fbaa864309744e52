"""Pairs drawn for the page: as many as asked for, and whose they are."""

from types import SimpleNamespace

import numpy as np
import pytest

from facenet_lite.book.experiments.lfw import drawn_pairs
from facenet_lite.errors import InputError


class Colours:
    """In a network's place: what a crop looks like, in 48 numbers."""

    spec = SimpleNamespace(image_size=32, crop_margin=0.25)

    def embed(self, crops):
        return crops[:, 4::8, 4::8].reshape(len(crops), -1).astype(np.float32) / 255


def test_few_pairs_are_of_one_person_then_of_neighbours():
    found = drawn_pairs.few_pairs(4, Colours(), rng=np.random.default_rng(0))
    assert found.is_same.tolist() == [True] * 4 + [False] * 4
    assert len(found.pictures) == 16
    assert all(picture.shape == (96, 96, 3) for picture in found.pictures)
    assert (found.squared > 0).all()
    # The first picture of a pair of two is the first of the pair of one.
    assert np.array_equal(found.pictures[0], found.pictures[8])
    assert np.array_equal(found.pictures[9], found.pictures[3])


def test_all_pairs_know_who_is_on_them():
    found = drawn_pairs.all_pairs(3, 2, Colours(), rng=np.random.default_rng(0))
    assert len(found.squared) == 15
    assert found.is_same.tolist() == (found.first == found.second).tolist()
    assert found.is_same.sum() == 3


@pytest.mark.parametrize("people", [1, 2.5, "ten"])
def test_too_few_people_are_refused(people):
    with pytest.raises(InputError, match="people"):
        drawn_pairs.few_pairs(people, Colours(), rng=np.random.default_rng(0))
    with pytest.raises(InputError, match="each"):
        drawn_pairs.all_pairs(2, 1, Colours(), rng=np.random.default_rng(0))
