"""Sources of batches. A batch depends only on the seed and the step.

A resumed run therefore needs no state of a sampler or a generator, the number of workers does not
matter, and several processes can each make their own part of one batch.
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
"""The uses of randomness; each has its own stream. ``MINING`` is used by the losses."""


class Batch(NamedTuple):
    """``pictures``: RGB uint8 (B, S, S, 3); ``labels``: int64 (B,), person by person."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]


class Source(Protocol):
    """Makes batches of P people with K pictures each."""

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """The batch of a step, or part number ``part`` if its people are split into ``parts`` equal
        parts; joined in order, the parts are the batch."""
        ...


def stream(seed: int, *numbers: int) -> np.random.Generator:
    """The generator for one use; the same numbers give the same draws."""
    return np.random.default_rng([seed, *numbers])


def pk_sampler(labels: NDArray[np.int64], p: int, k: int, seed: int) -> PKSampler:
    """A run's sampler; people with fewer than K pictures repeat some of them."""
    return PKSampler(labels, p, k, generator=stream(seed, SAMPLING), small="repeat")


def splits(data: Data) -> nobody.Splits:
    """The drawn people of a run, for training, validation and the final test.

    The people held out do not depend on the number of training people.
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
    """Faces of Nobody; every picture is drawn for one step and never used again.

    With ``data.pictures`` a person has only that number of pictures, which are reused, with new
    changes each time if ``data.augment``. Picture n of a person does not depend on their number or
    on the step, so a smaller set is part of a larger one. People with fewer than K pictures repeat
    some of them in a batch.
    """

    data: Data
    people: nobody.Identities = field(repr=False)

    @cached_property
    def sampler(self) -> PKSampler:
        """Chooses the rows of each step's batch; made once."""
        return pk_sampler(np.arange(len(self.people)), self.data.p, 1, self.data.seed)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Draw a batch's pictures, see ``Source.batch``."""
        c = self.data
        rows = _own(self.sampler.batch(step), part, parts)
        # Each person has their own random stream; the pictures are then drawn all at once.
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
        """The coefficients (K, D) of a person's K pictures in a step."""
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
    """Batches from existing crops: ``crops`` uint8 (N, S, S, 3), ``labels`` int64 (N,).

    People with fewer than K crops repeat some of them, with different changes.
    """

    data: Data
    crops: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)

    @cached_property
    def sampler(self) -> PKSampler:
        """Chooses the rows of each step's batch; made once."""
        return pk_sampler(self.labels, self.data.p, self.data.k, self.data.seed)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Pick and augment the crops of a batch, see ``Source.batch``."""
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
