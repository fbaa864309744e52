"""Eigenfaces by fold: neither components nor threshold depend on the pictures that are judged."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.experiments.lfw import baselines
from facenet_lite.types import Pairs

FOLDS, EACH, COMPONENTS = 4, 6, 3


@pytest.fixture(autouse=True)
def few_components(monkeypatch):
    true = baselines.eigenfaces
    monkeypatch.setattr(
        baselines, "eigenfaces", lambda x, others: true(x, others, components=COMPONENTS)
    )


@pytest.fixture
def pairs():
    """Each fold has people of its own; some pictures are in two pairs."""
    first, second, same, folds = [], [], [], []
    for fold in range(FOLDS):
        for i in range(EACH):
            one = i % 2 == 0
            first.append((f"Person_{fold}_{i // 2}", 1))
            second.append((f"Person_{fold}_{i // 2}", 2) if one else (f"Other_{fold}_{i}", 1))
            same.append(one)
            folds.append(fold)
    return Pairs(tuple(first), tuple(second), np.array(same), np.array(folds, np.intp))


@pytest.fixture
def vectors(pairs):
    rng = np.random.default_rng(3)
    return rng.normal(size=(len(pairs.pictures()), 7)).astype(np.float32)


def test_distances_and_thresholds_are_those_of_plain_loops(pairs, vectors):
    squared, thresholds = baselines.eigenfaces_by_fold(pairs, vectors)
    pictures = pairs.pictures()
    for fold in range(FOLDS):
        others = [vectors[pictures.index(p)] for f in range(FOLDS) if f != fold
                  for p in pairs.pictures(f)]  # fmt: skip
        code = dict(zip(pictures, baselines.eigenfaces(vectors, np.array(others)), strict=True))
        ends = zip(pairs.first, pairs.second, strict=True)
        apart = np.array([np.square(code[a] - code[b]).sum() for a, b in ends])
        own = pairs.folds == fold
        assert squared[own] == pytest.approx(apart[own], rel=1e-4)
        expected = evaluate.best_threshold(apart[~own], pairs.is_same[~own])
        assert thresholds[fold] == pytest.approx(expected, rel=1e-4)


def test_other_pictures_in_a_fold_leave_its_threshold_as_it_was(pairs, vectors):
    _, before = baselines.eigenfaces_by_fold(pairs, vectors)
    own = set(pairs.pictures(2))
    changed = vectors.copy()
    changed[[p in own for p in pairs.pictures()]] *= 5
    _, after = baselines.eigenfaces_by_fold(pairs, changed)
    assert after[2] == before[2]
    assert (after[[0, 1, 3]] != before[[0, 1, 3]]).any()


def test_other_answers_in_a_fold_leave_its_threshold_as_it_was(pairs, vectors):
    _, before = baselines.eigenfaces_by_fold(pairs, vectors)
    for fold in range(FOLDS):
        flipped = np.where(pairs.folds == fold, ~pairs.is_same, pairs.is_same)
        other = Pairs(pairs.first, pairs.second, flipped, pairs.folds)
        assert baselines.eigenfaces_by_fold(other, vectors)[1][fold] == before[fold]


def test_pictures_are_found_by_name(pairs):
    pictures = pairs.pictures()[::-1]
    first, second = baselines.ends(pairs, pictures)
    assert [pictures[i] for i in first] == list(pairs.first)
    assert [pictures[i] for i in second] == list(pairs.second)
