"""P people, K pictures of each: what a batch holds, and that it is a function of its number."""

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.samplers import PKSampler

LABELS = [7] * 5 + [3] * 4 + [9] * 4 + [1] * 6


def sampler(labels=LABELS, p=2, k=3, seed=0, **rest):
    return PKSampler(labels, p, k, generator=np.random.default_rng(seed), **rest)


def epoch(found, number=0):
    """The batches of an epoch, as lists."""
    steps = range(number * len(found), (number + 1) * len(found))
    return [found.batch(step).tolist() for step in steps]


@settings(max_examples=50, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    p=st.integers(1, 4),
    k=st.integers(1, 4),
    small=st.sampled_from(["fewer", "skip", "repeat"]),
)
def test_a_batch_has_p_people_and_each_at_most_k_pictures(sizes, p, k, small):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    least = k if small == "skip" else min(k, 2)
    enough = [who for who, size in enumerate(sizes) if size >= least]
    if len(enough) < p:
        with pytest.raises(InputError, match=f"p = {p}"):
            sampler(labels, p, k, small=small)
        return
    batches = epoch(sampler(labels, p, k, small=small))
    seen = []
    for batch in batches:
        people, counts = np.unique(labels[batch], return_counts=True)
        assert len(people) == p
        for who, count in zip(people, counts, strict=True):
            assert count == (min(k, sizes[who]) if small == "fewer" else k)
            rows = {row for row in batch if labels[row] == who}
            assert len(rows) == min(k, sizes[who])
        seen += people.tolist()
    assert len(seen) == len(set(seen)) == len(enough) // p * p
    assert set(seen) <= set(enough)


def test_two_by_three_of_four_people_is_two_batches():
    found = sampler()
    batches = epoch(found)
    assert len(found) == len(batches) == 2
    assert all(len(batch) == 6 for batch in batches)
    assert {LABELS[row] for batch in batches for row in batch} == {1, 3, 7, 9}


def test_each_epoch_has_another_order_and_in_time_every_picture_is_seen():
    found = sampler()
    epochs = [epoch(found, number) for number in range(20)]
    assert epochs[0] != epochs[1]
    assert {row for batches in epochs for batch in batches for row in batch} == set(
        range(len(LABELS))
    )


def test_people_who_do_not_fill_a_batch_come_in_another_epoch():
    found = sampler(p=3)
    left = [
        {1, 3, 7, 9} - {LABELS[row] for batch in epoch(found, number) for row in batch}
        for number in range(30)
    ]
    assert all(len(who) == 1 for who in left)
    assert set.union(*left) == {1, 3, 7, 9}


def test_the_batches_of_an_epoch_are_drawn_independently():
    places = [
        [row % 10 for row in batch] for batch in epoch(sampler(np.arange(80) // 10, p=1, k=5))
    ]
    assert len({tuple(place) for place in places}) == 8


def test_one_seed_is_one_run_and_a_batch_does_not_depend_on_those_before_it():
    found = sampler(seed=5)
    steps = [4, 0, 9, 1, 4]
    assert [found.batch(step).tolist() for step in steps] == [
        sampler(seed=5).batch(step).tolist() for step in steps
    ]
    assert epoch(sampler(seed=5)) != epoch(sampler(seed=6))


@pytest.mark.parametrize("small", ["fewer", "skip", "repeat"])
@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_the_batches_are_those_of_the_plain_loops(seed, small):
    """What was trained from a seed is trained the same way again."""
    labels = np.random.default_rng(3).integers(-4, 30, 90)
    for p, k in ((1, 1), (4, 3), (7, 2)):
        found = sampler(labels, p, k, seed=seed, small=small)
        for step in (0, 1, 5, 40, 1234):
            expected = reference.pk_batch(labels.tolist(), p, k, seed, step, small)
            assert found.batch(step).tolist() == expected


@pytest.mark.parametrize("step", [-1, 0.5, None])
def test_what_is_no_step_is_refused(step):
    with pytest.raises(InputError, match="step"):
        sampler().batch(step)


def test_a_person_with_one_picture_is_left_out_unless_k_is_one():
    labels = [0, 0, 1, 2, 2]
    assert {labels[row] for row in sampler(labels).batch(0)} == {0, 2}
    assert len(sampler(labels, p=3, k=1)) == 1


def test_repeating_takes_each_picture_once_before_any_twice():
    batch = sampler([0, 0], p=1, k=5, small="repeat").batch(0)
    assert len(batch) == 5
    assert set(batch[:2]) == {0, 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": 0}, "p: expected"),
        ({"k": 0}, "k: expected"),
        ({"k": 2.5}, "whole"),
        ({"p": 5}, "p = 5"),
        ({"labels": []}, "got 0"),
        ({"labels": [[0, 0]]}, "labels"),
        ({"labels": ["Ann", "Ann"]}, "labels"),
        ({"small": "drop"}, "'skip'"),
    ],
)
def test_what_cannot_be_sampled_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        sampler(**arguments)
