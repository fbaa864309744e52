"""Figures to watch beside a triplet loss, which alone cannot tell learning from collapse.

Averaged over active triplets, the loss looks flat while the network learns, and it is exactly the
margin once every embedding is the same point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import torch
from torch import Tensor

from facenet_lite.losses.triplet import triplet_distances
from facenet_lite.ranking import (
    MARGIN,
    Block,
    blocks,
    check_batch,
    check_embeddings,
    check_margin,
)
from facenet_lite.types import Triplets

COLLAPSED_SPREAD: Final = 1e-2
"""Below this mean squared distance between embeddings, all faces are practically one point.

Evenly spread unit vectors have 2; at 0.01, a twentieth of the paper's margin, no margin can hold.
"""

COLLAPSED_STEPS: Final = 10
"""The spread must be low, and not growing, for this many steps: an untrained net is low as well."""


@dataclass(frozen=True)
class Diagnosis:
    """The state of one step, before its update.

    ``triplets``: how many were examined; ``active``: how many of them have a loss.
    ``mean_positive``, ``mean_negative``: the mean squared distance of their anchor-positive and
    anchor-negative pairs; 0 if there are none. ``spread``: the mean squared distance between two
    embeddings of the batch. ``margin``: the margin of the loss.
    """

    triplets: int
    active: int
    mean_positive: float
    mean_negative: float
    spread: float
    margin: float

    @property
    def active_fraction(self) -> float:
        """The share of triplets that are active; 0 if there are no triplets."""
        return self.active / self.triplets if self.triplets else 0.0

    @property
    def state(self) -> Literal["no triplets", "one point", "all satisfied", "learning"]:
        """A word for the step. An untrained network may start at "one point": see is_collapsed."""
        if not self.triplets:
            return "no triplets"
        if self.spread < COLLAPSED_SPREAD:
            return "one point"
        return "learning" if self.active else "all satisfied"


def diagnose_batch(embeddings: Tensor, labels: Tensor, margin: float = MARGIN) -> Diagnosis:
    """Diagnose every valid triplet of a batch; goes with ``batch_all_triplet_loss``.

    ``embeddings`` (B, D), ``labels`` (B,) and InputError are the same as there. The means are over
    pairs: each anchor-positive and each anchor-negative pair of the batch counts once.
    """
    vectors, numbers = check_batch(embeddings, labels)
    counts = [_count(block) for block in blocks(vectors, numbers, check_margin(margin))]
    return diagnosis_of(counts, vectors, margin)


class Counts(NamedTuple):
    """The numbers of triplets, active triplets and pairs in a block, and the sums of distances."""

    triplets: int
    active: int
    positives: int
    negatives: int
    to_positive: float
    to_negative: float


def counted(found: Iterable[Block], counts: list[Counts]) -> Iterator[Block]:
    """Yield the blocks and append their counts to ``counts``, so that a batch is ranked once."""
    for block in found:
        counts.append(_count(block))
        yield block


def diagnosis_of(counts: Sequence[Counts], embeddings: Tensor, margin: float) -> Diagnosis:
    """The diagnosis of a batch from the counts of all its blocks, see ``diagnose_batch``."""
    return Diagnosis(
        triplets=sum(some.triplets for some in counts),
        active=sum(some.active for some in counts),
        mean_positive=sum(c.to_positive for c in counts) / max(1, sum(c.positives for c in counts)),
        mean_negative=sum(c.to_negative for c in counts) / max(1, sum(c.negatives for c in counts)),
        spread=spread(embeddings),
        margin=margin,
    )


def _count(block: Block) -> Counts:
    return Counts(
        triplets=int(block.negatives.sum(1)[block.row].sum()),
        active=int(block.high.sum()),
        positives=len(block.row),
        negatives=int(block.negatives.sum()),
        to_positive=float(block.pair_distances.double().sum()),
        to_negative=float(block.distances[block.negatives].double().sum()),
    )


def diagnose_triplets(embeddings: Tensor, triplets: Triplets, margin: float = MARGIN) -> Diagnosis:
    """Diagnose the triplets that a miner picked; goes with ``triplet_loss``, same InputError."""
    vectors = check_embeddings(embeddings).detach()
    to_positive, to_negative = triplet_distances(vectors, triplets)
    count = max(1, len(triplets))
    return Diagnosis(
        triplets=len(triplets),
        active=int((to_positive - to_negative + check_margin(margin) > 0).sum()),
        mean_positive=float(to_positive.double().sum()) / count,
        mean_negative=float(to_negative.double().sum()) / count,
        spread=spread(vectors),
        margin=margin,
    )


def diagnose_taught(embeddings: Tensor, targets: Tensor, margin: float = MARGIN) -> Diagnosis:
    """Diagnose a student's embeddings against its teacher's, both (B, D): ``distillation_loss``.

    A triplet here is the student's embedding of a picture, the teacher's of the same picture, and
    the teacher's of another picture: B (B - 1) triplets in all.
    """
    student, teacher = check_embeddings(embeddings).detach(), check_embeddings(targets)
    count = len(student)
    apart = torch.cdist(student, teacher).square()
    own = apart.diagonal()
    others = ~torch.eye(count, dtype=torch.bool, device=apart.device)
    active = (own[:, None] - apart + check_margin(margin) > 0) & others
    negatives = count * (count - 1)
    return Diagnosis(
        triplets=negatives,
        active=int(active.sum()),
        mean_positive=float(own.double().mean()) if count else 0.0,
        mean_negative=float(apart[others].double().sum()) / max(1, negatives),
        spread=spread(student),
        margin=margin,
    )


def spread(embeddings: Tensor) -> float:
    """Mean squared distance between different embeddings (B, D), in O(B D); 0 for fewer than two.

    It is 2B / (B - 1) times the mean squared distance to their centre.
    """
    vectors = check_embeddings(embeddings).detach().double()
    if len(vectors) < 2:
        return 0.0
    return 2.0 * float(torch.var(vectors, dim=0).sum())


def is_collapsed(history: Sequence[Diagnosis]) -> bool:
    """Whether the last ``COLLAPSED_STEPS`` steps stayed at one point and grew by at most a tenth.

    All embeddings are then nearly the same: each triplet costs about the margin, and the gradient
    is almost 0 because it is made of differences. Start again with an easier rule (``semi_hard`` or
    batch-all), a lower learning rate, and more people per batch. (FaceNet, section 3.2, on the
    hardest negatives: "a collapsed model (i.e. f(x) = 0)".)
    """
    last = history[-COLLAPSED_STEPS:]
    if len(last) < COLLAPSED_STEPS:
        return False
    spreads = [step.spread for step in last]
    half = COLLAPSED_STEPS // 2
    grown = sum(spreads[half:]) > 1.1 * sum(spreads[:half])
    return max(spreads) < COLLAPSED_SPREAD and not grown
