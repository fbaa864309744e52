"""Estimate the cost of searching very many faces from measurements on one machine."""

from __future__ import annotations

import math
from dataclasses import dataclass

from facenet_lite._checks import check_number
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class Measured:
    """One index, measured on one thread. ``vectors``: how many it held; ``bytes_per_vector``;
    ``seconds_per_query``; ``recall``: the share of queries whose nearest vector it finds."""

    vectors: int
    bytes_per_vector: float
    seconds_per_query: float
    recall: float = 1.0

    def __post_init__(self) -> None:
        check_number(self.vectors, "vectors", low=1, integer=True)
        check_number(self.bytes_per_vector, "bytes_per_vector", low=0, low_included=False)
        check_number(self.seconds_per_query, "seconds_per_query", low=0, low_included=False)
        check_number(self.recall, "recall", low=0, high=1)


@dataclass(frozen=True)
class Projection:
    """A search through ``faces``. ``bytes``: of all indices together; ``seconds_per_query``: on one
    thread, one shard after the other; ``shards``: how many parts, with a thread each, meet both
    the latency and the memory limit; ``faces_per_shard``; ``bytes_per_shard``; ``latency``: the
    seconds a query waits when all shards search at once, without the network and the merging."""

    faces: int
    bytes: int
    seconds_per_query: float
    shards: int
    faces_per_shard: int
    bytes_per_shard: int
    latency: float


def growth(small: Measured, large: Measured) -> float:
    """The exponent of time over size between two measurements: 1 is linear, 0.5 the square root.

    Raises InputError unless the second holds more vectors.
    """
    if large.vectors <= small.vectors:
        raise InputError(
            f"large: expected more than {small.vectors:,} vectors, got {large.vectors:,}"
        )
    slower = large.seconds_per_query / small.seconds_per_query
    return math.log(slower) / math.log(large.vectors / small.vectors)


def project(
    measured: Measured,
    faces: int,
    *,
    latency: float,
    exponent: float = 1.0,
    shard_bytes: float = math.inf,
) -> Projection:
    """Estimate a search of ``faces``, if a query's time grows as size to the power ``exponent``.

    ``latency``: seconds that one query may take; ``shard_bytes``: memory that a shard may use. A
    shard of n faces is assumed to need ``seconds_per_query * (n / vectors) ** exponent``, and
    bytes proportional to n; neither has been measured beyond ``vectors``, and an exponent below 1
    assumes that recall does not drop. Raises InputError for numbers that are not above 0, or a
    latency too short even for one face.
    """
    check_number(faces, "faces", low=1, integer=True)
    check_number(latency, "latency", low=0, low_included=False)
    check_number(exponent, "exponent", low=0, low_included=False)
    check_number(shard_bytes, "shard_bytes", low=0, low_included=False, infinite=True)

    def seconds(count: float) -> float:
        return float(measured.seconds_per_query * (count / measured.vectors) ** exponent)

    quick = measured.vectors * (latency / measured.seconds_per_query) ** (1 / exponent)
    fitting = min(quick, shard_bytes / measured.bytes_per_vector)
    if fitting < 1:
        raise InputError(
            f"latency, shard_bytes: expected room for one face, got {latency:g} s and "
            f"{shard_bytes:g} bytes; allow more"
        )
    shards = math.ceil(faces / fitting * (1 - 1e-12))
    share = math.ceil(faces / shards)
    return Projection(
        faces,
        math.ceil(faces * measured.bytes_per_vector),
        seconds(share) * shards,
        shards,
        share,
        math.ceil(share * measured.bytes_per_vector),
        seconds(share),
    )
