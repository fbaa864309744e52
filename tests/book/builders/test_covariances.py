"""Who and how: the estimates on cases that can be worked out, and that EM never makes it worse."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book.builders.covariances import two_covariances
from facenet_lite.errors import InputError


def drawn(b, w, people, each, seed=0):
    rng = np.random.default_rng(seed)
    who = rng.multivariate_normal(np.zeros(len(b)), b, people)
    how = rng.multivariate_normal(np.zeros(len(w)), w, people * each)
    return np.repeat(who, each, axis=0) + how, np.repeat(np.arange(people), each)


def log_likelihood(values, people, b, w):
    """The slow way: every person's pictures as one long normal vector."""
    total = 0.0
    for person in np.unique(people):
        mine = values[people == person]
        n = len(mine)
        cov = np.kron(np.ones((n, n)), b) + np.kron(np.eye(n), w)
        _, logdet = np.linalg.slogdet(cov)
        x = mine.ravel()
        total -= 0.5 * (logdet + x @ np.linalg.solve(cov, x) + len(x) * np.log(2 * np.pi))
    return total


def test_two_people_by_hand():
    # Means 3 and -3, each picture 1 away from its mean: W = 1, and B + W / 2 = 9.
    values, people = [[4.0], [2.0], [-2.0], [-4.0]], [0, 0, 1, 1]
    found = two_covariances(values, people, rounds=400)
    assert found.within.item() == pytest.approx(2.0, rel=1e-3)
    assert found.between.item() == pytest.approx(8.0, rel=1e-3)


def test_known_covariances_are_found_again():
    b, w = np.array([[2.0, 0.6], [0.6, 0.5]]), np.array([[0.5, -0.3], [-0.3, 1.0]])
    values, people = drawn(b, w, people=4000, each=3)
    found = two_covariances(values, people)
    np.testing.assert_allclose(found.between, b, atol=0.1)
    np.testing.assert_allclose(found.within, w, atol=0.05)


def test_each_round_makes_the_data_more_likely():
    values, people = drawn(np.diag([1.0, 0.2]), np.diag([0.3, 1.0]), people=12, each=3, seed=3)
    people[:4] = [100, 101, 0, 0]  # and some people with one picture, or with five
    likely = [
        log_likelihood(values, people, *two_covariances(values, people, rounds=rounds))
        for rounds in range(6)
    ]
    assert (np.diff(likely) > -1e-9).all()
    assert likely[-1] > likely[0]


def test_the_order_of_pictures_and_the_names_of_people_do_not_matter():
    values, people = drawn(np.eye(2), np.eye(2), people=30, each=2)
    order = np.random.default_rng(0).permutation(len(people))
    first = two_covariances(values, people)
    second = two_covariances(values[order], (7 * people + 3)[order])
    np.testing.assert_allclose(first.between, second.between)
    np.testing.assert_allclose(first.within, second.within)


def test_scaling_the_values_scales_the_covariances_by_the_square():
    values, people = drawn(np.eye(1), np.eye(1), people=30, each=2)
    once, thrice = two_covariances(values, people), two_covariances(3 * values, people)
    np.testing.assert_allclose(thrice.between, 9 * once.between)
    np.testing.assert_allclose(thrice.within, 9 * once.within)


@pytest.mark.parametrize(
    ("values", "people", "message"),
    [
        (np.zeros((3, 2)), [0, 1, 2], "two pictures or more"),
        (np.zeros((0, 2)), np.zeros(0, int), "two pictures or more"),
        (np.zeros((3, 2)), [0, 1], "people"),
        (np.zeros(3), [0, 0, 1], "values"),
        (np.full((2, 1), np.inf), [0, 0], "finite"),
    ],
)
def test_malformed_input_is_named(values, people, message):
    with pytest.raises(InputError, match=message):
        two_covariances(values, people)
