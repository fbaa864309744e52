"""Clusters by a threshold, and their scores: by hand, by plain loops, and chaining seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.evaluate import (
    ClusterScores,
    b_cubed,
    cluster,
    cluster_threshold,
    pairwise_scores,
)

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14)


def slow_clusters(points, threshold):
    """Flood each picture's neighbours, one after the other."""
    labels, number = [None] * len(points), 0
    for start in range(len(points)):
        if labels[start] is not None:
            continue
        waiting = [start]
        while waiting:
            i = waiting.pop()
            if labels[i] is None:
                labels[i] = number
                near = [float(((points[i] - p) ** 2).sum()) <= threshold for p in points]
                waiting += [j for j, close in enumerate(near) if close]
        number += 1
    return labels


def slow_pairs(clusters, people):
    pairs = [(i, j) for i in range(len(people)) for j in range(i)]
    together = [p for p in pairs if clusters[p[0]] == clusters[p[1]]]
    same = [p for p in pairs if people[p[0]] == people[p[1]]]
    both = set(together) & set(same)
    return (
        len(both) / len(together) if together else 1.0,
        len(both) / len(same) if same else 1.0,
    )


def slow_b_cubed(clusters, people):
    size = range(len(people))
    precision = recall = 0.0
    for i in size:
        mine = [j for j in size if clusters[j] == clusters[i]]
        theirs = [j for j in size if people[j] == people[i]]
        both = len(set(mine) & set(theirs))
        precision += both / len(mine) / len(people)
        recall += both / len(theirs) / len(people)
    return precision, recall


def test_clusters_by_hand():
    """Steps of 1 join; from 12 to 20 is too far; 5 comes first and is number 0."""
    found = cluster([[5.0], [10], [11], [20], [6], [12]], 1.0)
    assert found.tolist() == [0, 1, 1, 2, 0, 1]
    assert found.dtype == np.int64


def test_a_chain_of_small_steps_joins_what_is_far_apart():
    line = np.arange(50.0)[:, None]
    assert cluster(line, 1.0).tolist() == [0] * 50  # its ends are 49 apart, 2401 squared
    assert cluster(np.delete(line, 25, axis=0), 1.0).tolist() == [0] * 25 + [1] * 24


@pytest.mark.parametrize("seed", range(100))
def test_they_are_what_flooding_finds(seed):
    rng = np.random.default_rng(seed)
    block = int(rng.integers(1, 12))
    points = np.float32(rng.integers(0, 12, (rng.integers(1, 30), 2)))
    threshold = float(rng.choice([0, 1, 2, 4, 5]))
    found = cluster(points, threshold, block=block)
    assert found.tolist() == slow_clusters(points, threshold)


@given(st.integers(0, 10_000))
def test_a_larger_threshold_only_joins_and_the_order_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((25, 2))
    tight, wide = cluster(points, 0.1), cluster(points, 0.4)
    assert all(len(set(wide[tight == label])) == 1 for label in set(tight))
    order = rng.permutation(25)
    moved = cluster(points[order], 0.1)
    assert b_cubed(moved, tight[order]) == ClusterScores(1, 1)


def test_no_picture_is_no_cluster_and_equal_pictures_are_one():
    assert cluster(np.zeros((0, 3)), 1.0).tolist() == []
    assert cluster(np.ones((3, 2)), 0.0).tolist() == [0, 0, 0]


def test_scores_by_hand():
    """Clusters {a a b} and {a c}: of 4 pairs together one is right, of 3 of one person one.
    B-cubed: (2/3 + 2/3 + 1/3 + 1/2 + 1/2) / 5 and (2/3 + 2/3 + 1 + 1/3 + 1) / 5."""
    clusters, people = [0, 0, 0, 1, 1], [1, 1, 2, 1, 3]
    pairs, pictures = pairwise_scores(clusters, people), b_cubed(clusters, people)
    assert (pairs.precision, pairs.recall) == (1 / 4, 1 / 3)
    assert pairs.f1 == pytest.approx(2 / 7)
    assert pictures.precision == pytest.approx(8 / 15)
    assert pictures.recall == pytest.approx(11 / 15)


@given(LABELS)
def test_they_are_what_plain_loops_count(rows):
    clusters, people = zip(*rows, strict=True)
    pairs, pictures = pairwise_scores(clusters, people), b_cubed(clusters, people)
    assert (pairs.precision, pairs.recall) == pytest.approx(slow_pairs(clusters, people))
    assert (pictures.precision, pictures.recall) == pytest.approx(slow_b_cubed(clusters, people))


@given(LABELS)
def test_exchanging_clusters_and_people_exchanges_precision_and_recall(rows):
    clusters, people = zip(*rows, strict=True)
    for score in (pairwise_scores, b_cubed):
        one, two = score(clusters, people), score(people, clusters)
        assert (one.precision, one.recall) == pytest.approx((two.recall, two.precision))


def test_nothing_put_together_is_precise_and_everything_put_together_recalls():
    people = [0, 0, 1, 1]
    assert pairwise_scores([0, 1, 2, 3], people) == ClusterScores(1, 0)
    assert pairwise_scores([0, 1, 2, 3], people).f1 == 0
    assert pairwise_scores([0] * 4, people) == ClusterScores(1 / 3, 1)
    assert pairwise_scores([0, 1], [0, 1]) == ClusterScores(1, 1)
    assert b_cubed([0, 1, 2, 3], people) == ClusterScores(1, 0.5)
    assert b_cubed([9, 9, 4, 4], people) == ClusterScores(1, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cluster([[np.nan]], 1), "embeddings.*NaN"),
        (lambda: cluster([0.0], 1), "embeddings"),
        (lambda: cluster([[0.0]], -1), "threshold"),
        (lambda: cluster([[0.0]], 1, block=0), "block"),
        (lambda: cluster(np.zeros((2, 0)), 1), "gallery"),
        (lambda: pairwise_scores([0, 1], [0]), "people"),
        (lambda: b_cubed([0.5], [0]), "clusters"),
        (lambda: b_cubed([], []), "at least one picture"),
        (lambda: pairwise_scores([], []), "at least one picture"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def slow_linkage(points, threshold, between):
    """Join the two nearest clusters until the nearest two are beyond the threshold."""
    groups = [[i] for i in range(len(points))]
    squared = ((points[:, None] - points[None]) ** 2).sum(2)
    while len(groups) > 1:
        far = {
            (a, b): between([squared[i, j] for i in groups[a] for j in groups[b]])
            for a in range(len(groups))
            for b in range(a)
        }
        (a, b), least = min(far.items(), key=lambda item: item[1])
        if least > threshold:
            break
        groups[b] += groups.pop(a)
    groups.sort(key=min)
    labels = np.zeros(len(points), np.int64)
    for number, group in enumerate(groups):
        labels[group] = number
    return labels


@pytest.mark.parametrize(
    ("linkage", "between"), [("single", min), ("average", np.mean), ("complete", max)]
)
def test_every_linkage_agrees_with_joining_the_nearest_two_by_hand(linkage, between):
    rng = np.random.default_rng(0)
    for threshold in (0.5, 2.0, 5.0):
        points = rng.normal(size=(25, 3)).astype(np.float32)
        found = cluster(points, threshold, linkage=linkage)
        assert found.tolist() == slow_linkage(points, threshold, between).tolist()


def test_complete_and_average_linkage_do_not_chain():
    line = np.arange(0, 10, 1.0)[:, None]
    assert cluster(line, 1.0).max() == 0
    assert cluster(line, 1.0, linkage="complete").max() == 4
    assert cluster(line, 1.0, linkage="average").max() == 4


def people_apart(seed=0, spread=0.6):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(40), 5)
    faces = rng.normal(size=(40, 8))[who] + spread * rng.normal(size=(200, 8))
    return (faces / np.linalg.norm(faces, axis=1, keepdims=True)).astype(np.float32), who


@pytest.mark.parametrize("linkage", ["single", "average", "complete"])
def test_the_threshold_for_clusters_is_the_best_of_all(linkage):
    faces, who = people_apart()
    threshold, scores = cluster_threshold(faces, who, linkage=linkage)
    found = cluster(faces, threshold + 1e-6, linkage=linkage)
    assert b_cubed(found, who).f1 == pytest.approx(scores.f1)
    for other in np.linspace(0.01, 2, 200):
        assert b_cubed(cluster(faces, other, linkage=linkage), who).f1 <= scores.f1 + 1e-9


@pytest.mark.parametrize("linkage", ["average", "complete"])
def test_too_many_pictures_for_all_distances_are_refused(linkage):
    with pytest.raises(InputError, match="at most 20,000"):
        cluster(np.zeros((20_001, 2), np.float32), 1.0, linkage=linkage)


def test_an_unknown_linkage_is_named():
    with pytest.raises(InputError, match="'single', 'average', 'complete'"):
        cluster(np.zeros((3, 2)), 1.0, linkage="ward")
