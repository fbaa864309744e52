"""FAISS behind the package's own search: the same answers, in the same form."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from facenet_lite.errors import InputError, MissingExtraError
from facenet_lite.evaluate import faiss_index, search

faiss = pytest.importorskip("faiss", reason="FAISS is an optional extra")


def people(count, each, *, dim=16, seed=0):
    rng = np.random.default_rng(seed)
    middles = np.repeat(rng.standard_normal((count, dim)), each, axis=0)
    return np.float32(middles + 0.2 * rng.standard_normal(middles.shape))


@pytest.mark.parametrize("seed", range(20))
def test_the_flat_index_finds_what_exact_search_finds(seed):
    gallery, queries = people(40, 3, seed=seed), people(9, 1, seed=seed + 100)
    exact, found = (search(gallery, queries, 5, engine=e) for e in ("exact", "faiss"))
    assert found.indices.tolist() == exact.indices.tolist()
    assert found.squared_distances.tolist() == exact.squared_distances.tolist()


def test_equal_distances_stand_in_the_order_of_the_gallery():
    found = search([[1.0, 0], [0, 1], [-1, 0], [0, -1]], [[0.0, 0]], 4, engine="faiss")
    assert found.indices.tolist() == [[0, 1, 2, 3]]


@pytest.mark.parametrize("index", ["ivf", "ivf_bytes"])
def test_lists_find_most_neighbours_and_all_of_them_when_all_lists_are_looked_into(index):
    gallery, queries = people(300, 4), people(300, 4)[::7] + np.float32(0.01)
    exact = search(gallery, queries, 2)
    some = search(gallery, queries, 2, engine="faiss", index=index, lists=64, probes=4)
    every = search(gallery, queries, 2, engine="faiss", index=index, lists=64, probes=64)
    right = [np.mean(found.indices[:, 0] == exact.indices[:, 0]) for found in (some, every)]
    assert 0.9 < right[0] <= right[1] <= 1
    if index == "ivf":
        assert every.indices.tolist() == exact.indices.tolist()


def test_a_list_with_too_few_is_no_reason_to_name_nobody():
    gallery = np.float32([[0.0], [10], [20], [30]])
    found = search(gallery, [[1.0]], 4, engine="faiss", index="ivf", lists=4, probes=1)
    assert found.indices.tolist() == [[0, 1, 2, 3]]


def test_a_byte_a_number_takes_a_quarter_and_little_more():
    gallery = people(200, 4, dim=128)
    sizes = {kind: faiss_index.build(gallery, kind, lists=8).bytes for kind in ("flat", "ivf")}
    small = faiss_index.build(gallery, "ivf_bytes", lists=8)
    assert sizes["flat"] == pytest.approx(800 * 512, rel=0.01)
    # Both hold eight centres, and eight bytes for each vector's row.
    assert sizes["ivf"] - small.bytes == pytest.approx(800 * 384, rel=0.01)
    assert (small.size, small.lists) == (800, 8)


def test_the_same_seed_builds_the_same_lists():
    gallery, queries = people(200, 4), people(30, 1, seed=1)
    answers = [
        faiss_index.build(gallery, "ivf", lists=32, seed=seed).search(queries, 3, probes=1)
        for seed in (5, 5, 6)
    ]
    assert answers[0].indices.tolist() == answers[1].indices.tolist()
    assert answers[0].indices.tolist() != answers[2].indices.tolist()


def test_faiss_is_given_its_threads_back():
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        search(people(20, 1), people(5, 1), engine="faiss", threads=2)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)


def test_beside_torch_both_still_work():
    """Each brings an OpenMP of its own."""
    torch = pytest.importorskip("torch", reason="PyTorch is an optional extra")

    x = torch.from_numpy(people(50, 2))
    found = search(x.numpy(), x.numpy()[:5], engine="faiss")
    assert found.indices[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert torch.cdist(x[:5], x).argmin(dim=1).tolist() == [0, 1, 2, 3, 4]


def test_without_faiss_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtraError, match=r'pip install "facenet_lite\[search\]"'):
        search([[0.0]], [[0.0]], engine="faiss")
    with pytest.raises(ImportError, match="engine='exact'"):
        faiss_index.build([[0.0]])
    assert search([[0.0]], [[0.0]]).k == 1


def test_importing_the_package_does_not_import_faiss():
    import subprocess

    code = "import sys, facenet_lite.evaluate.faiss_index; assert 'faiss' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: search([[0.0]], [[0.0]], engine="faiss", index="hnsw"), "index: expected one of"),
        (lambda: search([[0.0]], [[0.0]], engine="faiss", index="ivf", lists=2), "lists"),
        (lambda: search([[0.0]], [[0.0]], engine="faiss", threads=0), "threads"),
        (lambda: search([[0.0]], [[0.0]], engine="faiss", index="ivf", probes=0), "probes"),
        (lambda: faiss_index.build(np.zeros((0, 2))), "gallery: expected at least one"),
        (lambda: faiss_index.build([[np.nan]]), "gallery.*NaN"),
        (lambda: faiss_index.build([[0.0, 1]]).search([[0.0]]), "queries"),
        (lambda: faiss_index.build([[0.0, 1]]).search([[0.0, 1]], 2), "k: expected"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
