"""Every pair of a small copy: the rates are those of plain counting, people are drawn."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.lfw import all_pairs, reference
from facenet_lite.book.experiments.lfw.all_pairs import NearPairs
from facenet_lite.data.lfw import Lfw
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import AssetMissingError


@pytest.fixture
def embedded(tmp_path):
    """Thirty people with four pictures each, as a copy's own file holds them."""
    (tmp_path / "lfw-deepfunneled").mkdir()
    rng = np.random.default_rng(0)
    names = [f"P_{person:02d}/P_{person:02d}_{n:04d}.jpg" for person in range(30) for n in range(4)]
    middles = np.repeat(rng.normal(size=(30, 8)), 4, axis=0)
    np.savez(
        tmp_path / "dlib-reference.npz",
        names=np.array(names),
        embeddings=(middles + 0.5 * rng.normal(size=(120, 8))).astype(np.float32),
    )
    return tmp_path


def test_the_rates_are_those_of_the_list_of_all_pairs(embedded):
    config = all_pairs.Config(fars=(0.01, 0.1), trials=50)
    data = all_pairs.measure(lfw=embedded, config=config).data
    _, vectors, people, _ = reference.embedded(Lfw(embedded), undetected=True)
    a, b = np.triu_indices(120, 1)
    squared = pairwise_squared_distances(vectors)[a, b]
    for row in data["rates"]:
        found = evaluate.val_at_far(squared, people[a] == people[b], row["far"])
        assert row["val"] == pytest.approx(found.val, abs=1e-5)
        assert row["allowed"] == found.allowed
        assert row["low"] <= row["val"] <= row["high"]
    assert (data["same"], data["different"]) == (30 * 6, 120 * 119 // 2 - 180)
    assert (data["largest"], data["largest_share"]) == (4, round(1 / 30, 4))


def test_near_pairs_are_all_that_are_near_and_all_same_ones(embedded):
    _, vectors, people, _ = reference.embedded(Lfw(embedded), undetected=True)
    found = all_pairs.near_pairs(vectors, people, 4.0, rows=7)
    a, b = np.triu_indices(120, 1)
    squared = pairwise_squared_distances(vectors)[a, b]
    kept = (squared <= 4.0) | (people[a] == people[b])
    assert len(found.squared) == kept.sum()
    assert found.squared.tolist() == sorted(squared[kept].tolist())
    assert (found.first == found.second).sum() == 180


def test_each_person_drawn_once_is_the_list_as_it_is():
    class Everybody:
        """Draws each person once."""

        def integers(self, low, high, size):
            return np.arange(size)

    near = NearPairs(
        np.array([0, 0, 1, 0, 1]), np.array([0, 1, 1, 1, 2]), np.arange(5, dtype=np.float32), 9.0
    )
    people = np.array([0, 0, 1, 1, 2])
    # Two same pairs, at 0 and 2; eight different ones, of which one lies nearer than 2.
    bounds = all_pairs.drawn_people(near, people, (0.1, 0.2), rng=Everybody(), trials=10)
    assert bounds.tolist() == [[0.5, 0.5], [1, 1]]


def test_it_is_recorded_by_its_command(embedded, tmp_path):
    config = all_pairs.Config(fars=(0.1,), trials=20)
    path = registry.record("all_pairs", lfw=embedded, folder=tmp_path / "out", config=config)
    assert results.load("all_pairs", path.parent)["data"]["people"] == 30


def test_without_embeddings_it_says_so(tmp_path):
    (tmp_path / "lfw-deepfunneled").mkdir()
    with pytest.raises(AssetMissingError, match="build lfw-reference"):
        all_pairs.measure(lfw=tmp_path)


def test_what_is_recorded_is_lfws():
    data = results.load("all_pairs")["data"]
    assert (data["same"], data["different"]) == (242_257, 87_307_271)
    assert (data["pictures"], data["people"], data["largest"]) == (13_233, 5_749, 530)
    vals = [row["val"] for row in data["rates"]]
    assert vals == sorted(vals)
    assert all(row["low"] <= row["val"] <= row["high"] for row in data["rates"])
