"""Why everybody matches somebody in the end: false alarms as the gallery grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError
from facenet_lite.evaluate.exact_search import pairs_within


@dataclass(frozen=True, eq=False)
class FalseAccepts:
    """The share of strangers who match somebody, by the number of people in the gallery.

    ``sizes``: int64 (S,), people; ``measured``: float64 (S,), the mean over random sub-galleries;
    ``low``, ``high``: (S,), the range of 95 % of such galleries and such sets of strangers;
    ``far``: the share of all pairs of a stranger and a known person that match; ``formula``: (S,),
    1 - (1 - far)^N, which would hold if pairs were independent.
    """

    sizes: NDArray[np.int64]
    measured: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    far: float
    formula: NDArray[np.float64]

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Where the formula lies outside the interval, bool (S,)."""
        return (self.formula < self.low) | (self.formula > self.high)


def independent_false_accepts(far: float, size: int) -> float:
    """The chance that a stranger matches one of ``size`` people, if all pairs were independent.

    1 - (1 - far)^size, for a false accept rate ``far`` of one comparison.
    """
    check_number(far, "far", low=0, high=1)
    check_number(size, "size", low=0, integer=True)
    if far == 1:
        return float(size > 0)
    return float(-np.expm1(size * np.log1p(-far)))


def false_accepts_by_gallery_size(
    gallery: ArrayLike,
    gallery_labels: ArrayLike,
    probes: ArrayLike,
    probe_labels: ArrayLike,
    threshold: float,
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    draws: int = 200,
    progress: bool = False,
) -> FalseAccepts:
    """How many strangers match somebody at D <= ``threshold``, as the gallery grows.

    ``gallery`` (M, D) of the people ``gallery_labels`` (M,), ``probes`` (Q, D) of others,
    ``probe_labels`` (Q,). Each of ``draws`` puts the gallery's people in a random order, of which
    the first N are the gallery of size N. For the interval it also draws the probes' people again,
    with replacement. Where N is close to the number of all people the galleries hardly differ, and
    the interval covers the choice of the probes' people only.

    The formula is too high where some strangers resemble many people and most resemble nobody: the
    false accepts then fall on the same few. People are counted, not pictures: a person matches when
    one of their pictures does. Raises InputError for labels that do not fit, a probe whose person
    is in the gallery, and sizes below 1 or above the number of people in the gallery.
    """
    vectors = check_array(gallery, "gallery", shape=(None, None), dtype=np.float32)
    asked = check_array(probes, "probes", shape=(None, None), dtype=np.float32)
    known = check_array(gallery_labels, "gallery_labels", shape=(len(vectors),), dtype=np.int64)
    who = check_array(probe_labels, "probe_labels", shape=(len(asked),), dtype=np.int64)
    check_number(draws, "draws", low=2, integer=True)
    if len(asked) == 0:
        raise InputError("probes: expected at least one, got none")
    shared = np.intersect1d(known, who)
    if len(shared):
        raise InputError(
            f"probe_labels: expected nobody from the gallery, got {len(shared)} of its people, the "
            f"first with label {shared[0]}"
        )
    people, person = np.unique(known, return_inverse=True)
    strangers, stranger = np.unique(who, return_inverse=True)
    for size in sizes:
        check_number(size, "sizes", low=1, high=len(people), integer=True)
    parts = [(q, person[g]) for q, g in pairs_within(vectors, asked, threshold, progress=progress)]
    hits = np.unique(np.concatenate([np.stack(part) for part in parts], axis=1), axis=1)
    wanted = np.array(sizes, np.int64)
    means, drawn = np.empty((draws, len(wanted))), np.empty((draws, len(wanted)))
    for draw in range(draws):
        place = rng.permutation(len(people))
        first = np.full(len(asked), len(people))
        np.minimum.at(first, hits[0], place[hits[1]])
        times = np.bincount(
            rng.integers(0, len(strangers), len(strangers)), minlength=len(strangers)
        )
        matched = first[:, None] < wanted  # (Q, S)
        means[draw] = matched.mean(axis=0)
        drawn[draw] = times[stranger] @ matched / times[stranger].sum()
    far = hits.shape[1] / (len(asked) * len(people))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    formula = [independent_false_accepts(far, int(size)) for size in wanted]
    return FalseAccepts(wanted, means.mean(axis=0), low, high, far, np.array(formula))
