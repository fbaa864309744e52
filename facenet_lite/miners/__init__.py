"""Rules that pick triplets from a batch: ``miners.semi_hard(embeddings, labels)``.

Each returns ``Triplets``, sorted by anchor, then by positive. Distances are squared L2; ties go to
the lower index. With d_p = d(a,p) and d_n = d(a,n), a negative is

- hard if d_n <= d_p,
- semi-hard if d_p < d_n < d_p + margin: further than the positive, but not far enough,
- easy if d_p + margin <= d_n: no loss, no gradient.

Other libraries use the words differently. pytorch-metric-learning counts d_n = d_p + margin as
semi-hard, and by default uses plain distances of normalised vectors. For each pair TensorFlow
Addons takes the nearest negative with d_n > d_p, however far it is, or the *farthest* of all if
there is none. siamese-triplet takes a random one inside the band. torchvision's reference has no
semi-hard rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from facenet_lite._checks import check_choice
from facenet_lite._extras import named
from facenet_lite.types import Triplets

with named():
    import torch
    from torch import Tensor

    from facenet_lite.miners.all_triplets import (
        all_semi_hard,
        batch_all,
        every_in_band,
        every_triplet,
    )
    from facenet_lite.miners.band import (
        any_in_band,
        easy_positive_semi_hard,
        nearest_in_band,
        nearest_positive_in_band,
        random_semi_hard,
        semi_hard,
    )
    from facenet_lite.miners.hardest import batch_hard, hardest_of_each
    from facenet_lite.miners.kinds import Census, census
    from facenet_lite.miners.whole_set import offline
    from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin

__all__ = [
    "MARGIN",
    "MINERS",
    "NAMES",
    "Census",
    "all_semi_hard",
    "batch_all",
    "batch_hard",
    "census",
    "easy_positive_semi_hard",
    "mine",
    "offline",
    "pick",
    "random_semi_hard",
    "semi_hard",
]

Picker: TypeAlias = Callable[[Iterable[Block], torch.Generator | None], Triplets]

MINERS: Final[dict[str, Picker]] = {
    "batch_all": lambda found, _: every_triplet(found),
    "batch_hard": lambda found, _: hardest_of_each(found),
    "semi_hard": lambda found, _: nearest_in_band(found),
    "all_semi_hard": lambda found, _: every_in_band(found),
    "random_semi_hard": any_in_band,
    "easy_positive_semi_hard": lambda found, _: nearest_positive_in_band(found),
}
"""The rules that work on one batch, by name; this is the only place to register one. Each picks
triplets from the ranked anchors of ``ranking.blocks``; a random one draws from the generator."""

NAMES: Final = tuple(MINERS)
"""The names of the rules; ``offline`` is not among them, because it works on a whole data set."""


def mine(
    name: str,
    embeddings: Tensor,
    labels: Tensor,
    *,
    margin: float = MARGIN,
    generator: torch.Generator | None = None,
) -> Triplets:
    """Apply the named rule to embeddings (B, D) and labels (B,).

    ``margin`` matters to the rules with a band, ``generator`` to ``random_semi_hard``, which
    requires one. Raises InputError for a name not in ``NAMES``, and whatever the rule raises.
    """
    found = blocks(*check_batch(embeddings, labels), check_margin(margin))
    return pick(name, found, generator=generator)


def pick(
    name: str, found: Iterable[Block], *, generator: torch.Generator | None = None
) -> Triplets:
    """Apply the named rule to anchors that are already ranked, see ``mine``."""
    return MINERS[check_choice(name, "rule", MINERS)](found, generator)
