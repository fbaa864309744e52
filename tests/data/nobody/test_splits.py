"""People and pictures as values, and the splits that cannot leak."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from facenet_lite.data import nobody
from facenet_lite.errors import InputError


def split(model, train=6, validation=3, test=4, seed=0):
    rng = np.random.default_rng(seed)
    return nobody.split(model, train=train, validation=validation, test=test, rng=rng)


@pytest.fixture(scope="module")
def pictures(model):
    rng = np.random.default_rng(0)
    return model.sample_pictures(model.sample_identities(2, rng=rng), 3, rng=rng)


def test_nobody_is_in_two_parts(model):
    parts = split(model)
    labels = [set(part.labels.tolist()) for part in (parts.train, parts.validation, parts.test)]
    assert [len(part) for part in labels] == [6, 3, 4]
    assert not labels[0] & labels[1]
    assert not labels[0] & labels[2]
    assert not labels[1] & labels[2]


def test_more_people_in_the_test_leave_the_others_as_they_are(model):
    few, many = split(model), split(model, test=9)
    np.testing.assert_array_equal(few.train.coordinates, many.train.coordinates)
    np.testing.assert_array_equal(few.test.coordinates, many.test.coordinates[:4])


def test_parts_may_be_empty(model):
    assert len(split(model, validation=0).validation) == 0


def test_a_leak_is_refused_by_label_and_by_face(model):
    parts = split(model)
    with pytest.raises(InputError, match="train, test: expected different people"):
        nobody.Splits(parts.train, parts.validation, parts.train.take([0]))
    other = nobody.Identities(parts.test.coordinates, parts.train.labels[:4])
    with pytest.raises(InputError, match="train, test"):
        nobody.Splits(parts.train, parts.validation, other)
    renamed = nobody.Identities(parts.validation.coordinates, parts.validation.labels + 1000)
    with pytest.raises(InputError, match="validation, test"):
        nobody.Splits(parts.train, parts.validation, renamed)


def test_counts_are_checked(model):
    with pytest.raises(InputError, match="validation"):
        split(model, validation=-1)


def test_identities_are_taken_with_their_labels(model):
    people = split(model).test
    assert people.take([2, 0]).labels.tolist() == [people.labels[2], people.labels[0]]
    assert people.take(slice(1, 3)).labels.tolist() == people.labels[1:3].tolist()
    assert len(people.take(people.labels < 0)) == 0


@pytest.mark.parametrize(
    ("coordinates", "labels", "message"),
    [
        (np.zeros((2, 3)), [0, 0], "label twice"),
        (np.zeros((2, 3)), [0], "labels"),
        (np.zeros(3), [0], "coordinates"),
        (np.zeros((1, 3)), [0.5], "labels"),
    ],
)
def test_malformed_identities_are_named(coordinates, labels, message):
    with pytest.raises(InputError, match=message):
        nobody.Identities(coordinates, labels)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pictures": np.zeros((2, 3, 96, 96), np.uint8)}, "pictures"),
        ({"pictures": np.zeros((2, 3, 96, 96, 3))}, "pictures"),
        ({"labels": np.zeros((2, 2), int)}, "labels"),
        ({"landmarks": np.zeros((2, 3, 5, 2), np.float32)}, "landmarks"),
    ],
)
def test_malformed_pictures_are_named(pictures, change, message):
    with pytest.raises(InputError, match=message):
        nobody.Pictures(**(vars(pictures) | change))


def test_flat_puts_one_persons_pictures_after_anothers(pictures):
    flat, labels = pictures.flat
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]
    np.testing.assert_array_equal(flat[4], pictures.pictures[1, 1])
    np.testing.assert_array_equal(pictures.flat_landmarks[4], pictures.landmarks[1, 1])


def test_drawing_in_numpy_loads_neither_torch_nor_scipy():
    code = (
        "import sys, numpy as np; from facenet_lite.data import nobody; m = nobody.load();"
        "r = np.random.default_rng(0);"
        "m.sample_pictures(m.sample_identities(1, rng=r), 1, rng=r);"
        "print([n for n in ('torch', 'dlib', 'scipy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
