"""Very many faces, worked out from one machine's figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.book.experiments.identification.capacity import Measured, growth, project
from facenet_lite.errors import InputError

ONE = Measured(vectors=1_000_000, bytes_per_vector=512, seconds_per_query=0.01)


def test_a_thousand_million_faces_by_hand():
    """A thousand times as many: 512 GB and 10 s; in 0.1 s a shard sees 10 million."""
    found = project(ONE, 10**9, latency=0.1)
    assert found.bytes == 512 * 10**9
    assert found.seconds_per_query == pytest.approx(10)
    assert (found.shards, found.faces_per_shard) == (100, 10**7)
    assert found.latency == pytest.approx(0.1)
    assert found.bytes_per_shard == 512 * 10**7


def test_memory_may_ask_for_more_shards_than_time():
    found = project(ONE, 10**9, latency=0.1, shard_bytes=1e9)
    assert found.shards == 512
    assert found.bytes_per_shard <= 1e9
    assert found.latency < 0.1


def test_with_the_root_of_the_size_larger_shards_are_cheaper():
    """Four times the faces in twice the time."""
    found = project(ONE, 4_000_000, latency=0.02, exponent=0.5)
    assert (found.shards, found.seconds_per_query) == (1, pytest.approx(0.02))
    halves = project(ONE, 4_000_000, latency=0.02, exponent=0.5, shard_bytes=512 * 2e6)
    assert halves.seconds_per_query == pytest.approx(2 * 0.01 * math.sqrt(2))


@given(
    st.integers(1, 10**10),
    st.floats(1e-3, 10),
    st.floats(0.3, 1.5),
    st.floats(1e6, 1e12),
)
def test_every_shard_keeps_to_the_latency_and_to_the_memory(faces, latency, exponent, most):
    found = project(ONE, faces, latency=latency, exponent=exponent, shard_bytes=most)
    assert found.shards * found.faces_per_shard >= faces
    # A share is rounded up to a whole face.
    assert found.latency <= latency * (1 + 2 / found.faces_per_shard) + 1e-9
    assert found.bytes_per_shard <= most + 513
    if found.shards > 1:
        fewer = math.ceil(faces / (found.shards - 1))
        slower = 0.01 * (fewer / 1e6) ** exponent
        assert slower > latency * (1 - 1e-9) or fewer * 512 > most * (1 - 1e-9)


def test_growth_by_hand():
    small = Measured(100_000, 512, 0.001)
    assert growth(small, ONE) == pytest.approx(1)
    assert growth(small, Measured(10_000_000, 512, 0.01)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: growth(ONE, ONE), "large: expected more than 1,000,000"),
        (lambda: project(ONE, 0, latency=1), "faces"),
        (lambda: project(ONE, 10, latency=0), "latency"),
        (lambda: project(ONE, 10, latency=1e-12), "room for one face"),
        (lambda: project(ONE, 10, latency=1, shard_bytes=100), "room for one face"),
        (lambda: project(ONE, 10, latency=1, exponent=0), "exponent"),
        (lambda: Measured(0, 1, 1), "vectors"),
        (lambda: Measured(1, 0, 1), "bytes_per_vector"),
        (lambda: Measured(1, 1, 0), "seconds_per_query"),
        (lambda: Measured(1, 1, 1, 1.5), "recall"),
    ],
)
def test_malformed_inputs_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
