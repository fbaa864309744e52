"""The linear SVM by hand: its gradient, its minimum, and scikit-learn's answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.svm import LinearSVC

from facenet_lite.by_hand.detect import svm
from facenet_lite.errors import InputError

TOLERANCE = 1e-5


def problem(samples: int = 80, dimensions: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    labels = np.where(rng.random(samples) < 0.4, 1.0, -1.0)
    features = rng.normal(size=(samples, dimensions)) + 0.7 * labels[:, None]
    return features, labels


def test_the_gradient_is_the_slope() -> None:
    features, labels = problem()
    at = np.random.default_rng(0).normal(size=7)
    slope = approx_fprime(at, lambda p: svm.objective(p, features, labels, 0.7)[0], 1e-7)
    assert np.allclose(svm.objective(at, features, labels, 0.7)[1], slope, atol=1e-3, rtol=1e-5)


def test_two_points_worked_by_hand() -> None:
    # x = +1 and -1: by symmetry b = 0, and 0.5 w^2 + 2 C (1 - w)^2 is least at w = 4C / (1 + 4C).
    found = svm.train([[1.0], [-1.0]], [1, -1], penalty=2.0)
    assert found.weights[0] == pytest.approx(8 / 9, abs=1e-8)
    assert found.intercept == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("penalty", [0.01, 1.0, 30.0])
def test_agrees_with_scikit_learn(penalty: float) -> None:
    features, labels = problem()
    theirs = LinearSVC(
        loss="squared_hinge", C=penalty, tol=1e-12, max_iter=1_000_000, intercept_scaling=1
    ).fit(features, labels)
    ours = svm.train(features, labels, penalty=penalty)
    assert np.abs(ours.weights - theirs.coef_[0]).max() < TOLERANCE
    assert ours.intercept == pytest.approx(float(theirs.intercept_[0]), abs=TOLERANCE)
    assert np.allclose(ours.scores(features), theirs.decision_function(features), atol=1e-4)


def test_swapping_the_classes_turns_the_template_round() -> None:
    features, labels = problem()
    ours, swapped = svm.train(features, labels), svm.train(features, -labels)
    assert np.allclose(ours.weights, -swapped.weights, atol=1e-7)


def test_safe_samples_do_not_pull() -> None:
    features, labels = problem()
    far = np.full((1, 6), 50.0)
    ours = svm.train(features, labels)
    more = svm.train(np.vstack([features, far]), np.append(labels, 1.0))
    assert np.allclose(ours.weights, more.weights, atol=1e-7)


def test_training_twice_gives_the_same_bits() -> None:
    features, labels = problem()
    once, twice = svm.train(features, labels), svm.train(features, labels)
    assert np.array_equal(once.weights, twice.weights)
    assert once.intercept == twice.intercept


@pytest.mark.parametrize(
    ("features", "labels", "penalty", "message"),
    [
        (np.zeros((3, 2)), [1, 1, 1], 1.0, "labels: expected -1 and [+]1"),
        (np.zeros((3, 2)), [1, 0, 1], 1.0, "labels: expected -1 and [+]1"),
        (np.zeros((3, 2)), [1, -1], 1.0, "labels: expected"),
        (np.zeros(3), [1, -1, 1], 1.0, "features: expected"),
        (np.zeros((0, 2)), [], 1.0, "labels: expected -1"),
        (np.zeros((2, 2)), [1, -1], 0.0, "penalty: expected"),
        (np.zeros((2, 2)), [1, -1], "high", "penalty: expected"),
        ([[np.inf], [1.0]], [1, -1], 1.0, "finite"),
    ],
)
def test_malformed_input_is_named(features, labels, penalty, message) -> None:
    with pytest.raises(InputError, match=message):
        svm.train(features, labels, penalty=penalty)


def test_scores_want_as_many_features_as_weights() -> None:
    with pytest.raises(InputError, match="features: expected"):
        svm.LinearSvm(np.ones(3), 0.0).scores(np.ones((2, 4)))
    with pytest.raises(InputError, match="weights: expected"):
        svm.LinearSvm(np.ones((3, 1)), 0.0)
