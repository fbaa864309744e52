"""False alarms as the gallery grows: the expected share is known in closed form."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.book.experiments.identification.gallery_size import (
    false_accepts_by_gallery_size,
    independent_false_accepts,
)
from facenet_lite.errors import InputError


def measure(gallery, probes, threshold, sizes, *, labels=None, who=None, seed=0, draws=300):
    labels = np.arange(len(gallery)) if labels is None else labels
    who = 1000 + np.arange(len(probes)) if who is None else who
    rng = np.random.default_rng(seed)
    return false_accepts_by_gallery_size(
        gallery, labels, probes, who, threshold, sizes, rng=rng, draws=draws
    )


def expected(gallery, probes, threshold, size):
    """Of all sub-galleries of a size, the share in which a stranger matches somebody."""
    shares = []
    for probe in probes:
        near = sum(float(((g - probe) ** 2).sum()) <= threshold for g in gallery)
        free = comb(len(gallery) - near, size)
        shares.append(1 - free / comb(len(gallery), size))
    return np.mean(shares)


def test_two_strangers_by_hand():
    """One is like both people, the other like nobody: half of the strangers match, at any size."""
    found = measure([[0.0], [1]], [[0.5], [9]], 1.0, [1, 2])
    assert found.measured.tolist() == [0.5, 0.5]
    assert found.far == 0.5
    assert found.formula.tolist() == [0.5, 0.75]
    assert found.sizes.tolist() == [1, 2]


@pytest.mark.parametrize("seed", range(6))
def test_the_mean_is_that_of_all_sub_galleries(seed):
    rng = np.random.default_rng(seed)
    gallery, probes = rng.standard_normal((25, 2)), rng.standard_normal((30, 2))
    found = measure(gallery, probes, 0.3, [1, 5, 12, 25], seed=seed, draws=800)
    for size, measured in zip((1, 5, 12, 25), found.measured, strict=True):
        assert measured == pytest.approx(expected(gallery, probes, 0.3, size), abs=0.02)
    # All of it is one gallery, and one person's share is the false accept rate.
    assert found.measured[3] == pytest.approx(expected(gallery, probes, 0.3, 25))
    assert found.formula[0] == pytest.approx(found.far)


@given(st.integers(0, 1000))
def test_it_never_falls_as_the_gallery_grows(seed):
    rng = np.random.default_rng(seed)
    found = measure(rng.standard_normal((12, 2)), rng.standard_normal((9, 2)), 0.5,
                    range(1, 13), seed=seed, draws=3)  # fmt: skip
    assert (np.diff(found.measured) >= 0).all()
    assert (np.diff(found.formula) >= 0).all()


def test_where_few_strangers_are_like_many_people_the_formula_is_too_high():
    """Nine in a hundred strangers stand in the crowd, the rest far off."""
    rng = np.random.default_rng(0)
    gallery = rng.uniform(0, 1, (200, 2))
    probes = np.vstack([rng.uniform(0, 1, (9, 2)), rng.uniform(5, 6, (91, 2))])
    found = measure(gallery, probes, 0.05, [1, 20, 200])
    assert found.measured[-1] == pytest.approx(0.09)
    assert found.formula[-1] > 0.8
    assert found.differs.tolist() == [False, True, True]


def test_where_pairs_are_independent_the_formula_holds():
    """A person for each axis; a stranger stands half an axis towards each one they resemble, and
    far enough along one more axis that all strangers are equally far from whom they do not."""
    rng = np.random.default_rng(1)
    alike = rng.random((300, 400)) < 0.004
    height = np.sqrt(5 - alike.sum(axis=1, keepdims=True) / 4)
    probes, gallery = np.hstack([alike / 2, height]), np.eye(400, 401)
    found = measure(gallery, probes, 5.5, [5, 40, 100])
    assert found.far == alike.mean()
    assert not found.differs.any()


def test_a_person_counts_once_with_however_many_pictures():
    found = measure([[0.0], [0.1], [5]], [[0.0]], 1.0, [1, 2], labels=[3, 3, 4])
    assert found.far == 0.5
    assert found.measured.tolist() == [pytest.approx(0.5, abs=0.1), 1]


def test_the_interval_is_of_people_not_of_pictures():
    """Ten pictures of each of 20 strangers tell hardly more than one."""
    rng = np.random.default_rng(2)
    gallery, strangers = rng.standard_normal((40, 2)), rng.standard_normal((20, 2))
    one = measure(gallery, strangers, 0.2, [10])
    ten = measure(gallery, np.repeat(strangers, 10, axis=0), 0.2, [10],
                  who=1000 + np.repeat(np.arange(20), 10))  # fmt: skip
    apart = measure(gallery, np.repeat(strangers, 10, axis=0), 0.2, [10])
    widths = [float((x.high - x.low)[0]) for x in (one, ten, apart)]
    assert widths[1] == pytest.approx(widths[0], rel=0.15)
    assert widths[2] < 0.8 * widths[1]


def test_the_interval_holds_the_measured_and_equal_seeds_give_equal_answers():
    rng = np.random.default_rng(3)
    gallery, probes = rng.standard_normal((30, 2)), rng.standard_normal((30, 2))
    one, two = (measure(gallery, probes, 0.2, [3, 30]) for _ in range(2))
    assert (one.low <= one.measured).all()
    assert (one.measured <= one.high).all()
    assert one.low.tolist() == two.low.tolist()


def test_nobody_near_is_no_false_alarm():
    found = measure([[0.0], [1]], [[50.0]], 1.0, [2])
    assert (found.measured[0], found.low[0], found.high[0], found.far) == (0, 0, 0, 0)
    assert found.formula.tolist() == [0]


@pytest.mark.parametrize(
    ("far", "size", "share"), [(0.5, 2, 0.75), (0, 10**9, 0), (1, 1, 1), (1, 0, 0), (0.3, 0, 0)]
)
def test_the_formula_by_hand(far, size, share):
    assert independent_false_accepts(far, size) == pytest.approx(share)


def test_the_formula_keeps_its_digits_for_tiny_rates():
    assert independent_false_accepts(1e-17, 10) == pytest.approx(1e-16, rel=1e-9, abs=0)
    assert independent_false_accepts(1e-9, 10**9) == pytest.approx(1 - np.exp(-1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": [0]}, "gallery_labels"),
        ({"who": [9]}, "probe_labels"),
        ({"who": [0, 9]}, "got 1 of its people, the first with label 0"),
        ({"sizes": [0]}, "sizes"),
        ({"sizes": [3]}, "sizes"),
        ({"probes": np.zeros((0, 1))}, "probes: expected at least one"),
        ({"gallery": [[np.nan], [0.0]]}, "gallery.*NaN"),
        ({"probes": [[0.0, 1], [1, 1]]}, "queries"),
        ({"threshold": -1}, "threshold"),
        ({"draws": 1}, "draws"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    given = {"gallery": [[0.0], [1]], "probes": [[2.0], [3]], "threshold": 1.0, "sizes": [1]}
    given |= change
    with pytest.raises(InputError, match=message):
        measure(
            given.pop("gallery"), given.pop("probes"), given.pop("threshold"), given.pop("sizes"),
            **given,
        )  # fmt: skip


@pytest.mark.parametrize(("far", "size"), [(-0.1, 1), (1.1, 1), (0.1, -1), (0.1, 0.5)])
def test_malformed_rates_are_named(far, size):
    with pytest.raises(InputError, match=r"far|size"):
        independent_false_accepts(far, size)
