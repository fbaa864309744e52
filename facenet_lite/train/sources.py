"""Where batches come from. A batch is a function of the seed and the step, and of nothing else.

So a run that goes on needs no state of a sampler or a generator, workers may be as many as one
likes, and several processes can each make their own part of one batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data import nobody
from facenet_lite.samplers import PKSampler
from facenet_lite.train.config import Config

DRAWING, AUGMENTING, SAMPLING, PEOPLE, WEIGHTS, MINING, KEEPING, CHOOSING, VIEWING = range(9)
"""What randomness is for: no two uses share a stream."""


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


def splits(config: Config) -> nobody.Splits:
    """The drawn people of a run: those to train on, to look at on the way, and for the end.

    The people held out are the same for every number of training people.
    """
    model = nobody.load()
    held = stream(config.seed, PEOPLE, 0)
    trained = model.sample_identities(config.people, rng=stream(config.seed, PEOPLE, 1))
    others = model.sample_identities(2 * config.validation_people, rng=held)
    others = nobody.Identities(others.coordinates, others.labels + config.people)
    half = config.validation_people
    return nobody.Splits(trained, others.take(slice(0, half)), others.take(slice(half, None)))


@dataclass(frozen=True)
class DrawnSource:
    """Faces of Nobody: every picture is drawn for its step, and never seen again.

    Where ``config.pictures`` says so, a person has only so many, and those come again, each time
    changed anew where ``config.augment``. Picture n of a person is the same however many there are
    and whatever the step: the fewer are part of the more. Of people with fewer than K some come
    twice in a batch.
    """

    config: Config
    people: nobody.Identities = field(repr=False)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Draw the pictures of a batch, see ``Source.batch``."""
        c = self.config
        rows = _own(_rows_of(c, np.arange(len(self.people)), c.p, 1, step), part, parts)
        # Each person's draws have their own stream; the pictures are drawn all at once.
        coefficients = np.concatenate([self._coefficients(int(row), step) for row in rows])
        pictures, _ = nobody.load().draw(coefficients, size=c.image_size)
        if c.augment:
            pictures = np.concatenate(
                [
                    c.augmentation.apply(some, rng=stream(c.seed, AUGMENTING, step, row))
                    for some, row in zip(np.split(pictures, len(rows)), rows, strict=True)
                ]
            )
        return Batch(pictures, np.repeat(self.people.labels[rows], c.k))

    def _coefficients(self, row: int, step: int) -> NDArray[np.float64]:
        """Those of the K pictures of a person in a step: (K, D)."""
        c = self.config
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

    config: Config
    crops: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """Pick and change the crops of a batch, see ``Source.batch``."""
        c = self.config
        rows = _rows_of(c, self.labels, c.p, c.k, step).reshape(c.p, c.k)
        some = _own(np.arange(c.p), part, parts)
        pictures = [
            c.augmentation.apply(self.crops[rows[i]], rng=stream(c.seed, AUGMENTING, step, int(i)))
            if c.augment
            else self.crops[rows[i]]
            for i in some
        ]
        return Batch(np.concatenate(pictures), self.labels[rows[some]].ravel())


def _rows_of(
    config: Config, labels: NDArray[np.int64], p: int, k: int, step: int
) -> NDArray[np.int64]:
    """The rows of a step's batch: k of each of p labels, (p * k,)."""
    sampler = PKSampler(labels, p, k, generator=stream(config.seed, SAMPLING), small="repeat")
    return np.array(sampler.batch(*divmod(step, len(sampler))))


def _own(rows: NDArray[np.int64], part: int, parts: int) -> NDArray[np.int64]:
    each = len(rows) // parts
    return rows[part * each : (part + 1) * each]
