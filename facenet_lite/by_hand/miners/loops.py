"""The mining rules as they are defined: plain loops that look at every triplet.

They are for small batches: P people with K pictures each make P K (K - 1) (P - 1) K triplets.
``miners`` has the same rules without the third loop; a test compares them. ``points`` are always
numbers (B, D), and ``people`` says who is on each of the B pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array
from facenet_lite.miners.kinds import Census
from facenet_lite.ranking import MARGIN

Rows: TypeAlias = list[tuple[int, int, int]]
"""A list of triplets: anchor, positive, negative."""


def kind(
    to_positive: float, to_negative: float, margin: float = MARGIN
) -> Literal["hard", "semi-hard", "easy"]:
    """The kind of a negative at one squared distance, for a positive at another."""
    if to_negative <= to_positive:
        return "hard"
    return "semi-hard" if to_negative < to_positive + margin else "easy"


def batch_all(people: Sequence[int]) -> Rows:
    """Every valid triplet: two pictures of one person, and one of another."""
    return [(a, p, n) for a, p in pairs(people) for n in strangers(people, a)]


def census(points: ArrayLike, people: Sequence[int], margin: float = MARGIN) -> Census:
    """How many of all valid triplets are easy, semi-hard and hard."""
    d = distances(points, people)
    count = {"easy": 0, "semi-hard": 0, "hard": 0}
    for a, p, n in batch_all(people):
        count[kind(d[a][p], d[a][n], margin)] += 1
    return Census(count["easy"], count["semi-hard"], count["hard"])


def batch_hard(points: ArrayLike, people: Sequence[int]) -> Rows:
    """Each anchor with its farthest positive and its nearest negative, where it has both."""
    d = distances(points, people)
    found = []
    for a in range(len(people)):
        friends, others = positives(people, a), strangers(people, a)
        if friends and others:
            farthest = max(friends, key=lambda p: d[a][p])
            nearest = min(others, key=lambda n: d[a][n])
            found.append((a, farthest, nearest))
    return found


def semi_hard(points: ArrayLike, people: Sequence[int], margin: float = MARGIN) -> Rows:
    """FaceNet's rule: every pair with the nearest negative of its band, if there is one."""
    d = distances(points, people)
    found = []
    for a, p in pairs(people):
        best = None
        for n in strangers(people, a):
            inside = d[a][p] < d[a][n] < d[a][p] + margin
            if inside and (best is None or d[a][n] < d[a][best]):
                best = n
        if best is not None:
            found.append((a, p, best))
    return found


def random_semi_hard(
    points: ArrayLike, people: Sequence[int], margin: float = MARGIN, *, rng: np.random.Generator
) -> Rows:
    """Every pair with any negative of its band, all equally likely."""
    d = distances(points, people)
    found = []
    for a, p in pairs(people):
        band = [n for n in strangers(people, a) if kind(d[a][p], d[a][n], margin) == "semi-hard"]
        if band:
            found.append((a, p, int(rng.choice(band))))
    return found


def easy_positive_semi_hard(
    points: ArrayLike, people: Sequence[int], margin: float = MARGIN
) -> Rows:
    """Those triplets of ``semi_hard`` that have their anchor's nearest positive."""
    d = distances(points, people)
    found = []
    for a, p, n in semi_hard(points, people, margin):
        if p == min(positives(people, a), key=lambda friend: d[a][friend]):
            found.append((a, p, n))
    return found


def pairs(people: Sequence[int]) -> list[tuple[int, int]]:
    """Every anchor with each of its positives."""
    return [(a, p) for a in range(len(people)) for p in positives(people, a)]


def positives(people: Sequence[int], anchor: int) -> list[int]:
    """The other pictures of the anchor's person."""
    return [i for i, who in enumerate(people) if who == people[anchor] and i != anchor]


def strangers(people: Sequence[int], anchor: int) -> list[int]:
    """The pictures of other people."""
    return [i for i, who in enumerate(people) if who != people[anchor]]


def distances(points: ArrayLike, people: Sequence[int]) -> list[list[float]]:
    """Squared distances of B points (B, D): B lists of B. Raises InputError for NaN, and for more
    or fewer than B people."""
    x = check_array(points, "points", shape=(len(people), None), dtype=np.float64).tolist()
    return [[sum((s - t) ** 2 for s, t in zip(u, v, strict=True)) for v in x] for u in x]
