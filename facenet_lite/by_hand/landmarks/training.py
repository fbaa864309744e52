"""Train a cascade of regression trees (Kazemi and Sullivan 2014), small enough for a page.

Every level draws places near the landmarks, then grows one tree after another, each on the error
that the trees before it have left (gradient boosting with the squared error).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes, check_number, describe
from facenet_lite.by_hand.landmarks.cascade import TreeCascade, TreeLevel, look, places
from facenet_lite.by_hand.landmarks.shapes import mean_shape, to_box
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class Settings:
    """How large the cascade is, and how it is trained.

    ``levels`` of ``trees`` each, ``depth`` questions deep, over ``places`` grey values. A question
    is the best of ``candidates`` random ones; a tree's answer counts ``shrinkage`` times. Each face
    is seen ``starts`` times, with its box moved by ``shift`` of its side and scaled by ``scale``
    (standard deviations), as HOG's boxes scatter about the points. ``padding``: how far places may
    lie outside the mean shape; ``near``: the distance between two places over which their pair
    becomes e times rarer; both in sides of the box. Raises InputError for values out of bounds.
    """

    levels: int = 10
    trees: int = 80
    depth: int = 4
    places: int = 300
    candidates: int = 20
    shrinkage: float = 0.1
    starts: int = 4
    shift: float = 0.06
    scale: float = 0.11
    padding: float = 0.1
    near: float = 0.1

    def __post_init__(self) -> None:
        for name in ("levels", "trees", "depth", "candidates", "starts"):
            check_number(getattr(self, name), name, low=1, high=1000, integer=True)
        check_number(self.places, "places", low=2, high=2000, integer=True)
        check_number(self.shrinkage, "shrinkage", low=0, high=1, low_included=False)
        for name in ("shift", "scale", "padding"):
            check_number(getattr(self, name), name, low=0, high=0.5)
        check_number(self.near, "near", low=0, low_included=False)


class Tree(NamedTuple):
    """One tree of a level: pairs (S, 2), thresholds (S,), leaves (S + 1, 2 K)."""

    pairs: NDArray[np.intp]
    thresholds: NDArray[np.float32]
    leaves: NDArray[np.float32]


def train(
    pictures: NDArray[np.uint8],
    points: ArrayLike,
    boxes: ArrayLike,
    *,
    rng: np.random.Generator,
    settings: Settings | None = None,
) -> TreeCascade:
    """Train a cascade to find points in faces.

    ``pictures``: grey uint8 (M, H, W), one face in each (``cascade.intensity`` makes them);
    ``points``: (M, K, 2), its landmarks in pixels; ``boxes``: (M, 4), its box. Raises InputError
    for other shapes.
    """
    chosen, framed = settings or Settings(), check_boxes(boxes)
    truth = check_array(points, "points", shape=(len(framed), None, 2), dtype=np.float64)
    if not isinstance(pictures, np.ndarray) or pictures.dtype != np.uint8 or pictures.ndim != 3:
        raise InputError(f"pictures: expected uint8 (M, H, W), got {describe(pictures)}")
    if len(pictures) != len(framed):
        raise InputError(f"pictures: expected {len(framed)}, one for each box, got {len(pictures)}")
    frames, which = starts(framed, chosen, rng=rng)
    mean = mean_shape(truth[which], frames).astype(np.float32)
    target = to_box(truth[which], frames).astype(np.float32)  # (N, K, 2)
    missing = target - mean
    levels = []
    for _ in range(chosen.levels):
        level = places_near(mean, chosen, rng=rng)
        values = look(pictures, which, places(frames, target - missing, mean, level))
        trees, left = boost(values, missing.reshape(len(which), -1), level, mean, chosen, rng=rng)
        missing = left.reshape(target.shape)
        pairs, thresholds, leaves = (np.array(part) for part in zip(*trees, strict=True))
        leaves = leaves.reshape(chosen.trees, -1, *mean.shape)
        levels.append(level._replace(pairs=pairs, thresholds=thresholds, leaves=leaves))
    return TreeCascade(mean, levels)


def starts(
    boxes: ArrayLike, settings: Settings, *, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Each box (M, 4) several times, slightly moved and scaled: (N, 4), and which face it is."""
    checked = check_boxes(boxes)
    which = np.repeat(np.arange(len(checked)), settings.starts)
    centre, side = (checked[:, :2] + checked[:, 2:]) / 2, checked[:, 2:] - checked[:, :2]
    centre = centre[which] + rng.normal(0, settings.shift, (len(which), 2)) * side[which]
    half = side[which] / 2 * np.exp(rng.normal(0, settings.scale, (len(which), 1)))
    return np.rint(np.concatenate([centre - half, centre + half], axis=1)).astype(np.float32), which


def places_near(
    mean: NDArray[np.float32], settings: Settings, *, rng: np.random.Generator
) -> TreeLevel:
    """A level without trees: random places around the mean shape, tied to its nearest points."""
    low, high = mean.min(axis=0) - settings.padding, mean.max(axis=0) + settings.padding
    spots = rng.uniform(low, high, (settings.places, 2))
    distance = np.linalg.norm(spots[:, None] - mean[None], axis=2)  # (P, K)
    anchors = distance.argmin(axis=1)
    deltas = (spots - mean[anchors]).astype(np.float32)
    none = np.zeros((0, 0), np.float32)
    return TreeLevel(anchors, deltas, np.zeros((0, 0, 2), np.intp), none, none)


def boost(
    values: NDArray[np.float32],
    missing: NDArray[np.float32],
    level: TreeLevel,
    mean: NDArray[np.float32],
    settings: Settings,
    *,
    rng: np.random.Generator,
) -> tuple[list[Tree], NDArray[np.float32]]:
    """Grow a level's trees on grey values (N, P): the trees, and what remains of ``missing``.

    ``missing``: (N, 2 K), how far each face's points still have to go.
    """
    spots = mean[level.anchors] + level.deltas
    weight = np.exp(-np.linalg.norm(spots[:, None] - spots[None], axis=2) / settings.near)
    np.fill_diagonal(weight, 0)
    wanted = (settings.trees, 2**settings.depth - 1, settings.candidates)
    drawn = rng.choice(weight.size, wanted, p=(weight / weight.sum()).ravel())
    pairs = np.stack(np.unravel_index(drawn, weight.shape), axis=-1)  # (T, S, C, 2)
    columns, left, trees = np.ascontiguousarray(values.T), missing.copy(), []
    for candidates in pairs:
        tree, leaf = grow(columns, left, candidates, rng=rng)
        tree = tree._replace(leaves=tree.leaves * np.float32(settings.shrinkage))
        left -= tree.leaves[leaf]
        trees.append(tree)
    return trees, left


def grow(
    columns: NDArray[np.float32],
    missing: NDArray[np.float32],
    candidates: NDArray[np.intp],
    *,
    rng: np.random.Generator,
) -> tuple[Tree, NDArray[np.intp]]:
    """Grow one tree with the best question at each node: the tree, and each face's leaf (N,).

    ``columns``: grey values (P, N); ``missing``: (N, 2 K); ``candidates``: (S, C, 2), the pairs to
    choose from at each question. A leaf answers with the mean of what its faces miss.
    """
    questions = len(candidates)
    node = np.zeros(len(missing), np.intp)
    tree = Tree(
        np.zeros((questions, 2), np.intp),
        np.zeros(questions, np.float32),
        np.zeros((questions + 1, missing.shape[1]), np.float32),
    )
    for number, pairs in enumerate(candidates):
        here = np.flatnonzero(node == number)
        if len(here) == 0:
            continue
        best, threshold, yes = best_question(columns[:, here], missing[here], pairs, rng=rng)
        tree.pairs[number], tree.thresholds[number] = pairs[best], threshold
        node[here] = 2 * number + np.where(yes, 1, 2)
    leaf = node - questions
    for number in np.unique(leaf):
        tree.leaves[number] = missing[leaf == number].mean(axis=0)
    return tree, leaf


def best_question(
    columns: NDArray[np.float32],
    missing: NDArray[np.float32],
    pairs: NDArray[np.intp],
    *,
    rng: np.random.Generator,
) -> tuple[int, np.float32, NDArray[np.bool_]]:
    """The pair of (C, 2) that splits the faces best: its number, threshold and answers (n,).

    Each pair's threshold is its difference in a random face. The best split leaves the least
    squared error when both sides answer with their means; it has the largest ``|sum of yes|^2 /
    n_yes + |sum of no|^2 / n_no``.
    """
    difference = columns[pairs[:, 0]] - columns[pairs[:, 1]]  # (C, n)
    drawn = rng.integers(difference.shape[1], size=len(pairs))
    thresholds = difference[np.arange(len(pairs)), drawn]
    yes = difference > thresholds[:, None]
    sums = yes.astype(np.float32) @ missing  # (C, 2 K)
    count = yes.sum(axis=1)
    rest, others = missing.sum(axis=0) - sums, len(missing) - count
    gain = np.square(sums).sum(axis=1) / np.maximum(count, 1)
    gain += np.square(rest).sum(axis=1) / np.maximum(others, 1)
    best = int(gain.argmax())
    return best, thresholds[best], yes[best]
