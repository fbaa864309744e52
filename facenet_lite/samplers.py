"""Choose the pictures of a batch: P people, K pictures of each."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_choice, check_number
from facenet_lite.errors import InputError

Small = Literal["fewer", "skip", "repeat"]
"""A person with fewer than K pictures gives all of them, none, or K with repetitions."""

SMALL: Final[tuple[Small, ...]] = get_args(Small)


class PKSampler:
    """Batches of P people with K pictures each, as indices into the labels.

    ``labels``: whole numbers (N,), one per picture. ``p``, ``k``: at least 1. ``generator`` is
    used once, to draw a seed: a batch depends only on the seed and its own number, so a run can be
    resumed at any step without saving the sampler's state. ``len`` is the number of batches in an
    epoch. Each epoch takes the people in a new order, P to a batch and nobody twice, and leaves out
    those who do not fill a last batch.

    A person's K pictures are drawn again for each batch, without repetition. ``small`` says what
    happens to people with fewer: "fewer" (the default) takes all their pictures and makes the batch
    shorter; "skip" leaves them out; "repeat" takes each picture once and then draws with
    repetition, which keeps P x K but makes pairs at distance 0 that teach nothing. People with a
    single picture are left out, unless k is 1.

    Raises InputError if fewer than p people are left. Elsewhere this is called MPerClassSampler
    (pytorch-metric-learning) or BalancedBatchSampler. The paper's batches (section 3.2) have about
    45 x 40 pictures.
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
        # The pictures sorted by label, and where each person's pictures begin and end.
        self._order = np.argsort(numbers, kind="stable")
        inner = np.flatnonzero(np.diff(numbers[self._order])) + 1
        starts, ends = np.append(0, inner), np.append(inner, len(numbers))
        least = self.k if small == "skip" else min(self.k, 2)
        enough = ends - starts >= least
        self._starts, self._ends = starts[enough], ends[enough]
        if len(self._starts) < self.p:
            raise InputError(
                f"labels: expected at least p = {self.p} people with {least} pictures or more, "
                f"got {len(self._starts)}; a smaller p or k needs fewer"
            )
        self._seed = int(generator.integers(2**63))

    def __len__(self) -> int:
        return len(self._starts) // self.p

    def batch(self, step: int) -> NDArray[np.int64]:
        """The indices of a step's batch, at most P x K; each person's pictures are contiguous."""
        epoch, number = divmod(int(check_number(step, "step", low=0, integer=True)), len(self))
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._starts))
        draw = np.random.default_rng([self._seed, epoch, 1 + number])
        chosen = order[number * self.p : (number + 1) * self.p]
        return np.concatenate([self._pictures(person, draw) for person in chosen])

    def _pictures(self, person: int, draw: np.random.Generator) -> NDArray[np.int64]:
        rows = self._order[self._starts[person] : self._ends[person]]
        once = draw.permutation(rows)[: self.k]
        if self.small == "repeat" and len(once) < self.k:
            return np.concatenate([once, draw.choice(rows, self.k - len(once))])
        return once
