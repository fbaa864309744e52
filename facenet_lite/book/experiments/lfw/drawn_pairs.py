"""Pairs of drawn faces, few or many, to be evaluated in the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number
from facenet_lite.data import nobody
from facenet_lite.data.nobody.embedding import embed
from facenet_lite.distances import pairwise_squared_distances, squared_distances
from facenet_lite.models import Embedder
from facenet_lite.types import Image


@dataclass(frozen=True, eq=False)
class DrawnPairs:
    """``pictures``: the two of each of P pairs, in turn, RGB uint8 (96, 96, 3); ``squared`` float32
    (P,): their distances; ``is_same`` bool (P,)."""

    pictures: tuple[Image, ...]
    squared: NDArray[np.float32]
    is_same: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AllPairs:
    """Every pair of N pictures: ``squared`` float32 (P,); ``is_same`` bool (P,); ``first`` and
    ``second`` int64 (P,): who is in each."""

    squared: NDArray[np.float32]
    is_same: NDArray[np.bool_]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def few_pairs(
    people: int, network: Embedder, *, rng: np.random.Generator, spread: float = 1.2
) -> DrawnPairs:
    """One same pair for each of ``people`` drawn people, and as many pairs of neighbours.

    ``spread``: how much a person's pictures vary, in units of LFW's variation. Raises InputError
    for fewer than 2 people.
    """
    check_number(people, "people", low=2, integer=True)
    pictures, vectors = _drawn(people, 2, network, rng, spread)
    one, two = np.arange(0, 2 * people, 2), np.arange(1, 2 * people, 2)
    first, second = np.concatenate([one, one]), np.concatenate([two, np.roll(two, -1)])
    return DrawnPairs(
        tuple(pictures[i] for pair in zip(first, second, strict=True) for i in pair),
        squared_distances(vectors[first], vectors[second]),
        np.arange(2 * people) < people,
    )


def all_pairs(
    people: int, each: int, network: Embedder, *, rng: np.random.Generator, spread: float = 1.2
) -> AllPairs:
    """Every pair of ``each`` pictures of ``people`` drawn people; arguments as in ``few_pairs``."""
    check_number(people, "people", low=2, integer=True)
    check_number(each, "each", low=2, integer=True)
    _, vectors = _drawn(people, each, network, rng, spread)
    who = np.repeat(np.arange(people), each)
    a, b = np.triu_indices(len(who), 1)
    squared = pairwise_squared_distances(vectors)[a, b]
    return AllPairs(squared, who[a] == who[b], who[a], who[b])


def _drawn(
    people: int, each: int, network: Embedder, rng: np.random.Generator, spread: float
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    model = nobody.load()
    varied = dict.fromkeys(nobody.PARTS, spread)
    drawn = model.sample_pictures(
        model.sample_identities(people, rng=rng), each, rng=rng, scale=varied
    )
    pictures, _ = drawn.flat
    return pictures, embed(pictures, drawn.flat_landmarks, network)
