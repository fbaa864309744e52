"""Which pictures go into a batch: P people, K pictures of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypedDict, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_choice, check_number
from facenet_lite.errors import InputError

Small = Literal["fewer", "skip", "repeat"]
"""What a person with fewer than K pictures gives: those, nothing, or K with repetitions."""

SMALL: Final[tuple[Small, ...]] = get_args(Small)


class Position(TypedDict):
    """Where a sampler stands: numbers only, so that a checkpoint can hold them as JSON."""

    seed: int
    epoch: int
    batch: int


class PKSampler:
    """Batches of P people with K pictures each, as lists of indices into the labels.

    ``labels``: whole numbers (N,), one a picture. ``p``, ``k``: at least 1. ``generator`` is asked
    once, for a seed; epoch e is then a function of the seed and e, so that a run can be taken up
    anywhere. An epoch is every person once, in a new order, P to a batch; the people who do not
    fill a last batch wait for another epoch. An iteration gives what is left of the epoch, which
    after its last batch is nothing, and moves on to the next. ``len`` is the number of batches of
    a whole epoch. Give it to a ``DataLoader`` as ``batch_sampler``.

    A person's K pictures are drawn anew each epoch, without repetition. ``small`` says what
    becomes of people with fewer: "fewer" (the default) takes all they have, and the batch is
    shorter; "skip" leaves them out; "repeat" draws with repetition after each was taken once,
    which keeps P x K but makes pairs at distance 0, with nothing to learn from. Whoever has one
    picture alone is left out, unless k is 1.

    Raises InputError where fewer than p people are left. Others call it MPerClassSampler
    (pytorch-metric-learning) or BalancedBatchSampler. The paper's batches (section 3.2) have about
    45 x 40.
    """

    def __init__(
        self,
        labels: ArrayLike,
        p: int,
        k: int,
        *,
        generator: np.random.Generator,
        small: Small = "fewer",
    ) -> None:
        check_choice(small, "small", SMALL)
        self.p = int(check_number(p, "p", low=1, integer=True))
        self.k = int(check_number(k, "k", low=1, integer=True))
        self.small = small
        numbers = check_array(labels, "labels", shape=(None,), dtype=np.int64)
        least = self.k if small == "skip" else min(self.k, 2)
        self._people = [rows for rows in _by_person(numbers) if len(rows) >= least]
        if len(self._people) < self.p:
            raise InputError(
                f"labels: expected at least p = {self.p} people with {least} pictures or more, "
                f"got {len(self._people)}; a smaller p or k needs fewer"
            )
        self._position: Position = {
            "seed": int(generator.integers(2**63)),
            "epoch": 0,
            "batch": 0,
        }

    def __len__(self) -> int:
        return len(self._people) // self.p

    def __iter__(self) -> Iterator[list[int]]:
        while self._position["batch"] < len(self):
            batch = self.batch(self._position["epoch"], self._position["batch"])
            # subtle: moved on before the batch is handed out, so that a state kept while it is in
            # use says what comes next
            self._position["batch"] += 1
            yield batch
        self._position["epoch"] += 1
        self._position["batch"] = 0

    def batch(self, epoch: int, number: int) -> list[int]:
        """The indices of one batch, at most P x K; a person's pictures stand together."""
        seed = self._position["seed"]
        order = np.random.default_rng([seed, epoch]).permutation(len(self._people))
        draw = np.random.default_rng([seed, epoch, 1 + number])
        chosen = order[number * self.p : (number + 1) * self.p]
        return [int(row) for person in chosen for row in self._pictures(person, draw)]

    def _pictures(self, person: int, draw: np.random.Generator) -> NDArray[np.int64]:
        rows = self._people[person]
        once = draw.permutation(rows)[: self.k]
        if self.small == "repeat" and len(once) < self.k:
            return np.concatenate([once, draw.choice(rows, self.k - len(once))])
        return once

    def state_dict(self) -> Position:
        """The position, for a checkpoint: seed, epoch, and the batch that comes next.

        A ``DataLoader`` with workers has asked for batches that were not trained on yet: set
        ``batch`` to the number of those that were.
        """
        return self._position.copy()

    def load_state_dict(self, state: Any) -> None:
        """Stand where ``state_dict`` was asked; the labels must be the same.

        Raises InputError for what is no position of this sampler.
        """
        if not isinstance(state, dict) or set(state) != set(self._position):
            raise InputError("state: expected seed, epoch and batch, as state_dict gives them")
        highest = {"seed": 2**63 - 1, "epoch": 2**63 - 1, "batch": len(self)}
        for name, high in highest.items():
            check_number(state[name], name, low=0, high=high, integer=True)
        self._position = Position(
            seed=int(state["seed"]), epoch=int(state["epoch"]), batch=int(state["batch"])
        )


def _by_person(labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The indices of each label's pictures, labels ascending."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    return np.split(order, starts) if len(labels) else []
