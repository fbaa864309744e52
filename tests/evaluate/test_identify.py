"""Closed and open sets: counted by hand, by plain loops, and with laws that any count keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.errors import InputError, NotEstimableError
from facenet_lite.evaluate import (
    Neighbours,
    detection_identification_rate,
    rank_k,
    search,
    val_at_far,
    wilson_interval,
)

#: Four people at 0, 10, 20, 30, and six probes: four have a mate at some place, two have none.
GALLERY, PEOPLE = [[0.0], [10], [20], [30]], [7, 8, 9, 6]
PROBES, WHO = [[1.0], [12], [14], [29], [24], [5]], [7, 8, 9, 6, 50, 51]


def slow_open_set(gallery, people, probes, who, threshold, rank):
    """Share of mated probes identified, and of the others alarmed, one probe at a time."""
    mated = unmated = hits = alarms = 0
    for probe, name in zip(probes, who, strict=True):
        order = sorted(range(len(gallery)), key=lambda g: ((gallery[g] - probe) ** 2, g))
        if name in people:
            mated += 1
            for g in order[:rank]:
                if people[g] == name:
                    hits += (gallery[g] - probe) ** 2 <= threshold
                    break
        else:
            unmated += 1
            alarms += (gallery[order[0]] - probe) ** 2 <= threshold
    return hits / mated, alarms / unmated


def drawn(seed):
    """A gallery of people on a line, several pictures of some, and probes with and without mate."""
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 6, rng.integers(2, 9))
    who = np.concatenate([rng.choice(people, 5), rng.integers(6, 9, rng.integers(1, 12))])
    gallery, probes = rng.integers(0, 12, len(people)), rng.integers(0, 12, len(who))
    return gallery.astype(float), people, probes.astype(float), who


def test_ranks_by_hand():
    """The third probe, of person 9 at 20, is nearer to person 8 at 10: second place."""
    found = rank_k(search(GALLERY, PROBES[:4], 4), PEOPLE, WHO[:4])
    assert found.hits.tolist() == [3, 4, 4, 4]
    assert found.shares.tolist() == [0.75, 1, 1, 1]
    assert (found.probes, found.rank(1), found.rank(4)) == (4, 0.75, 1)
    assert found.interval(1) == wilson_interval(3, 4)


def test_of_two_at_one_distance_the_first_in_the_gallery_is_the_nearer():
    neighbours = search([[0.0], [2]], [[1.0]], 2)
    assert rank_k(neighbours, [5, 6], [5]).hits.tolist() == [1, 1]
    assert rank_k(neighbours, [5, 6], [6]).hits.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(100))
def test_a_rank_is_a_place_in_the_sorted_gallery(seed):
    gallery, people, probes, who = drawn(seed)
    probes, who = probes[:5], who[:5]
    expected = []
    for k in range(1, len(gallery) + 1):
        hits = 0
        for probe, name in zip(probes, who, strict=True):
            order = sorted(range(len(gallery)), key=lambda g: ((gallery[g] - probe) ** 2, g))
            hits += name in [people[g] for g in order[:k]]
        expected.append(hits)
    neighbours = search(gallery[:, None], probes[:, None], len(gallery))
    assert rank_k(neighbours, people, who).hits.tolist() == expected


@given(st.integers(0, 10_000))
def test_more_places_never_lose_a_person_and_all_places_find_everyone(seed):
    gallery, people, probes, who = drawn(seed)
    found = rank_k(search(gallery[:, None], probes[:5, None], len(gallery)), people, who[:5])
    assert (np.diff(found.hits) >= 0).all()
    assert found.rank(len(gallery)) == 1


def test_an_open_set_by_hand():
    """The strangers are 16 from person 9 and 25 from two. Of the mated, three are at 1, 4 and 1;
    the fourth is nearest to another. One alarm of two may be raised."""
    found = detection_identification_rate(search(GALLERY, PROBES, 2), PEOPLE, WHO, 0.5)
    assert (found.identified, found.far, found.threshold) == (0.75, 0.5, 16)
    assert (found.mated, found.unmated, found.allowed, found.rank) == (4, 2, 1, 1)


def test_a_wrong_person_within_the_threshold_is_no_identification():
    second = detection_identification_rate(search(GALLERY, PROBES, 2), PEOPLE, WHO, 1.0, rank=2)
    first = detection_identification_rate(search(GALLERY, PROBES, 2), PEOPLE, WHO, 1.0)
    assert (first.identified, second.identified) == (0.75, 1)
    assert (first.threshold, second.threshold) == (25, 36)


@pytest.mark.parametrize("seed", range(300))
def test_it_is_the_best_of_all_thresholds_that_keep_to_the_rate(seed):
    gallery, people, probes, who = drawn(seed)
    rng = np.random.default_rng(seed)
    far, rank = float(rng.choice([0.1, 0.25, 0.5, 1])), int(rng.integers(1, len(gallery) + 1))
    neighbours = search(gallery[:, None], probes[:, None], rank)
    found = detection_identification_rate(neighbours, people, who, far, rank=rank)
    every = [-1.0, *np.unique(np.square(gallery[:, None] - probes))]
    tried = [slow_open_set(gallery, people, probes, who, d, rank) for d in every]
    if found.estimable:
        best = max(identified for identified, alarmed in tried if alarmed <= far)
        assert found.identified == best
        assert found.far <= far
        at = slow_open_set(gallery, people, probes, who, found.threshold, rank)
        assert at == (found.identified, found.far)
        assert found.low <= found.identified <= found.high
    else:
        assert far * found.unmated < 1


@given(st.integers(0, 10_000))
def test_a_monotone_change_of_the_distances_changes_nothing(seed):
    gallery, people, probes, who = drawn(seed)
    one = search(gallery[:, None], probes[:, None], 2)
    two = Neighbours(one.indices, one.squared_distances**3)
    a, b = (detection_identification_rate(n, people, who, 0.5) for n in (one, two))
    if a.estimable:
        assert (a.identified, a.far, a.low, a.high) == (b.identified, b.far, b.low, b.high)


def test_with_one_person_in_the_gallery_it_is_verification():
    """A gallery of one makes every probe a pair: DIR is VAL."""
    rng = np.random.default_rng(0)
    probes, who = rng.uniform(0, 2, (60, 1)), (np.arange(60) % 3 > 0).astype(int)
    found = detection_identification_rate(search([[0.0]], probes), [0], who, 0.05)
    pairs = val_at_far(search([[0.0]], probes).squared_distances[:, 0], who == 0, 0.05)
    assert (found.identified, found.far, found.threshold) == (pairs.val, pairs.far, pairs.threshold)
    assert (found.low, found.high) == (pairs.low, pairs.high)


def test_too_few_strangers_make_it_not_estimable():
    found = detection_identification_rate(search(GALLERY, PROBES), PEOPLE, WHO, 0.4)
    assert not found.estimable
    assert str(found) == "not estimable from 2 probes without a mate"
    for name in ("identified", "far", "threshold", "low", "high"):
        with pytest.raises(NotEstimableError, match=r"from 2 probes .* expected 3 or more"):
            getattr(found, name)


def test_a_budget_is_not_lost_to_rounding():
    """0.29 of 100 is 28.999999999999996 in binary."""
    strangers = np.arange(1.0, 101)[:, None]
    probes, who = np.vstack([[[0.0]], strangers]), np.arange(101)
    found = detection_identification_rate(search([[0.0]], probes), [0], who, 0.29)
    assert (found.allowed, found.far, found.threshold) == (29, 0.29, 29.0**2)


def test_equal_alarms_are_raised_together_or_not_at_all():
    neighbours = search([[0.0]], [[1.0], [2], [2], [3]])
    half = detection_identification_rate(neighbours, [0], [0, 1, 2, 3], 0.5)
    assert (half.far, half.threshold, half.identified) == (0, 1, 1)


def test_it_says_itself_in_words():
    found = detection_identification_rate(search(GALLERY, PROBES), PEOPLE, WHO, 0.5)
    assert str(found).startswith("75.0% (")


FOUND = search(GALLERY, PROBES, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rank_k(FOUND, PEOPLE, WHO), "2 probes of others, the first with label 50"),
        (lambda: rank_k(FOUND, PEOPLE[:3], WHO), "gallery_labels: .* got 3, and a neighbour at"),
        (lambda: rank_k(FOUND, PEOPLE, WHO[:3]), "probe_labels"),
        (lambda: rank_k(FOUND, [0.5] * 4, WHO), "gallery_labels"),
        (lambda: rank_k(FOUND, PEOPLE, list("abcdef")), "probe_labels"),
        (lambda: rank_k(search(GALLERY, np.zeros((0, 1))), PEOPLE, []), "at least one probe"),
        (lambda: rank_k(search(GALLERY, PROBES[:4]), PEOPLE, WHO[:4]).rank(2), "k: expected"),
        (lambda: detection_identification_rate(FOUND, PEOPLE, WHO, 0), "far"),
        (lambda: detection_identification_rate(FOUND, PEOPLE, WHO, 0.5, rank=3), "rank"),
        (lambda: detection_identification_rate(FOUND, PEOPLE, [7] * 6, 0.5), "got 6 and 0"),
        (lambda: detection_identification_rate(FOUND, PEOPLE, [1] * 6, 0.5), "got 0 and 6"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
