"""P people, K pictures of each: what a batch holds, and taking a run up again."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.samplers import PKSampler

LABELS = [7] * 5 + [3] * 4 + [9] * 4 + [1] * 6


def sampler(labels=LABELS, p=2, k=3, seed=0, **rest):
    return PKSampler(labels, p, k, generator=np.random.default_rng(seed), **rest)


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
    batches = list(sampler(labels, p, k, small=small))
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
    batches = list(found)
    assert len(found) == len(batches) == 2
    assert all(len(batch) == 6 for batch in batches)
    assert all(type(row) is int for batch in batches for row in batch)
    assert {LABELS[row] for batch in batches for row in batch} == {1, 3, 7, 9}


def test_each_epoch_has_another_order_and_in_time_every_picture_is_seen():
    found = sampler()
    epochs = [list(found) for _ in range(20)]
    assert epochs[0] != epochs[1]
    assert {row for epoch in epochs for batch in epoch for row in batch} == set(range(len(LABELS)))


def test_people_who_do_not_fill_a_batch_come_in_another_epoch():
    found = sampler(p=3)
    left = [{1, 3, 7, 9} - {LABELS[row] for batch in found for row in batch} for _ in range(30)]
    assert all(len(who) == 1 for who in left)
    assert set.union(*left) == {1, 3, 7, 9}


def test_the_batches_of_an_epoch_are_drawn_independently():
    places = [[row % 10 for row in batch] for batch in sampler(np.arange(80) // 10, p=1, k=5)]
    assert len({tuple(place) for place in places}) == 8


def test_one_seed_is_one_run():
    assert list(sampler(seed=5)) == list(sampler(seed=5))
    assert list(sampler(seed=5)) != list(sampler(seed=6))


@pytest.mark.parametrize("done", range(5))
def test_a_run_taken_up_is_the_run_that_was_never_stopped(done):
    def draw(found, count):
        batches = []
        while len(batches) < count:
            for batch in found:
                batches.append(batch)
                if len(batches) == count:
                    break
        return batches

    whole = draw(sampler(), 7)
    first = sampler()
    before = draw(first, done) if done else []
    kept = json.loads(json.dumps(first.state_dict()))
    second = sampler(seed=99)
    second.load_state_dict(kept)
    assert before + draw(second, 7 - done) == whole


def test_a_state_kept_stays_as_it_was():
    found = sampler()
    kept = found.state_dict()
    list(found)
    assert (kept["epoch"], kept["batch"]) == (0, 0)
    assert (found.state_dict()["epoch"], found.state_dict()["batch"]) == (1, 0)


@pytest.mark.parametrize(
    "change", [{"epoch": -1}, {"batch": 3}, {"batch": 0.5}, {"seed": None}, {"more": 1}]
)
def test_what_is_no_position_is_refused(change):
    found = sampler()
    with pytest.raises(InputError):
        found.load_state_dict({**found.state_dict(), **change})
    with pytest.raises(InputError, match="state_dict"):
        found.load_state_dict(None)


def test_a_person_with_one_picture_is_left_out_unless_k_is_one():
    labels = [0, 0, 1, 2, 2]
    assert {labels[row] for row in next(iter(sampler(labels)))} == {0, 2}
    assert len(list(sampler(labels, p=3, k=1))) == 1


def test_repeating_takes_each_picture_once_before_any_twice():
    (batch,) = sampler([0, 0], p=1, k=5, small="repeat")
    assert len(batch) == 5
    assert set(batch[:2]) == {0, 1}


def test_a_loader_takes_it_as_its_batch_sampler():
    from torch.utils.data import DataLoader

    loader = DataLoader(list(range(len(LABELS))), batch_sampler=sampler())
    assert [batch.tolist() for batch in loader] == list(sampler())


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
