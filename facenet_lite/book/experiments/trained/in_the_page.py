"""What a mining rule does to a network, in the small: drawn faces, one hidden layer, two numbers.

All pictures are in every batch, and the embedding has two numbers, so that it can be drawn. What
is learned is how to tell *these* pictures apart; nothing is said about people not in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from facenet_lite import losses, miners
from facenet_lite._checks import check_number
from facenet_lite.data import nobody
from facenet_lite.losses import Diagnosis
from facenet_lite.ranking import MARGIN
from facenet_lite.types import Image, Triplets

Pick: TypeAlias = Callable[[Tensor, Tensor], Triplets]
"""A mining rule: ``miners.semi_hard``, or another that takes embeddings and labels."""

SIDE: Final = 24
"""Pixels to a side that the network sees, grey."""
HIDDEN: Final = 64
RATE: Final = 0.05
"""The paper's first learning rate (section 3.3), for its optimiser, AdaGrad."""


@dataclass(frozen=True, eq=False)
class Faces:
    """``pictures``: RGB uint8 (N, 96, 96, 3); ``inputs``: float32 (N, 576), grey, from -1 to 1;
    ``labels``: int64 (N,)."""

    pictures: tuple[Image, ...]
    inputs: Tensor
    labels: Tensor


@dataclass(frozen=True, eq=False)
class Run:
    """A training of S steps, with everything that it passed through.

    ``embeddings``: float32 (S + 1, N, D), before each step and after the last; ``labels`` (N,).
    ``rules``: for each step the name of the rule whose triplets it used; ``triplets``: how many
    those were; ``costs``: the loss on them. ``history``: before each step, the state of all valid
    triplets.
    """

    embeddings: Tensor
    labels: Tensor
    rules: tuple[str, ...]
    triplets: tuple[int, ...]
    costs: tuple[float, ...]
    history: tuple[Diagnosis, ...]

    @property
    def collapsed_at(self) -> int | None:
        """After how many steps ``losses.is_collapsed`` first says so; None if it never does."""
        seen = range(1, len(self.history) + 1)
        return next((n for n in seen if losses.is_collapsed(self.history[:n])), None)

    def active(self, step: int = -1) -> float:
        """The share of all valid triplets that still cost something, by default after the last."""
        return losses.diagnose_batch(self.embeddings[step], self.labels).active_fraction


def faces(people: int = 8, each: int = 8, *, seed: int = 12) -> Faces:
    """Draw pictures of people who do not exist, and shrink them to what the network takes."""
    rng = np.random.default_rng(seed)
    model = nobody.load()
    drawn = model.sample_pictures(model.sample_identities(people, rng=rng), each, rng=rng)
    pictures, labels = drawn.flat
    grey = torch.from_numpy(pictures).float().mean(dim=3)[:, None]
    small = nn.functional.avg_pool2d(grey, pictures.shape[1] // SIDE)
    return Faces(tuple(pictures), small.flatten(1) / 127.5 - 1, torch.from_numpy(labels))


def train(
    data: Faces,
    pick: Pick,
    *,
    seed: int = 0,
    steps: int = 150,
    dim: int = 2,
    rate: float = RATE,
    every: int = 1,
    first: Pick | None = None,
    warm_up: int = 0,
) -> Run:
    """Train a network of one hidden layer on the triplets that a rule picks.

    ``seed`` draws its weights. ``dim``: numbers of an embedding, which has unit length. ``every``:
    mine anew only each so many steps, and use the old triplets in between. For the first
    ``warm_up`` steps ``first`` picks instead. Raises InputError for numbers out of their range.
    """
    for name, value in (("steps", steps), ("dim", dim), ("every", every)):
        check_number(value, name, low=1, integer=True)
    check_number(warm_up, "warm_up", low=0, high=steps, integer=True)
    check_number(rate, "rate", low=0, low_included=False)
    net = _network(data.inputs.shape[1], dim, seed)
    optimiser = torch.optim.Adagrad(net.parameters(), lr=rate)
    passed, rules, counts, costs, history = [], [], [], [], []
    triplets = Triplets.empty()
    for step in range(steps):
        embeddings = nn.functional.normalize(net(data.inputs))
        rule = first if first is not None and step < warm_up else pick
        if step % every == 0 or step == warm_up:
            triplets = rule(embeddings.detach(), data.labels)
        cost = losses.triplet_loss(embeddings, triplets)
        passed.append(embeddings.detach())
        rules.append(getattr(rule, "__name__", "a rule"))
        counts.append(len(triplets))
        costs.append(cost.item())
        history.append(losses.diagnose_batch(embeddings.detach(), data.labels, MARGIN))
        optimiser.zero_grad()
        cost.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    passed.append(nn.functional.normalize(net(data.inputs)).detach())
    return Run(
        torch.stack(passed), data.labels, tuple(rules), tuple(counts), tuple(costs), tuple(history)
    )


def staleness(run: Run, mined: int, pick: Pick = miners.semi_hard, steps: int = 40) -> list[float]:
    """Mine a run's embeddings once, before step ``mined``: how much is left of it later.

    The share of those triplets that still cost something, 0, 1, 2, ... ``steps`` steps on.
    """
    last = len(run.embeddings) - 1
    check_number(mined, "mined", low=0, high=last - steps, integer=True)
    triplets = pick(run.embeddings[mined], run.labels)
    later = run.embeddings[mined : mined + steps + 1]
    return [losses.diagnose_triplets(some, triplets).active_fraction for some in later]


def _network(inputs: int, dim: int, seed: int) -> nn.Module:
    """Weights drawn from the seed, without moving torch's own generator."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, dim))
