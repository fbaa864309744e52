"""The values that pass from step to step, checked once, when they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_boxes
from facenet_lite.errors import InputError

Image: TypeAlias = NDArray[np.uint8]
"""A picture: RGB, uint8, (height, width, 3)."""

GreyImage: TypeAlias = NDArray[np.uint8]
"""A grey picture: uint8, (height, width)."""

Boxes: TypeAlias = NDArray[np.float32]
"""Boxes: float32 (N, 4), x1 y1 x2 y2 in pixels, right and bottom excluded."""


@dataclass(frozen=True, eq=False)
class Detections:
    """The faces found in one picture, surest first.

    ``boxes``: float32 (N, 4), x1 y1 x2 y2 in pixels, right and bottom excluded; they may leave the
    picture. ``scores``: float32 (N,), descending; their scale is the detector's own.
    Nothing found is N = 0. Raises InputError on other shapes, boxes without area, or scores that
    are not descending.
    """

    boxes: Boxes
    scores: NDArray[np.float32]

    def __post_init__(self) -> None:
        boxes = check_boxes(self.boxes)
        scores = check_array(self.scores, "scores", shape=(len(boxes),), dtype=np.float32)
        if np.any(np.diff(scores) > 0):
            raise InputError(
                "scores: expected descending values; use Detections.sorted to put them in order"
            )
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "scores", scores)

    @classmethod
    def empty(cls) -> Detections:
        """No face at all."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))

    @classmethod
    def sorted(cls, boxes: ArrayLike, scores: ArrayLike) -> Detections:
        """Put boxes (N, 4) and scores (N,) in order, surest first; ties keep their order."""
        scored = np.asarray(scores, np.float32).reshape(-1)
        order = np.argsort(-scored, kind="stable")
        return cls(np.asarray(boxes, np.float32).reshape(-1, 4)[order], scored[order])

    def __len__(self) -> int:
        return len(self.boxes)

    def __iter__(self) -> Iterator[tuple[Boxes, float]]:
        """Pairs of a box (4,) and its score."""
        return iter(zip(self.boxes, self.scores.tolist(), strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Detections):
            return NotImplemented
        return np.array_equal(self.boxes, other.boxes) and np.array_equal(self.scores, other.scores)

    __hash__ = None  # type: ignore[assignment]  # holds arrays, which can change

    def take(self, indices: ArrayLike | slice) -> Detections:
        """The detections at ``indices`` (ascending, a mask, or a slice)."""
        keep: Any = indices if isinstance(indices, slice) else np.asarray(indices)
        if not isinstance(keep, slice) and keep.size == 0:
            keep = np.zeros(0, np.intp)
        return Detections(self.boxes[keep], self.scores[keep])

    def above(self, score: float) -> Detections:
        """Only those whose score is at least ``score``."""
        return self.take(self.scores >= score)

    def largest(self) -> Detections:
        """The face with the largest box, the surest of equals; empty when there is none."""
        if len(self) == 0:
            return self
        sides = self.boxes[:, 2:] - self.boxes[:, :2]
        return self.take([int(np.argmax(sides[:, 0] * sides[:, 1]))])


@dataclass(frozen=True, eq=False)
class Triplets:
    """Triplets of one batch, as indices of its pictures.

    ``anchor``, ``positive``, ``negative``: int64 (T,), at least 0. No triplet is T = 0.
    Raises InputError on other shapes, fractions, negative indices, or one picture twice in a
    triplet.
    """

    anchor: NDArray[np.int64]
    positive: NDArray[np.int64]
    negative: NDArray[np.int64]

    def __post_init__(self) -> None:
        anchor = check_array(self.anchor, "anchor", shape=(None,), dtype=np.int64)
        positive = check_array(self.positive, "positive", shape=anchor.shape, dtype=np.int64)
        negative = check_array(self.negative, "negative", shape=anchor.shape, dtype=np.int64)
        if any(part.min(initial=0) < 0 for part in (anchor, positive, negative)):
            raise InputError("triplets: expected indices of at least 0, got a negative one")
        if np.any((anchor == positive) | (anchor == negative) | (positive == negative)):
            raise InputError("triplets: expected three pictures in each, got one of them twice")
        object.__setattr__(self, "anchor", anchor)
        object.__setattr__(self, "positive", positive)
        object.__setattr__(self, "negative", negative)

    @classmethod
    def empty(cls) -> Triplets:
        """No triplet at all."""
        return cls.of([])

    @classmethod
    def of(cls, rows: ArrayLike) -> Triplets:
        """From rows of anchor, positive, negative: (T, 3)."""
        given = rows if np.size(rows) else np.zeros((0, 3), np.int64)
        table = check_array(given, "rows", shape=(None, 3), dtype=np.int64)
        return cls(*table.T)

    def __len__(self) -> int:
        return len(self.anchor)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Rows of anchor, positive and negative."""
        columns = (self.anchor.tolist(), self.positive.tolist(), self.negative.tolist())
        return iter(zip(*columns, strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Triplets):
            return NotImplemented
        return all(
            np.array_equal(mine, theirs)
            for mine, theirs in (
                (self.anchor, other.anchor),
                (self.positive, other.positive),
                (self.negative, other.negative),
            )
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays, which can change


Picture: TypeAlias = tuple[str, int]
"""A picture's name: the name of its person, and its number among that person's, from 1."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """P pairs of pictures, in the order of their list.

    ``first`` and ``second``: the pictures; ``is_same`` bool (P,): whether both show one person;
    ``folds`` intp (P,): the fold that the list puts them in. Raises InputError where these differ
    in length.
    """

    first: tuple[Picture, ...]
    second: tuple[Picture, ...]
    is_same: NDArray[np.bool_]
    folds: NDArray[np.intp]

    def __post_init__(self) -> None:
        lengths = [len(self.first), len(self.second), len(self.is_same), len(self.folds)]
        if len(set(lengths)) > 1:
            raise InputError(
                "pairs: expected as many first as second pictures, answers and folds, got "
                f"{', '.join(map(str, lengths))}"
            )

    def __len__(self) -> int:
        return len(self.first)

    def pictures(self, fold: int | None = None) -> list[Picture]:
        """Every picture of a fold (of all if None) once, in the order in which it first appears."""
        rows = range(len(self)) if fold is None else np.flatnonzero(self.folds == fold).tolist()
        return list(dict.fromkeys(pair[i] for i in rows for pair in (self.first, self.second)))
