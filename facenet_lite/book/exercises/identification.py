"""Checkers for the chapter on identification: alarms, open set, ranks, bug, bridge, shards."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.book.experiments.identification.capacity import Measured, project
from facenet_lite.distances import pairwise_squared_distances

PASSERS_BY: Final = 20_000
"""Faces that a camera sees in a day, in the exercise on alarms; none of them is on the list."""
WATCH_LIST: Final = 500
"""People on its list."""
FAR: Final = 1e-5
"""Its false accept rate, of one comparison."""

NEAREST: Final = (0.12, 0.31, 0.08, 0.27, 0.19, 0.22, 0.40, 0.16, 0.29, 0.35)
"""Ten probes: the distance of each to the nearest of a gallery."""
NAMED: Final = ("Ada", "Bea", "Cem", "Dan", "Ada", "Eva", "Bea", "Cem", "Dan", "Eva")
"""Whose picture that nearest one is."""
TRULY: Final = ("Ada", "Bea", "Cem", "Dan", "Eva", "Eva", "Uma", "Vic", "Wes", "Xia")
"""Who is on each probe; Uma, Vic, Wes and Xia are not in the gallery."""
THRESHOLD: Final = 0.26

_RNG = np.random.default_rng(17)
GALLERY: Final = _RNG.integers(0, 60, (9, 2)).astype(np.float32)
"""Nine people's embeddings, in the exercise on ranks."""
PROBES: Final = (GALLERY + _RNG.integers(-14, 15, (9, 2))).astype(np.float32)
"""Another embedding of each of them, in the same order."""

CROWD: Final = np.array(
    [[0, 0], [3, 4], [1, 1], [4, 3], [0, 1], [3, 3], [2, 2], [4, 4], [1, 0]], np.float32
)
"""Embeddings of two people and of one blurred picture, in the exercise on chains."""
LINK: Final = 2.0
"""The threshold at which they are clustered."""

MEASURED: Final = Measured(vectors=1_000_000, bytes_per_vector=512, seconds_per_query=0.04)
"""One thread's search, in the exercise on shards."""
FACES: Final = 200_000_000
LATENCY: Final = 0.5
MEMORY: Final = 8e9
"""What one shard may take: seconds a query, and bytes."""


def check_alarms(answer: Any) -> Feedback:
    """How many of ``PASSERS_BY`` a day are expected to match one of ``WATCH_LIST`` at ``FAR``."""
    if is_stub(answer):
        return STUB
    number = _number(answer)
    if number is None:
        return not_yet("One number is wanted: people a day.")
    right = PASSERS_BY * evaluate.independent_false_accepts(FAR, WATCH_LIST)
    if abs(number - right) <= 0.6:
        return passed(
            f"About {right:.0f} innocent people a day, from a rate of one in a hundred thousand."
        )
    hints = {
        PASSERS_BY * FAR: "That is one comparison each. How many times is each face compared?",
        FAR * WATCH_LIST: "That is the chance for one passer-by. How many pass?",
        WATCH_LIST * FAR * 100: "In per cent, that is one passer-by's chance. How many pass?",
        PASSERS_BY * WATCH_LIST: "That is the number of comparisons. Which share of them accept?",
        PASSERS_BY - right: "Those are the people who match nobody.",
        PASSERS_BY * (1 - FAR) ** WATCH_LIST: "Those are the people who match nobody.",
    }
    for value, hint in hints.items():
        if math.isclose(number, value, rel_tol=2e-3):
            return not_yet(hint)
    return not_yet("Not that. First the chance of one passer-by against the whole list.")


def check_open_set(answer: Any) -> Feedback:
    """The identification rate and the false alarm rate of the ten probes at ``THRESHOLD``."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (2,))
    if given is None:
        return not_yet("Two shares are wanted: of the known identified, of the strangers alarmed.")
    near = np.array(NEAREST) <= THRESHOLD
    known = np.isin(TRULY, NAMED)
    right = np.array(NAMED) == np.array(TRULY)
    identified = np.sum(near & right) / known.sum()
    alarmed = np.sum(near & ~known) / np.sum(~known)
    wanted = np.array([identified, alarmed])
    if np.allclose(given, wanted, atol=0.006):
        return passed("Half of the known are named rightly, and a quarter of the strangers, too.")
    wrong = {
        "The two are exchanged: first the known, then the strangers.": (alarmed, identified),
        "Ada is named where Eva is: near, but the wrong person. That is no identification.": (
            np.sum(near & known) / known.sum(),
            alarmed,
        ),
        "Each share has its own whole: six probes are known, four are strangers.": (
            np.sum(near & right) / len(near),
            np.sum(near & ~known) / len(near),
        ),
        "That is rank 1, without a threshold. Whom does D <= 0.26 let through?": (
            np.sum(right) / known.sum(),
            1.0,
        ),
    }
    for hint, pair in wrong.items():
        if np.allclose(given, pair, atol=0.006):
            return not_yet(hint)
    return not_yet("Not these. Go through the ten: known or not, near enough or not, right or not.")


def check_ranks(answer: Any) -> Feedback:
    """At which place, from 1, each of ``PROBES`` finds its own person in ``GALLERY``: (9,)."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (len(PROBES),))
    if given is None:
        return not_yet("Nine places are wanted, one for each probe.")
    apart = pairwise_squared_distances(PROBES, GALLERY)
    own = apart.diagonal()[:, None]
    right = (apart < own).sum(axis=1) + 1
    if np.array_equal(given, right):
        return passed(
            f"{np.sum(right == 1)} of nine at rank 1, {np.sum(right <= 2)} within rank 2: the "
            "first two points of the CMC curve."
        )
    order = apart.argsort(axis=1, kind="stable")
    wrong = {
        "Counted from 0. The nearest is rank 1.": right - 1,
        "These are the nearest people, and not the place of the right one.": order[:, 0],
        "argsort says who is at each place; its own argsort says at which place each one is.": (
            order.diagonal() + 1
        ),
        "The farthest comes first: sort the distances upwards.": (apart > own).sum(axis=1) + 1,
        "The other way round: for each of the gallery, the place of the right probe.": (
            (apart < apart.diagonal()[None]).sum(axis=0) + 1
        ),
    }
    for hint, candidate in wrong.items():
        if np.array_equal(given, candidate):
            return not_yet(hint)
    return not_yet("Not these. For each probe: how many of the gallery are nearer than its own?")


def identified(
    gallery: NDArray[np.floating], probe: NDArray[np.floating], threshold: float
) -> int | None:
    """The loop of the exercise on finding bugs, as it stands in circulation: it has two."""
    matches = [bool(np.linalg.norm(known - probe) <= threshold) for known in gallery]
    return matches.index(True) if True in matches else None


def check_mended(answer: Any) -> Feedback:
    """A function as ``identified``, mended: the nearest within, by squared distance, or None."""
    if is_stub(answer):
        return STUB
    if not callable(answer):
        return not_yet("A function is wanted, that takes what identified takes.")
    rng = np.random.default_rng(170)
    cases = [(np.array([[0.5, 0.0], [0.2, 0.0]]), np.zeros(2), 0.6)]
    cases += [(np.array([[0.9, 0.0], [0.7, 0.0]]), np.zeros(2), 0.6)]
    cases += [(np.array([[3.0, 0.0], [0.0, 2.0]]), np.zeros(2), 4.0)]
    cases += [(rng.uniform(0, 1, (6, 2)), rng.uniform(0, 1, 2), 0.1) for _ in range(12)]
    cases += [(np.array([[3.0, 0.0], [0.0, 2.0]]), np.zeros(2), 3.9)]
    for gallery, probe, threshold in cases:
        fault = _fault(answer, gallery, probe, threshold)
        if fault:
            return not_yet(fault)
    return passed("The nearest, if it is near enough, whatever the order of the gallery.")


def check_bridge(answer: Any) -> Feedback:
    """Which of ``CROWD`` has to go for the cluster at ``LINK`` to become two people: an index."""
    if is_stub(answer):
        return STUB
    number = _number(answer)
    if number is None or number != round(number):
        return not_yet("One index is wanted, counted from 0.")
    if not 0 <= number < len(CROWD):
        return not_yet(f"There are {len(CROWD)}, from 0 to {len(CROWD) - 1}.")
    left = np.delete(CROWD, int(number), axis=0)
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


def check_shards(answer: Any) -> Feedback:
    """How many shards ``FACES`` need, each within ``LATENCY`` and ``MEMORY``, as ``MEASURED``."""
    if is_stub(answer):
        return STUB
    number = _number(answer)
    if number is None:
        return not_yet("One whole number is wanted.")
    right = project(MEASURED, FACES, latency=LATENCY, shard_bytes=MEMORY).shards
    by_time = project(MEASURED, FACES, latency=LATENCY).shards
    by_memory = project(MEASURED, FACES, latency=1e9, shard_bytes=MEMORY).shards
    if number == right:
        return passed(f"{right} shards: time asks for {by_time}, memory for {by_memory}.")
    hints = {
        by_memory: "That much the memory asks for. Is each shard quick enough?",
        by_time + by_memory: "Not the sum: each shard has to meet both, so the larger counts.",
        FACES / MEASURED.vectors: "One shard for each million. How many may one shard hold?",
    }
    return not_yet(
        hints.get(number, "Not that. How many faces does one thread see in half a second?")
    )


def _fault(
    rule: Callable[..., Any],
    gallery: NDArray[np.floating],
    probe: NDArray[np.floating],
    threshold: float,
) -> str | None:
    squared = np.square(gallery - probe).sum(axis=1)
    right = int(squared.argmin()) if squared.min() <= threshold else None
    found = _asked(rule, gallery, probe, threshold)
    if isinstance(found, Exception):
        return f"It raises: {_short(found)}"
    number = None if found is None else _number(found)
    if (found is None) == (right is None) and number == right:
        return None
    where = f"With squared distances {squared.round(2).tolist()} and a threshold of {threshold:g}, "
    if right is None:
        return f"{where}nobody is within: the answer is None."
    close = np.flatnonzero(squared <= threshold)
    if number is not None and len(close) > 1 and number == close[0]:
        return f"{where}it takes the first that is within, and {right} is nearer."
    if found is None and np.sqrt(squared.min()) > threshold:
        return f"{where}it finds nobody: the threshold is of squared distances."
    return f"{where}{right} is the nearest within, and not {_short(found)}."


def _asked(rule: Callable[..., Any], *given: Any) -> Any:
    """What the reader's function answers, or the exception that it raises."""
    try:
        return rule(*(x.copy() if isinstance(x, np.ndarray) else x for x in given))
    except Exception as error:
        return error


def _short(value: object) -> str:
    try:
        return repr(value)[:80]
    except Exception:
        return f"a {type(value).__name__}"


def _number(answer: Any) -> float | None:
    found = _array(answer, ())
    return None if found is None else float(found)


def _array(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != shape:
            return None
        numbers = array.astype(np.float64)
        return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < 1e15 else None
    except Exception:
        return None
