"""Exercises of the chapter on identification: alarms, open set, ranks, bug, bridge, shards."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.exercises import Array, Case, Function, Number, exercise, judging
from facenet_lite.book.exercises.feedback import Feedback, not_yet, passed
from facenet_lite.book.exercises.reading import number
from facenet_lite.book.experiments.identification.capacity import Measured, project
from facenet_lite.book.experiments.identification.gallery_size import independent_false_accepts
from facenet_lite.distances import pairwise_squared_distances

PASSERS_BY: Final = 20_000
"""In the exercise on alarms, a camera sees this many faces a day; none of them is on the list."""
WATCH_LIST: Final = 500
"""The number of people on the watch list."""
FAR: Final = 1e-5
"""The camera's false accept rate, per comparison."""

NEAREST: Final = (0.12, 0.31, 0.08, 0.27, 0.19, 0.22, 0.40, 0.16, 0.29, 0.35)
"""The distance of each of ten probes to the nearest picture in a gallery."""
NAMED: Final = ("Ada", "Bea", "Cem", "Dan", "Ada", "Eva", "Bea", "Cem", "Dan", "Eva")
"""The person in that nearest picture."""
TRULY: Final = ("Ada", "Bea", "Cem", "Dan", "Eva", "Eva", "Uma", "Vic", "Wes", "Xia")
"""The person in each probe; Uma, Vic, Wes and Xia are not in the gallery."""
THRESHOLD: Final = 0.26

_RNG = np.random.default_rng(17)
GALLERY: Final = _RNG.integers(0, 60, (9, 2)).astype(np.float32)
"""Nine people's embeddings, in the exercise on ranks."""
PROBES: Final = (GALLERY + _RNG.integers(-14, 15, (9, 2))).astype(np.float32)
"""Another embedding of each of them, in the same order."""

CROWD: Final = np.array(
    [[0, 0], [3, 4], [1, 1], [4, 3], [0, 1], [3, 3], [2, 2], [4, 4], [1, 0]], np.float32
)
"""Embeddings of two people and of one blurred picture, for the exercise on chains."""
LINK: Final = 2.0
"""The clustering threshold in that exercise."""

MEASURED: Final = Measured(vectors=1_000_000, bytes_per_vector=512, seconds_per_query=0.04)
"""One thread's search, in the exercise on shards."""
FACES: Final = 200_000_000
LATENCY: Final = 0.5
MEMORY: Final = 8e9
"""The limits for one shard: seconds a query, and bytes."""


@exercise
def check_alarms() -> Number:
    """How many of ``PASSERS_BY`` a day are expected to match one of ``WATCH_LIST`` at ``FAR``."""
    right = PASSERS_BY * independent_false_accepts(FAR, WATCH_LIST)
    comparisons = PASSERS_BY * WATCH_LIST
    return Number(
        answer=right,
        wants="one number: people a day",
        right=f"About {right:.0f} innocent people a day, from a rate of one in a hundred thousand.",
        wrong={
            "That is one comparison each. How many times is each face compared?": PASSERS_BY * FAR,
            "That is the chance for one passer-by. How many pass?": FAR * WATCH_LIST,
            "In per cent, that is one passer-by's chance. How many pass?": WATCH_LIST * FAR * 100,
            "That is the number of comparisons. Which share of them accept?": comparisons,
            "Those are the people who match nobody.": PASSERS_BY - right,
        },
        otherwise="Not that. First the chance of one passer-by against the whole list.",
        within=0.6,
        roughly=2e-3,
    )


@exercise
def check_open_set() -> Array:
    """The identification rate and the false alarm rate of the ten probes at ``THRESHOLD``."""
    near = np.array(NEAREST) <= THRESHOLD
    known = np.isin(TRULY, NAMED)
    right = np.array(NAMED) == np.array(TRULY)
    identified = np.sum(near & right) / known.sum()
    alarmed = np.sum(near & ~known) / np.sum(~known)
    of_all_ten = (np.mean(near & right), np.mean(near & ~known))
    at_rank_1 = (np.sum(right) / known.sum(), 1.0)
    return Array(
        answer=np.array([identified, alarmed]),
        wants="two shares: of the known identified, of the strangers alarmed",
        right="Half of the known are named rightly, and a quarter of the strangers, too.",
        wrong={
            "The two are exchanged: first the known, then the strangers.": (alarmed, identified),
            "Ada is named where Eva is: near, but the wrong person. That is no identification.": (
                *(np.sum(near & known) / known.sum(), alarmed),
            ),
            "Each share has its own whole: six probes are known, four are strangers.": of_all_ten,
            "That is rank 1, without a threshold. Whom does D <= 0.26 let through?": at_rank_1,
        },
        otherwise="Not these. Go through the ten: known or not, near enough or not, right or not.",
        within=0.006,
    )


@exercise
def check_ranks() -> Array:
    """The rank, from 1, at which each of ``PROBES`` finds its own person in ``GALLERY``: (9,)."""
    apart = pairwise_squared_distances(PROBES, GALLERY)
    own, order = apart.diagonal()[:, None], apart.argsort(axis=1, kind="stable")
    right = (apart < own).sum(axis=1) + 1
    inverse = (apart < apart.diagonal()[None]).sum(axis=0) + 1
    return Array(
        answer=right,
        wants="nine places, one for each probe",
        right=f"{np.sum(right == 1)} of nine at rank 1, {np.sum(right <= 2)} within rank 2: the "
        "first two points of the CMC curve.",
        wrong={
            "Counted from 0. The nearest is rank 1.": right - 1,
            "These are the nearest people, and not the place of the right one.": order[:, 0],
            "argsort says who is at each place; "
            "its own argsort says at which place each one is.": order.diagonal() + 1,
            "The farthest comes first: sort the distances upwards.": (apart > own).sum(axis=1) + 1,
            "The other way round: for each of the gallery, the place of the right probe.": inverse,
        },
        otherwise="Not these. For each probe: how many of the gallery are nearer than its own?",
    )


def identified(
    gallery: NDArray[np.floating], probe: NDArray[np.floating], threshold: float
) -> int | None:
    """The widely copied loop of the exercise on finding bugs: it has two."""
    matches = [bool(np.linalg.norm(known - probe) <= threshold) for known in gallery]
    return matches.index(True) if True in matches else None


@exercise
def check_mended() -> Function:
    """``identified`` corrected: the nearest within the squared threshold, or None."""
    rng = np.random.default_rng(170)
    cases = [
        (np.array([[0.5, 0.0], [0.2, 0.0]]), np.zeros(2), 0.6),
        (np.array([[0.9, 0.0], [0.7, 0.0]]), np.zeros(2), 0.6),
        (np.array([[3.0, 0.0], [0.0, 2.0]]), np.zeros(2), 4.0),
        *((rng.uniform(0, 1, (6, 2)), rng.uniform(0, 1, 2), 0.1) for _ in range(12)),
        (np.array([[3.0, 0.0], [0.0, 2.0]]), np.zeros(2), 3.9),
    ]
    return Function(
        cases=[_nearest_within(*case) for case in cases],
        wants="a function, that takes what identified takes",
        right="The nearest, if it is near enough, whatever the order of the gallery.",
    )


def _nearest_within(
    gallery: NDArray[np.floating], probe: NDArray[np.floating], threshold: float
) -> Case:
    squared = np.square(gallery - probe).sum(axis=1)
    close = np.flatnonzero(squared <= threshold)
    right = int(squared.argmin()) if len(close) else None
    wrong: dict[str, float | None] = {}
    if len(close) > 1:
        wrong[f"it takes the first that is within, and {right} is nearer."] = int(close[0])
    if right is not None and np.sqrt(squared.min()) > threshold:
        wrong["it finds nobody: the threshold is of squared distances."] = None
    elif right is not None:
        wrong[f"{right} is the nearest within, and not None."] = None
    person = Number(
        answer=right,
        or_none=True,
        wants="one index, or None",
        wrong=wrong,
        otherwise="nobody is within: the answer is None."
        if right is None
        else f"{right} is the nearest within, and not {{given:g}}.",
    )
    where = f"With squared distances {squared.round(2).tolist()} and a threshold of {threshold:g}, "
    return Case((gallery, probe, threshold), person, where)


@judging(number, wants="one index, counted from 0")
def check_bridge(index: float) -> Feedback:
    """The index in ``CROWD`` to remove so that the cluster at ``LINK`` becomes two people."""
    if index != round(index):
        return not_yet("The answer should be one index, counted from 0.")
    if not 0 <= index < len(CROWD):
        return not_yet(f"There are {len(CROWD)}, from 0 to {len(CROWD) - 1}.")
    left = np.delete(CROWD, int(index), axis=0)
    sizes = np.bincount(evaluate.cluster(left, LINK))
    if len(sizes) == 1:
        return not_yet("Without that one the chain still holds: all others are in one cluster.")
    if sizes.max() > 4:
        return not_yet(
            f"It breaks into {sizes.max()} and {sizes.min()}: one of the four of a person is lost."
        )
    return passed(
        f"Two clusters of {sizes.max()} and {sizes.min()}: one picture had made two people one."
    )


@exercise
def check_shards() -> Number:
    """How many shards ``FACES`` need, each within ``LATENCY`` and ``MEMORY``, as ``MEASURED``."""
    right = project(MEASURED, FACES, latency=LATENCY, shard_bytes=MEMORY).shards
    by_time = project(MEASURED, FACES, latency=LATENCY).shards
    by_memory = project(MEASURED, FACES, latency=1e9, shard_bytes=MEMORY).shards
    return Number(
        answer=right,
        wants="one whole number",
        right=f"{right} shards: time asks for {by_time}, memory for {by_memory}.",
        wrong={
            "That much the memory asks for. Is each shard quick enough?": by_memory,
            "Not the sum: each shard has to meet both, so the larger counts.": by_time + by_memory,
            "One shard for each million. How many may one shard hold?": FACES / MEASURED.vectors,
        },
        otherwise="Not that. How many faces does one thread see in half a second?",
    )
