"""What every mining rule promises: a new one is tested by being registered."""

import itertools

import numpy as np
import pytest
import reference
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import miners, ranking
from facenet_lite.errors import InputError
from facenet_lite.types import Triplets

BATCHES = st.integers(0, 9).flatmap(
    lambda size: st.tuples(
        st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=size, max_size=size),
        st.lists(st.integers(0, 3), min_size=size, max_size=size),
    )
)
"""Points of a small grid: exact distances, many ties and duplicates."""


def mine(name, points, labels, margin=2.0):
    x = torch.as_tensor(np.array(points, np.float32).reshape(-1, 2))
    y = torch.as_tensor(np.array(labels, np.int64))
    return miners.mine(name, x, y, margin=margin, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module", params=miners.NAMES)
def name(request):
    return request.param


@settings(max_examples=30, deadline=None)
@given(batch=BATCHES)
def test_its_triplets_are_valid_in_order_and_different(name, batch):
    points, labels = batch
    found = list(mine(name, points, labels))
    for a, p, n in found:
        assert a != p
        assert labels[a] == labels[p] != labels[n]
    assert [row[:2] for row in found] == sorted(row[:2] for row in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", [name for name in miners.NAMES if "semi_hard" in name])
@settings(max_examples=30, deadline=None)
@given(batch=BATCHES)
def test_what_it_picks_as_semi_hard_lies_in_the_band(name, batch):
    points, labels = batch
    for a, p, n in mine(name, points, labels):
        d_p, d_n = (reference.distance(points[a], points[i]) for i in (p, n))
        assert d_p < d_n < d_p + 2


@settings(max_examples=30, deadline=None)
@given(batch=BATCHES)
def test_blocks_of_anchors_change_nothing(name, batch):
    points, labels = batch
    x = torch.as_tensor(np.array(points, np.float32).reshape(-1, 2))
    each = ranking.blocks(*ranking.check_batch(x, labels), 2.0, size=1)  # one anchor a block
    one_by_one = miners.pick(name, each, generator=torch.Generator().manual_seed(0))
    assert one_by_one == mine(name, points, labels)


def test_float64_gives_what_float32_gives(name):
    x = torch.randint(-3, 4, (12, 2), generator=torch.Generator().manual_seed(3))
    y = torch.arange(12) // 3
    found = [
        miners.mine(name, x.to(dtype), y, margin=2.0, generator=torch.Generator().manual_seed(0))
        for dtype in (torch.float32, torch.float64)
    ]
    assert found[0] == found[1]
    assert len(found[0])


@pytest.mark.parametrize(
    "labels", [[], [5], [1, 1, 1], [0, 1, 2]], ids=["none", "one", "one person", "K = 1"]
)
def test_without_a_valid_triplet_it_picks_none(name, labels):
    points = [(i, 0) for i in range(len(labels))]
    assert mine(name, points, labels) == Triplets.empty()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_all_embeddings_equal_are_ties_only(name, value):
    """No negative is further than a positive; without a band, the lowest indices are taken."""
    found = mine(name, [(value, 0.0)] * 4, [0, 0, 1, 1])
    expected = {
        "batch_hard": [(0, 1, 2), (1, 0, 2), (2, 3, 0), (3, 2, 0)],
        "batch_all": [
            *((a, 1 - a, n) for a, n in itertools.product((0, 1), (2, 3))),
            *((a, 5 - a, n) for a, n in itertools.product((2, 3), (0, 1))),
        ],
    }
    assert list(found) == expected.get(name, [])


def test_it_keeps_no_gradient_and_leaves_the_embeddings(name):
    x = torch.randn((8, 3), generator=torch.Generator().manual_seed(0)).requires_grad_()
    before = x.detach().clone()
    miners.mine(name, x, torch.arange(8) // 2, generator=torch.Generator())
    assert x.grad is None
    assert torch.equal(x, before)


BAD = [
    (torch.zeros(4), [0] * 4, r"\(B, D\)"),
    (torch.zeros((4, 0)), [0] * 4, r"\(B, D\)"),
    (torch.zeros((4, 2), dtype=torch.int64), [0] * 4, "float32"),
    (torch.zeros((4, 2), dtype=torch.float16), [0] * 4, r"embeddings\.float\(\)"),
    (torch.zeros((4, 2), dtype=torch.bfloat16), [0] * 4, r"embeddings\.float\(\)"),
    (torch.full((4, 2), torch.nan), [0] * 4, "diverged"),
    (torch.full((4, 2), torch.inf), [0] * 4, "diverged"),
    ("faces", [0] * 4, "faces"),
    (torch.zeros((4, 2)), [0] * 3, "each of 4"),
    (torch.zeros((4, 2)), [0.0] * 4, "labels"),
    (torch.zeros((4, 2)), [True] * 4, "labels"),
    (torch.zeros((4, 2)), None, "whole number"),
    (torch.zeros((4, 2)), torch.zeros(4), "whole number"),
    (torch.zeros((4, 2)), torch.zeros(4, dtype=torch.bool), "whole number"),
    (torch.zeros((4, 2)), [[0], [0, 1]], "labels"),
    (torch.zeros((4, 2)), ["Ann"] * 4, "labels"),
    (torch.zeros((4, 2)), np.array(["Ann"] * 4), "labels"),
    (np.full((4, 2), "a"), [0] * 4, "embeddings"),
    (np.zeros((4, 2), np.longdouble), [0] * 4, "embeddings"),
    (np.zeros((4, 2), np.int64), [0] * 4, "embeddings"),
]


@pytest.mark.parametrize(("embeddings", "labels", "message"), BAD)
def test_what_is_no_batch_is_refused(name, embeddings, labels, message):
    with pytest.raises(InputError, match=message):
        miners.mine(name, embeddings, labels, generator=torch.Generator())
