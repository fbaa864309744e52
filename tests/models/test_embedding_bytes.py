"""Embeddings in bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from facenet_lite import embed, imaging, models
from facenet_lite.data import lfw
from facenet_lite.distances import squared_distances
from facenet_lite.errors import InputError


def test_a_value_is_rounded_to_the_nearest_of_127_steps():
    codes = models.to_int8([[1.0, -1.0, 0.0, 0.5, 0.499 / 127, 0.501 / 127]])
    assert codes.dtype == np.int8
    assert codes.tolist() == [[127, -127, 0, 64, 0, 1]]
    assert models.to_int8([[0.5, -0.25]], largest=0.5).tolist() == [[127, -64]]


def test_a_face_takes_128_bytes():
    assert models.to_int8(np.zeros((1, 128), np.float32)).nbytes == 128


def test_no_faces_take_no_bytes():
    codes = models.to_int8(np.zeros((0, 128), np.float32))
    assert models.from_int8(codes).shape == codes.shape == (0, 128)


@given(
    hnp.arrays(np.float32, (3, 8), elements=st.floats(-0.5, 0.5, width=32)),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_no_value_moves_by_more_than_half_a_step_and_a_second_time_nothing(values, largest):
    codes = models.to_int8(values, largest=largest)
    back = models.from_int8(codes, largest=largest)
    assert np.abs(back - values).max() <= largest / 127 / 2 * 1.0001
    assert np.array_equal(models.to_int8(back, largest=largest), codes)


def test_bytes_can_be_compared_with_bytes():
    codes = np.array([[127, 0, -3], [120, 5, 3]], np.int8)
    a, b = codes.astype(int)
    assert squared_distances(*models.from_int8(codes)) == pytest.approx(
        np.square(a - b).sum() / 127**2
    )


def test_random_unit_vectors_move_by_what_rounding_predicts():
    vectors = np.random.default_rng(0).normal(size=(4000, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    back = models.from_int8(models.to_int8(vectors))
    before, after = (squared_distances(x[::2], x[1::2]) for x in (vectors, back))
    assert np.abs(after - before).max() < 0.04
    # Two roundings, each uniform over a step: a variance of a sixth of the squared step.
    assert np.mean(after - before) == pytest.approx(128 / 127**2 / 6, rel=0.2)


def test_the_photographs_distances_hardly_move():
    embedder = embed.load("dlib")
    pictures = [imaging.astronaut(), imaging.rotate(imaging.astronaut(), 10)]
    pictures.append(imaging.grace_hopper())
    a, turned, b = np.stack([embedder.embed(p).embeddings[0] for p in pictures])
    codes = models.from_int8(models.to_int8([a, turned, b]))
    for i, j in ((0, 1), (0, 2), (1, 2)):
        real = squared_distances((a, turned, b)[i], (a, turned, b)[j])
        assert squared_distances(codes[i], codes[j]) == pytest.approx(float(real), abs=0.02)


@pytest.mark.lfw
def test_on_lfw_one_decision_in_a_thousand_changes_at_most():
    copy = lfw.find()
    recorded = np.load(copy.root / "dlib-reference.npz")
    faces = recorded["embeddings"]
    people = np.array([name.split("/")[0] for name in recorded["names"]])
    same = people[:-1] == people[1:]  # neighbours in the list
    back = models.from_int8(models.to_int8(faces))
    before, after = (squared_distances(x[:-1], x[1:]) for x in (faces, back))
    limit = models.load("dlib").spec.threshold
    assert np.abs(after - before).max() < 0.025
    assert np.mean((before <= limit) != (after <= limit)) < 1e-3
    errors = [np.mean((d <= limit) != same) for d in (before, after)]
    assert errors[1] == pytest.approx(errors[0], abs=5e-4)


@pytest.mark.parametrize(
    ("embeddings", "message"),
    [
        ([[1.2]], "embeddings: expected values of at most 1, got 1.2; raise largest"),
        ([[-1.2]], "got 1.2"),
        ([[float("nan")]], "finite"),
        ([0.1, 0.2], r"embeddings: expected a float32 array of shape \(any x any\)"),
        ("face", "embeddings: expected"),
    ],
)
def test_what_a_byte_cannot_hold_is_refused(embeddings, message):
    with pytest.raises(InputError, match=message):
        models.to_int8(embeddings)


@pytest.mark.parametrize(
    "codes", [np.zeros((1, 2), np.uint8), np.zeros((1, 2)), np.zeros(2, np.int8), [[1]], None]
)
def test_codes_of_another_form_are_refused(codes):
    with pytest.raises(InputError, match=r"codes: expected an int8 array \(N, D\).*to_int8 makes"):
        models.from_int8(codes)


@pytest.mark.parametrize("largest", [0, -1, float("nan"), "1"])
def test_a_largest_value_that_cannot_be_is_refused(largest):
    with pytest.raises(InputError, match="largest: expected a number above 0"):
        models.to_int8([[0.0]], largest=largest)
    with pytest.raises(InputError, match="largest: expected a number above 0"):
        models.from_int8(np.zeros((1, 1), np.int8), largest=largest)
