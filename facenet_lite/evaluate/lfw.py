"""LFW's protocol: pairs joined by name, its own folds, and which model may be reported on what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_choice, check_number
from facenet_lite.distances import squared_distances
from facenet_lite.errors import InputError
from facenet_lite.evaluate.folds import FoldAccuracy, fold_accuracy
from facenet_lite.evaluate.uncertainty import Z_95
from facenet_lite.types import Pairs, Picture

View: TypeAlias = Literal["train", "test", "folds"]
"""View 1 has two lists of pairs, for development; View 2 has ten folds, for the report."""
Seen: TypeAlias = Literal["nothing", "other_folds", "view1_train", "everything"]
"""What a model has learnt from LFW's people, be it weights, a mean, or a data set drawn after them:
nothing; for each fold the other nine; View 1's training people; everything."""

REPORTABLE: Final[Mapping[Seen, tuple[View, ...]]] = {
    "nothing": ("test", "folds"),
    "other_folds": ("folds",),
    "view1_train": ("test",),
    "everything": (),
}
"""The lists on which the figures of such a model mean something. View 1's people are also in View
2, so a model that learnt from them knows faces of every fold (Huang et al. 2007, section 4)."""


@dataclass(frozen=True, eq=False)
class PairDistances:
    """``squared`` float32 (P,): each pair's squared distance, infinite where a picture is missing;
    ``missing`` bool (P,): the pairs with a missing picture; ``missing_per_fold``: how many of these
    each fold has, by its name; ``missing_pictures``: the pictures without an embedding."""

    squared: NDArray[np.float32]
    missing: NDArray[np.bool_]
    missing_per_fold: dict[int, int]
    missing_pictures: tuple[Picture, ...]


class PairedTest(NamedTuple):
    """Two models on the same pairs. ``only_first``, ``only_second``: how many pairs only that model
    judges correctly; ``difference``: the first's accuracy minus the second's, with its 95 %
    interval from ``low`` to ``high``; ``p``: the chance of a split at least as uneven if both
    models were equally good."""

    only_first: int
    only_second: int
    difference: float
    low: float
    high: float
    p: float


def pair_distances(
    pairs: Pairs,
    embeddings: Mapping[Picture, NDArray[np.floating]],
    *,
    missing: Literal["refuse", "report"] = "refuse",
) -> PairDistances:
    """Join pairs with the embeddings (D,) of their pictures by name, and compare them.

    ``missing="refuse"`` raises InputError where a picture has no embedding and says how many pairs
    each fold would lose; ``"report"`` keeps those pairs in place and marks them.
    """
    check_choice(missing, "missing", ("refuse", "report"))
    gone = np.array([p not in embeddings or q not in embeddings for p, q in _rows(pairs)], np.bool_)
    lost = tuple(p for p in pairs.pictures() if p not in embeddings)
    per_fold = {
        int(fold): int(np.sum(gone[pairs.folds == fold])) for fold in np.unique(pairs.folds)
    }
    if lost and missing == "refuse":
        listed = ", ".join(f"fold {fold}: {n}" for fold, n in per_fold.items() if n)
        raise InputError(
            f"embeddings: expected one for each of {len(pairs.pictures()):,} pictures, {len(lost)} "
            f"are missing, such as {lost[0][0]} {lost[0][1]}; pairs lost: {listed}. Embed them, or "
            "say missing='report' to count them as wrong"
        )
    squared = np.full(len(pairs), np.inf, np.float32)
    kept = np.flatnonzero(~gone).tolist()
    if kept:
        first = np.stack([embeddings[pairs.first[i]] for i in kept])
        second = np.stack([embeddings[pairs.second[i]] for i in kept])
        squared[kept] = squared_distances(first, second)
    return PairDistances(squared, gone, per_fold, lost)


def ten_folds(
    pairs: Pairs, squared: ArrayLike, *, missing: ArrayLike | None = None
) -> FoldAccuracy:
    """Accuracy over the list's own folds, each judged by the threshold that is best on the others.

    ``squared`` (P,): the pairs' squared distances in the list's order; ``missing`` bool (P,): pairs
    without a distance, which count as wrong. Raises InputError as ``fold_accuracy`` does, and where
    one person is in two folds.
    """
    assert_disjoint_identities(pairs)
    values = check_array(squared, "squared", shape=(len(pairs),), dtype=np.float64, finite=False)
    return fold_accuracy(values, pairs.is_same, pairs.folds, missing=missing)


def disjoint_folds(pairs: Pairs, folds: int = 10) -> Pairs:
    """The same pairs in the same order, in folds that have no person in common.

    This is for a list without folds of its own, such as View 1's. Pairs that share a person, be it
    directly or through other pairs, stay together. The largest such groups are dealt out first,
    each to the fold with the fewest pairs so far; nothing is left to chance. Raises InputError
    where there are fewer groups than ``folds``.
    """
    check_number(folds, "folds", low=2, integer=True)
    names, ends = np.unique(
        [name for p, q in _rows(pairs) for name in (p[0], q[0])], return_inverse=True
    )
    first, second = ends.reshape(-1, 2).T
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs)), (first, second)), shape=(len(names), len(names)))
    count, group_of_person = connected_components(links, directed=False)
    if count < folds:
        raise InputError(
            f"folds: expected at most {count}, as many as there are groups of pairs without a "
            f"person in common, got {folds}"
        )
    group = group_of_person[first]
    sizes = np.bincount(group, minlength=count)
    same = np.bincount(group, weights=pairs.is_same, minlength=count)
    held: list[tuple[int, float, int]] = [(0, 0.0, fold) for fold in range(folds)]
    fold_of = np.zeros(count, np.int64)
    for number in np.argsort(-sizes, kind="stable").tolist():
        total, alike, fold = min(held)
        fold_of[number] = fold
        held[fold] = (total + int(sizes[number]), alike + float(same[number]), fold)
    return replace(pairs, folds=fold_of[group])


def assert_disjoint_identities(pairs: Pairs) -> None:
    """Raise InputError where a person is in two folds: the threshold would know that person."""
    at_home: dict[str, int] = {}
    for (p, q), fold in zip(_rows(pairs), pairs.folds.tolist(), strict=True):
        for name in (p[0], q[0]):
            if at_home.setdefault(name, fold) != fold:
                raise InputError(
                    f"pairs: expected each person in one fold, {name} is in folds "
                    f"{at_home[name]} and {fold}; use the official list"
                )


def compare(first: FoldAccuracy, second: FoldAccuracy) -> PairedTest:
    """Which of two models judged the same pairs better: McNemar's test (1947) in its exact form.

    Only pairs on which the two disagree carry information. The interval of the difference is that
    of Bonett and Price (2012). Pairs are taken to be independent. Raises InputError for different
    numbers of pairs.
    """
    if len(first.right) != len(second.right):
        raise InputError(
            "first, second: expected the same pairs in the same order, got "
            f"{len(first.right):,} and {len(second.right):,}"
        )
    from scipy.stats import binomtest

    one = int(np.sum(first.right & ~second.right))
    two = int(np.sum(second.right & ~first.right))
    n = len(first.right)
    p = float(binomtest(one, one + two).pvalue) if one + two else 1.0
    more, less = (one + 1) / (n + 2), (two + 1) / (n + 2)
    half = Z_95 * math.sqrt((more + less - (more - less) ** 2) / (n + 2))
    low, high = max(-1.0, more - less - half), min(1.0, more - less + half)
    return PairedTest(one, two, (one - two) / n, low, high, p)


def check_reportable(view: View, seen: Seen) -> None:
    """Raise InputError where a model that has learnt from ``seen`` may not be judged on ``view``.

    See ``REPORTABLE``. View 1's ``train`` pairs are for choosing, never for a figure.
    """
    check_choice(view, "view", get_args(View))
    check_choice(seen, "seen", get_args(Seen))
    if view not in REPORTABLE[seen]:
        allowed = " or ".join(map(repr, REPORTABLE[seen])) or "no list of LFW's"
        raise InputError(
            f"view: a model that has learnt from {seen.replace('_', ' ')} may be reported on "
            f"{allowed}, got {view!r}; its figure would flatter it"
        )


def _rows(pairs: Pairs) -> zip[tuple[Picture, Picture]]:
    return zip(pairs.first, pairs.second, strict=True)
