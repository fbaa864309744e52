"""Squared distances, row by row and all against all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite import distances
from facenet_lite.errors import InputError


def by_loops(a, b):
    """The definition, one number at a time."""
    return [[sum((x - y) ** 2 for x, y in zip(p, q, strict=True)) for q in b] for p in a]


def test_three_four_five():
    assert distances.squared_distances([0.0, 3.0], [4.0, 0.0]) == 25


def test_one_against_many_broadcasts():
    assert distances.squared_distances([[0.0, 0.0], [1.0, 0.0]], [1.0, 0.0]).tolist() == [1, 0]


def test_all_pairs_agree_with_plain_loops():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 5)), rng.normal(size=(4, 5))
    assert distances.pairwise_squared_distances(a, b) == pytest.approx(np.array(by_loops(a, b)))


def test_all_pairs_of_one_set_are_symmetric_with_a_zero_diagonal():
    a = np.random.default_rng(1).normal(size=(30, 128)).astype(np.float32)
    d = distances.pairwise_squared_distances(a)
    assert np.array_equal(d, d.T)
    assert not np.diag(d).any()
    assert d.dtype == np.float32


def test_near_duplicates_keep_their_distance():
    a = np.ones((1, 128), np.float32)
    b = a.copy()
    b[0, 0] += 1e-3
    exact = float((np.float64(b[0, 0]) - 1) ** 2)
    assert distances.pairwise_squared_distances(a, b)[0, 0] == pytest.approx(exact, rel=1e-3)


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_scaling_by_two_quadruples_the_distance(x, y):
    once = distances.squared_distances([x, 0.0], [0.0, y])
    twice = distances.squared_distances([2 * x, 0.0], [0.0, 2 * y])
    assert twice == pytest.approx(4 * once, abs=1e-3)


def test_unit_vectors_are_at_most_four_apart():
    a = np.random.default_rng(2).normal(size=(50, 8))
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    d = distances.pairwise_squared_distances(np.vstack([a, -a]))
    assert d.max() == pytest.approx(4)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], "two models"),
        (np.zeros((2, 3)), np.zeros((4, 3)), "pairwise"),
        ("face", [1.0], "embeddings"),
        ([], [1.0], "embeddings"),
        (3.0, [1.0], "embeddings"),
    ],
)
def test_what_cannot_be_compared_is_refused(a, b, message):
    with pytest.raises(InputError, match=message):
        distances.squared_distances(a, b)


@pytest.mark.parametrize(
    "compare", [distances.squared_distances, distances.pairwise_squared_distances]
)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [(np.nan, "finite"), (np.inf, "finite"), (1e20, "3.4e38"), (np.float32(2e19), "3.4e38")],
)
def test_no_distance_is_nan_or_infinite(compare, wrong, message):
    with pytest.raises(InputError, match=message):
        compare(np.array([[wrong, 0]]), np.array([[0.0, 1]]))
    assert compare(np.array([[1e19, 0]]), np.array([[0.0, 1]])) == pytest.approx(1e38)


def test_all_pairs_want_two_axes():
    with pytest.raises(InputError, match=r"\(N, D\)"):
        distances.pairwise_squared_distances([1.0, 2.0])
