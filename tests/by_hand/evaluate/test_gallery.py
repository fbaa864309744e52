"""A search by hand is the package's; inverted lists miss what lies across a border."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.by_hand.evaluate import gallery as by_hand
from facenet_lite.distances import pairwise_squared_distances


@pytest.mark.parametrize("seed", range(30))
def test_loops_find_what_the_package_finds(seed):
    rng = np.random.default_rng(seed)
    gallery, probes = rng.integers(-3, 4, (20, 3)), rng.integers(-3, 4, (5, 3))
    found = evaluate.search(gallery, probes, 4)
    for row, probe in enumerate(probes.tolist()):
        distances, indices = zip(*by_hand.nearest(gallery.tolist(), probe, 4), strict=True)
        assert list(indices) == found.indices[row].tolist()
        assert list(distances) == found.squared_distances[row].tolist()


@pytest.mark.parametrize("seed", range(30))
def test_components_are_the_packages_clusters(seed):
    points = np.random.default_rng(seed).integers(0, 9, (16, 2)).astype(np.float32)
    labels = by_hand.components(pairwise_squared_distances(points) <= 2)
    found = evaluate.cluster(points, 2)
    assert evaluate.b_cubed(found, labels) == evaluate.ClusterScores(1, 1)


def test_every_vector_is_in_one_list_and_all_lists_find_the_nearest():
    rng = np.random.default_rng(0)
    gallery = rng.standard_normal((200, 4))
    middles = by_hand.centres(gallery, 9, rng=rng)
    rows = by_hand.lists(gallery, middles)
    assert sorted(np.concatenate(rows).tolist()) == list(range(200))
    probes = rng.standard_normal((20, 4))
    exact = evaluate.search(gallery, probes).indices[:, 0].tolist()
    answers = [by_hand.look_into(rows, gallery, middles, probe, 9) for probe in probes]
    assert answers == [(row, 200) for row in exact]
    one = [by_hand.look_into(rows, gallery, middles, probe, 1) for probe in probes]
    assert all(count < 80 for _, count in one)
    assert [row for row, _ in one] != exact


def test_the_nearest_across_a_border_is_missed_by_one_list():
    """Centres at 0 and 10: a probe at 4.9 belongs to the first, its nearest at 5.1 does not."""
    gallery, middles = np.array([[1.0], [5.1], [9.0]]), np.array([[0.0], [10.0]])
    rows = by_hand.lists(gallery, middles)
    assert [row.tolist() for row in rows] == [[0], [1, 2]]
    assert by_hand.look_into(rows, gallery, middles, np.array([4.9]), 1) == (0, 1)
    assert by_hand.look_into(rows, gallery, middles, np.array([4.9]), 2) == (1, 3)
    nothing = [np.zeros(0, int)] * 2
    assert by_hand.look_into(nothing, gallery, middles, np.array([4.9]), 1) == (-1, 0)
