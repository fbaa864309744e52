"""Training in the small: it records what it did, and the chapter's claims hold."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from facenet_lite import losses, miners
from facenet_lite.book.experiments.trained import in_the_page
from facenet_lite.by_hand.miners import mistakes
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def data():
    return in_the_page.faces()


@pytest.fixture(scope="module")
def collapsed(data):
    return in_the_page.train(data, miners.batch_hard, steps=60)


@pytest.fixture(scope="module")
def cured(data):
    return in_the_page.train(data, miners.semi_hard)


def test_faces_are_grey_and_small(data):
    assert data.inputs.shape == (64, 24 * 24)
    assert -1 <= data.inputs.min() < data.inputs.max() <= 1
    assert data.labels.tolist() == [who for who in range(8) for _ in range(8)]
    first = np.asarray(data.pictures[0], float).mean(axis=2)[:4, :4].mean()
    assert data.inputs[0, 0] == pytest.approx(first / 127.5 - 1, abs=1e-5)


def test_a_run_records_every_step(cured):
    assert cured.embeddings.shape == (151, 64, 2)
    assert cured.embeddings.norm(dim=2).numpy() == pytest.approx(1, abs=1e-6)
    assert set(cured.rules) == {"semi_hard"}
    found = miners.semi_hard(cured.embeddings[7], cured.labels)
    assert cured.triplets[7] == len(found)
    assert cured.costs[7] == pytest.approx(
        losses.triplet_loss(cured.embeddings[7], found).item(), abs=1e-6
    )
    assert cured.history[7] == losses.diagnose_batch(cured.embeddings[7], cured.labels)


def test_the_same_seed_gives_the_same_run_and_moves_no_global_generator(data):
    torch.manual_seed(3)
    one, drawn = in_the_page.train(data, miners.semi_hard, steps=3), torch.rand(1)
    torch.manual_seed(3)
    assert torch.rand(1) == drawn
    again = in_the_page.train(data, miners.semi_hard, steps=3)
    assert torch.equal(one.embeddings, again.embeddings)
    other = in_the_page.train(data, miners.semi_hard, steps=3, seed=1)
    assert not torch.equal(one.embeddings, other.embeddings)


@pytest.mark.parametrize("seed", range(3))
def test_the_hardest_alone_collapse_and_it_is_named_within_20_steps(data, seed):
    run = in_the_page.train(data, miners.batch_hard, seed=seed, steps=40)
    assert run.collapsed_at <= 20
    assert run.costs[-1] == pytest.approx(0.2, abs=2e-3)
    assert run.active() == 1


def test_semi_hard_negatives_are_a_cure(cured):
    assert cured.collapsed_at is None
    assert cured.active() < 0.02
    assert cured.history[-1].spread > 1.5


def test_a_warm_up_picks_first_and_hands_over(data):
    run = in_the_page.train(data, miners.batch_hard, steps=9, first=miners.semi_hard, warm_up=4)
    assert run.rules == ("semi_hard",) * 4 + ("batch_hard",) * 5
    assert run.triplets[4:] == (64,) * 5


def test_old_triplets_are_used_in_between(data):
    mined = []

    def watched(embeddings, labels):
        mined.append(len(mined))
        return miners.semi_hard(embeddings, labels)

    run = in_the_page.train(data, watched, steps=10, every=4)
    assert len(mined) == 3
    assert len(set(run.triplets[:4])) == len(set(run.triplets[4:8])) == 1


def test_mined_triplets_grow_stale(cured):
    left = in_the_page.staleness(cured, 0)
    assert left[0] == 1  # freshly mined, every one costs something
    assert len(left) == 41
    assert left[-1] < 0.3


def test_argmax_reports_success_while_nothing_is_learned(data):
    run = in_the_page.train(data, mistakes.farthest_negative, steps=60)
    assert run.active() > 0.3


@pytest.mark.parametrize(
    ("change", "name"),
    [({"steps": 0}, "steps"), ({"dim": 0}, "dim"), ({"every": 0}, "every"), ({"rate": 0}, "rate"),
     ({"warm_up": 151}, "warm_up")],
)  # fmt: skip
def test_numbers_out_of_range_are_named(data, change, name):
    with pytest.raises(InputError, match=name):
        in_the_page.train(data, miners.semi_hard, **change)


def test_mining_after_the_end_is_named(collapsed):
    with pytest.raises(InputError, match="mined"):
        in_the_page.staleness(collapsed, 30)
