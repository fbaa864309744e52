"""What a mining rule does to a network, in a small test: drawn faces, one hidden layer, 2-D.

All pictures are in every batch, and the embedding has two numbers, so that it can be plotted. The
network learns to tell *these* pictures apart; the test says nothing about other people.
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
"""The side, in pixels, of the network's grey input."""
HIDDEN: Final = 64
RATE: Final = 0.05
"""The paper's first learning rate (section 3.3), for its optimiser, AdaGrad."""


@dataclass(frozen=True, eq=False)
class FewFaces:
    """``pictures``: RGB uint8 (N, 96, 96, 3); ``inputs``: float32 (N, 576), grey, from -1 to 1;
    ``labels``: int64 (N,)."""

    pictures: tuple[Image, ...]
    inputs: Tensor
    labels: Tensor


@dataclass(frozen=True, eq=False)
class Run:
    """A training run of S steps, with all its intermediate states.

    ``embeddings``: float32 (S + 1, N, D), before each step and after the last; ``labels`` (N,).
    ``rules``: the name of the rule whose triplets each step used; ``triplets``: how many there
    were; ``costs``: the loss on them. ``history``: before each step, the state of all valid
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
        """The number of steps after which ``losses.is_collapsed`` first holds, else None."""
        seen = range(1, len(self.history) + 1)
        return next((n for n in seen if losses.is_collapsed(self.history[:n])), None)

    def active(self, step: int = -1) -> float:
        """The share of all valid triplets with a loss above 0, by default after the last step."""
        return losses.diagnose_batch(self.embeddings[step], self.labels).active_fraction


def faces(people: int = 8, each: int = 8, *, seed: int = 12) -> FewFaces:
    """Draw pictures of people who do not exist, and shrink them to the network's input."""
    rng = np.random.default_rng(seed)
    model = nobody.load()
    drawn = model.sample_pictures(model.sample_identities(people, rng=rng), each, rng=rng)
    pictures, labels = drawn.flat
    grey = torch.from_numpy(pictures).float().mean(dim=3)[:, None]
    small = nn.functional.avg_pool2d(grey, pictures.shape[1] // SIDE)
    return FewFaces(tuple(pictures), small.flatten(1) / 127.5 - 1, torch.from_numpy(labels))


def train(
    data: FewFaces,
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

    ``seed`` draws its weights. ``dim``: numbers of an embedding, which has unit length. Triplets
    are mined again only at every ``every``-th step, and reused in between. For the first
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
    """Mine a run's embeddings once, before step ``mined``, and see how long its triplets last.

    The share of those triplets that are still active 0, 1, 2, ... ``steps`` steps later.
    """
    last = len(run.embeddings) - 1
    check_number(mined, "mined", low=0, high=last - steps, integer=True)
    triplets = pick(run.embeddings[mined], run.labels)
    later = run.embeddings[mined : mined + steps + 1]
    return [losses.diagnose_triplets(some, triplets).active_fraction for some in later]


def _network(inputs: int, dim: int, seed: int) -> nn.Module:
    """Weights drawn from the seed, without touching torch's global generator."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, dim))
