"""The nearest of a gallery: as plain loops find them, ties in order, and nothing large held."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.evaluate import Neighbours, merge_shards, search
from facenet_lite.evaluate.exact_search import pairs_within


def slow_search(gallery, queries, k):
    """Rows of (squared distance, index), by sorting all of them."""
    found = []
    for query in queries:
        row = []
        for index, vector in enumerate(gallery):
            total = 0.0
            for a, b in zip(vector.tolist(), query.tolist(), strict=True):
                total += (a - b) ** 2
            row.append((np.float32(total), index))
        found.append(sorted(row)[:k])
    return found


def any_blocks(rng):
    return int(rng.integers(1, 9)), int(rng.integers(1, 17))


def as_rows(found):
    both = zip(found.squared_distances, found.indices.tolist(), strict=True)
    return [list(zip(distances, indices, strict=True)) for distances, indices in both]


def test_a_case_by_hand():
    found = search([[0.0], [3], [1], [7]], [[2.0], [6]], k=3)
    assert found.indices.tolist() == [[1, 2, 0], [3, 1, 2]]
    assert found.squared_distances.tolist() == [[1, 1, 4], [1, 9, 25]]
    assert found.indices.dtype == np.int64
    assert found.squared_distances.dtype == np.float32


def test_equal_distances_stand_in_the_order_of_the_gallery():
    found = search([[1.0, 0], [0, 1], [-1, 0], [0, -1]], [[0.0, 0]], k=4)
    assert found.indices.tolist() == [[0, 1, 2, 3]]
    assert search([[5.0], [2], [2], [2]], [[2.0]], k=2).indices.tolist() == [[1, 2]]


@pytest.mark.parametrize("seed", range(300))
def test_it_finds_what_sorting_all_finds(seed):
    """Whole numbers with many ties, and others; blocks of any size, so that edges fall anywhere."""
    rng = np.random.default_rng(seed)
    blocks = any_blocks(rng)
    size, asked, dim = rng.integers(1, 40), rng.integers(0, 7), rng.integers(1, 6)
    k = int(rng.integers(1, size + 1))
    scale = 10.0 ** rng.integers(-6, 7)
    if seed % 2:
        gallery = rng.integers(-2, 3, (size, dim))
        queries = rng.integers(-2, 3, (asked, dim))
    else:
        gallery, queries = rng.standard_normal((size, dim)), rng.standard_normal((asked, dim))
        gallery[rng.integers(0, size)] = gallery[0]
        queries[: asked // 2] = gallery[rng.integers(0, size, asked // 2)]
    gallery, queries = (np.float32(x * scale) for x in (gallery, queries))
    assert as_rows(search(gallery, queries, k, blocks=blocks)) == slow_search(gallery, queries, k)


@pytest.mark.parametrize("block", [16, 8192])
def test_vectors_that_differ_in_the_last_place_are_told_apart(block):
    """Far from the origin an approximate product is off by more than the distances."""
    rng = np.random.default_rng(0)
    middle = rng.uniform(50, 100, 128)
    gallery = np.float32(middle + 1e-4 * rng.standard_normal((200, 128)))
    queries = gallery[::20]
    expected = np.square(gallery[None].astype(float) - queries[:, None]).sum(2).astype(np.float32)
    found = search(gallery, queries, 5, blocks=(256, block))
    assert found.indices.tolist() == np.argsort(expected, axis=1, kind="stable")[:, :5].tolist()
    assert (found.squared_distances[:, 0] == 0).all()


@given(st.integers(0, 10_000))
def test_the_order_of_the_gallery_does_not_matter_without_ties(seed):
    rng = np.random.default_rng(seed)
    gallery, queries = rng.standard_normal((30, 3)), rng.standard_normal((4, 3))
    order = rng.permutation(30)
    found, moved = search(gallery, queries, 6), search(gallery[order], queries, 6)
    assert (order[moved.indices] == found.indices).all()
    assert (moved.squared_distances == found.squared_distances).all()


def test_shifting_and_turning_everything_changes_no_neighbour():
    rng = np.random.default_rng(1)
    gallery, queries = rng.standard_normal((60, 4)), rng.standard_normal((9, 4))
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    moved = search(gallery @ turn + 3, queries @ turn + 3, 5)
    assert (moved.indices == search(gallery, queries, 5).indices).all()


def test_no_query_has_no_neighbour():
    found = search(np.zeros((3, 2)), np.zeros((0, 2)), 2)
    assert found.indices.shape == (0, 2)
    assert len(found) == 0
    assert found.k == 2


def test_a_table_of_all_distances_is_never_held():
    """6,000 x 40,000 distances would be 960 MB; what is held beside the vectors is 60 MB."""
    gallery, queries = np.zeros((40_000, 2), np.float32), np.zeros((6_000, 2), np.float32)
    gallery[:, 0] = np.arange(40_000)
    queries[:, 0] = np.arange(6_000) * 6
    tracemalloc.start()
    found = search(gallery, queries, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6
    assert (found.indices[:, 0] == np.arange(6_000) * 6).all()


def test_where_all_are_equal_the_first_are_found_and_memory_stays_bounded():
    gallery = np.full((20_000, 16), 0.1, np.float32)
    tracemalloc.start()
    found = search(gallery, gallery[:64], 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.indices.tolist() == [[0, 1, 2]] * 64
    assert peak < 150e6


def test_progress_is_shown_when_asked_for(capsys):
    search([[0.0]], [[1.0]], progress=True)
    assert "block" in capsys.readouterr().err
    search([[0.0]], [[1.0]])
    assert capsys.readouterr().err == ""


# All pairs within a threshold.


@pytest.mark.parametrize("seed", range(60))
def test_the_pairs_within_are_those_of_the_full_table(seed):
    rng = np.random.default_rng(seed)
    blocks = any_blocks(rng)
    gallery = np.float32(rng.integers(-3, 4, (30, 2)) * 0.1)
    queries = np.float32(rng.integers(-3, 4, (20, 2)) * 0.1)
    table = np.square(gallery[None].astype(float) - queries[:, None]).sum(2).astype(np.float32)
    threshold = float(rng.choice(table.ravel()))  # one that occurs: pairs at it are within
    found = {(int(q), int(g)) for part in pairs_within(gallery, queries, threshold, blocks=blocks)
             for q, g in zip(*part, strict=True)}  # fmt: skip
    assert found == set(zip(*(x.tolist() for x in np.nonzero(table <= threshold)), strict=True))


def test_a_pair_at_the_threshold_is_within_and_one_just_above_is_not():
    def count(threshold):
        return sum(len(rows) for rows, _ in pairs_within([[0.0], [3.0]], [[1.0]], threshold))

    assert count(4.0) == 2
    assert count(np.nextafter(4.0, 0)) == 1
    assert count(0.0) == 0


# Shards.


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 4))
def test_merged_shards_are_the_whole_gallery(seed, shards, k):
    rng = np.random.default_rng(seed)
    gallery, queries = rng.integers(-2, 3, (20, 2)), rng.integers(-2, 3, (6, 2))
    cuts = np.array_split(np.arange(20), shards)
    parts = [search(gallery[cut], queries, min(k, len(cut))) for cut in cuts]
    whole = search(gallery, queries, k)
    merged = merge_shards(parts, [int(cut[0]) for cut in cuts])
    assert merged.indices.tolist() == whole.indices.tolist()
    assert merged.squared_distances.tolist() == whole.squared_distances.tolist()


def test_shards_by_hand():
    one, two = search([[0.0], [9]], [[1.0]], 2), search([[2.0], [1]], [[1.0]], 1)
    merged = merge_shards([one, two], [0, 2])
    assert merged.indices.tolist() == [[3, 0]]
    assert merged.squared_distances.tolist() == [[0, 1]]


NOTHING = search([[0.0]], [[1.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: search([[np.nan, 0]], [[0.0, 0]]), "gallery.*NaN"),
        (lambda: search([[0.0, 0]], [[np.nan, 0]]), "queries.*NaN"),
        (lambda: search(np.zeros((0, 2)), [[0.0, 0]]), "gallery: expected at least one"),
        (lambda: search(np.zeros((2, 0)), np.zeros((1, 0))), "gallery: expected at least one"),
        (lambda: search([[0.0, 0]], [[0.0]]), r"queries: .*\(any x 2\)"),
        (lambda: search([0.0, 0], [[0.0]]), "gallery: expected a float32"),
        (lambda: search([[0.0]], [[0.0]], 2), "k: expected .* at most 1, got 2"),
        (lambda: search([[0.0]], [[0.0]], 0), "k: expected"),
        (lambda: search([[0.0]], [[0.0]], engine="milvus"), "engine: expected one of 'exact'"),
        (lambda: search([[1e20]], [[0.0]]), "gallery: expected vectors no longer"),
        (lambda: search([[0.0]], [[0.0]], progress=1), "progress"),
        (lambda: search([[0.0]], [[0.0]], blocks=(0, 1)), "blocks"),
        (lambda: pairs_within([[0.0]], [[0.0]], 1, blocks=(1, 0.5)), "blocks"),
        (lambda: list(pairs_within([[0.0]], [[0.0]], -1)), "threshold"),
        (lambda: list(pairs_within([[0.0]], [[0.0]], np.nan)), "threshold"),
        (lambda: merge_shards([], []), "parts: expected one or more"),
        (lambda: merge_shards([NOTHING], [0, 1]), "2 offsets"),
        (lambda: merge_shards([NOTHING], [-1]), "offsets"),
        (lambda: Neighbours([[0, 1]], [[2.0, 1.0]]), "ascending"),
        (lambda: Neighbours([[-1]], [[0.0]]), "indices"),
        (lambda: Neighbours([[0]], [[0.0, 1.0]]), "squared_distances"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
