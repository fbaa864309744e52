"""The rules against plain loops, and what each does at its edges."""

import numpy as np
import pytest
import reference
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from facenet_lite import miners, ranking
from facenet_lite.errors import InputError

GRID = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 3)), min_size=2, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(rows=GRID, margin=st.integers(0, 6))
def test_every_rule_agrees_with_the_plain_loops(rows, margin):
    points, labels = [row[:2] for row in rows], [row[2] for row in rows]
    x, y = torch.tensor(points, dtype=torch.float32), torch.tensor(labels)
    for name in ("semi_hard", "all_semi_hard", "easy_positive_semi_hard"):
        expected = getattr(reference, name)(points, labels, margin)
        assert list(miners.mine(name, x, y, margin=margin)) == expected
    assert list(miners.batch_all(x, y)) == reference.batch_all(points, labels)
    assert list(miners.batch_hard(x, y)) == reference.batch_hard(points, labels)
    found = miners.census(x, y, margin)
    assert (found.easy, found.semi_hard, found.hard) == reference.census(points, labels, margin)


def test_real_numbers_agree_with_the_plain_loops():
    x = torch.randn((40, 6), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    y = torch.arange(40) % 8
    expected = reference.semi_hard(x.tolist(), y.tolist(), 2.0)
    assert list(miners.semi_hard(x, y, 2.0)) == expected
    assert len(expected) > 50


def test_scaling_by_two_and_the_margin_by_four_picks_the_same():
    x = torch.randn((30, 4), generator=torch.Generator().manual_seed(1))
    y = torch.arange(30) // 5
    assert miners.semi_hard(x, y, 0.5) == miners.semi_hard(2 * x, y, 2.0)


def test_duplicates_are_equally_far_from_everything_to_the_last_bit():
    x = torch.randn((60, 128), generator=torch.Generator().manual_seed(2))
    x = torch.nn.functional.normalize(torch.cat([x, x]))
    y = torch.arange(120) % 5
    found = miners.batch_hard(x, y)
    # Every picture is there twice, 60 apart: of equal ones the lower index, so never the second.
    # (60 is a multiple of 5: a picture and its double are of one person.)
    assert found.negative.max() < 60
    twice = found.anchor >= 60
    assert np.array_equal(found.negative[twice], found.negative[~twice])


def test_near_duplicates_keep_the_digits_of_their_distance():
    x = torch.ones((2, 128))
    x[1, 0] += 1e-3
    exact = float((x[1, 0].double() - 1) ** 2)
    (block,) = ranking.blocks(x, torch.tensor([0, 1]), 0.2)
    assert block.distances[0, 1] == pytest.approx(exact, rel=1e-6)


def test_of_equally_near_positives_the_lower_index_is_taken():
    x = torch.tensor([[0.0], [1.0], [-1.0], [1.5]])
    found = miners.easy_positive_semi_hard(x, torch.tensor([0, 0, 0, 1]), 2.0)
    assert (0, 1, 3) in list(found)
    assert (0, 2, 3) not in list(found)


def test_a_list_longer_than_memory_is_refused_with_the_way_round():
    x, y = torch.zeros((12, 1)), torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6])
    with pytest.raises(InputError, match="batch_all_triplet_loss"):
        miners.batch_all(x, y, most=127)
    assert len(miners.batch_all(x, y, most=128)) == 128
    line = torch.arange(12.0)[:, None]
    with pytest.raises(InputError, match="at most 1 "):
        miners.all_semi_hard(line, y, 50.0, most=1)


def test_an_unknown_rule_lists_the_known_ones():
    with pytest.raises(InputError, match="semi_hard"):
        miners.mine("semihard", torch.zeros((2, 1)), torch.zeros(2, dtype=torch.int64))


def test_the_random_rule_wants_its_generator():
    with pytest.raises(InputError, match=r"torch\.Generator"):
        miners.mine("random_semi_hard", torch.zeros((2, 1)), torch.zeros(2, dtype=torch.int64))


@pytest.mark.parametrize("margin", [-0.1, np.nan, "wide", None, np.inf])
def test_a_margin_is_a_number_of_at_least_zero(margin):
    with pytest.raises(InputError, match="margin"):
        miners.semi_hard(torch.zeros((2, 1)), torch.zeros(2, dtype=torch.int64), margin)


@pytest.mark.parametrize("anchors", [[4], [-1], [0.5], [[0]], "all"])
def test_anchors_beyond_the_data_set_are_refused(anchors):
    with pytest.raises(InputError, match="anchors"):
        miners.offline(np.zeros((4, 1), np.float32), [0, 0, 1, 1], anchors=anchors)


def test_a_read_only_array_is_accepted():
    x = np.array([[0.0], [1.0], [1.1]], np.float32)
    x.flags.writeable = False
    assert list(miners.offline(x, np.array([0, 0, 1], np.uint8), margin=1.0)) == [(0, 1, 2)]


def test_anchors_may_be_a_tensor_or_none_at_all():
    x, y = np.array([[0.0], [1.0], [1.1]], np.float32), [0, 0, 1]
    assert list(miners.offline(x, y, margin=1.0, anchors=torch.tensor([0]))) == [(0, 1, 2)]
    assert len(miners.offline(x, y, anchors=[])) == 0


def test_offline_mining_shows_its_progress(capsys):
    x, y = np.arange(6, dtype=np.float32)[:, None], [0, 0, 1, 1, 2, 2]
    miners.offline(x, y, progress=True)
    assert "6/6" in capsys.readouterr().err
    miners.offline(x, y)
    assert capsys.readouterr().err == ""
