"""Where batches come from. A batch is a function of the seed and the step, and of nothing else.

So a run that is resumed needs no state of a sampler or a generator, the number of workers changes
nothing, and several processes can each make their own part of one batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data import nobody
from facenet_lite.samplers import PKSampler
from facenet_lite.train.parts import Data

DRAWING, AUGMENTING, SAMPLING, PEOPLE, WEIGHTS, MINING, KEEPING, CHOOSING, VIEWING = range(9)
"""The uses of randomness: each has a stream of its own. ``MINING`` is drawn by the losses."""


class Batch(NamedTuple):
    """``pictures``: RGB uint8 (B, S, S, 3); ``labels``: int64 (B,), a person's side by side."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]


class Source(Protocol):
    """Makes batches of P people with K pictures each."""

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """The batch of a step, or of ``parts`` equal parts of its people the one numbered
        ``part``: put together in order, the parts are the batch."""
        ...


def stream(seed: int, *numbers: int) -> np.random.Generator:
    """The generator for one use: the same numbers, the same draws."""
    return np.random.default_rng([seed, *numbers])


def pk_sampler(labels: NDArray[np.int64], p: int, k: int, seed: int) -> PKSampler:
    """A run's sampler: people with fewer than K pictures give some of them twice."""
    return PKSampler(labels, p, k, generator=stream(seed, SAMPLING), small="repeat")


def splits(data: Data) -> nobody.Splits:
    """The drawn people of a run: for the training, its validations, and the final test.

    The people held out are the same for every number of training people.
    """
    model = nobody.load()
    held = stream(data.seed, PEOPLE, 0)
    trained = model.sample_identities(data.people, rng=stream(data.seed, PEOPLE, 1))
    others = model.sample_identities(2 * data.validation_people, rng=held)
    others = nobody.Identities(others.coordinates, others.labels + data.people)
    half = data.validation_people
    return nobody.Splits(trained, others.take(slice(0, half)), others.take(slice(half, None)))


@dataclass(frozen=True)
class DrawnSource:
    """Faces of Nobody: every picture is drawn for its step, and never seen again.

    With ``data.pictures`` a person has only that many, which are reused, with new changes each time
    where ``data.augment``. Picture n of a person is the same however many there are and whatever
    the step: a smaller set is part of a larger one. Of people with fewer than K some pictures
    come twice in a batch.
    """

    data: Data
    people: nobody.Identities = field(repr=False)

    @cached_property
    def sampler(self) -> PKSampler:
        """Says which rows a step's batch has; made once."""
        return pk_sampler(np.arange(len(self.people)), self.data.p, 1, self.data.seed)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Draw the pictures of a batch, see ``Source.batch``."""
        c = self.data
        rows = _own(self.sampler.batch(step), part, parts)
        # Each person's draws have their own stream; the pictures are drawn all at once.
        coefficients = np.concatenate([self._coefficients(int(row), step) for row in rows])
        pictures, _ = nobody.load().draw(coefficients, size=c.image_size)
        if c.augmentation is not None:
            pictures = np.concatenate(
                [
                    c.augmentation.apply(some, rng=stream(c.seed, AUGMENTING, step, row))
                    for some, row in zip(np.split(pictures, len(rows)), rows, strict=True)
                ]
            )
        return Batch(pictures, np.repeat(self.people.labels[rows], c.k))

    def _coefficients(self, row: int, step: int) -> NDArray[np.float64]:
        """The coefficients of the K pictures of a person in a step: (K, D)."""
        c = self.data
        draw = partial(
            nobody.load().sample_coefficients,
            self.people.take([row]),
            scale=dict.fromkeys(nobody.PARTS, c.spread),
        )
        if c.pictures is None:
            return draw(c.k, rng=stream(c.seed, DRAWING, step, row))
        rng = stream(c.seed, CHOOSING, step, row)
        once = rng.permutation(c.pictures)[: c.k]
        chosen = [*once, *rng.choice(c.pictures, c.k - len(once))]
        return np.concatenate([draw(1, rng=stream(c.seed, KEEPING, row, n)) for n in chosen])


@dataclass(frozen=True)
class CropSource:
    """Crops that are there already: ``crops`` uint8 (N, S, S, 3), ``labels`` int64 (N,).

    Of people with fewer than K crops some are taken twice, and changed differently.
    """

    data: Data
    crops: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)

    @cached_property
    def sampler(self) -> PKSampler:
        """Says which rows a step's batch has; made once."""
        return pk_sampler(self.labels, self.data.p, self.data.k, self.data.seed)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Pick and change the crops of a batch, see ``Source.batch``."""
        c = self.data
        rows = self.sampler.batch(step).reshape(c.p, c.k)
        some = _own(np.arange(c.p), part, parts)
        pictures = [
            c.augmentation.apply(self.crops[rows[i]], rng=stream(c.seed, AUGMENTING, step, int(i)))
            if c.augmentation is not None
            else self.crops[rows[i]]
            for i in some
        ]
        return Batch(np.concatenate(pictures), self.labels[rows[some]].ravel())


def _own(rows: NDArray[np.int64], part: int, parts: int) -> NDArray[np.int64]:
    each = len(rows) // parts
    return rows[part * each : (part + 1) * each]
