"""Rules that pick triplets from a batch: ``miners.semi_hard(embeddings, labels)``.

Each returns ``Triplets``, by anchor, then by positive. Distances are squared L2; of equal ones
the lower index comes first. With d_p = d(a,p) and d_n = d(a,n), a negative is

- hard where d_n <= d_p,
- semi-hard where d_p < d_n < d_p + margin: further than the positive, and yet not far enough,
- easy where d_p + margin <= d_n: no loss, no gradient.

The words differ elsewhere. pytorch-metric-learning counts d_n = d_p + margin as semi-hard, and
takes plain distances of normalised vectors unless told otherwise. TensorFlow Addons takes for each
pair the nearest negative with d_n > d_p however far it is, and the *farthest* of all where there is
none. siamese-triplet takes a random one inside the band. torchvision's reference has no semi-hard
rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import torch
from torch import Tensor

from facenet_lite._checks import check_choice
from facenet_lite.miners.all_triplets import (
    MOST,
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
from facenet_lite.miners.batch_hard import batch_hard, hardest_of_each
from facenet_lite.miners.kinds import Census, census
from facenet_lite.miners.whole_set import offline
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin
from facenet_lite.types import Triplets

__all__ = [
    "MARGIN",
    "MINERS",
    "MOST",
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
"""The rules that see one batch, by name: a rule is registered here and nowhere else. Each picks
triplets from the ranked anchors of ``ranking.blocks``; a random one draws from the generator."""

NAMES: Final = tuple(MINERS)
"""The names of the rules; ``offline`` sees a whole data set, and is none of them."""


def mine(
    name: str,
    embeddings: Tensor,
    labels: Tensor,
    *,
    margin: float = MARGIN,
    generator: torch.Generator | None = None,
) -> Triplets:
    """Apply a rule by its name, to embeddings (B, D) and labels (B,).

    ``margin`` matters to the rules with a band, ``generator`` to ``random_semi_hard``, which
    needs one. Raises InputError for a name not in ``NAMES``, and what the rule raises.
    """
    found = blocks(*check_batch(embeddings, labels), check_margin(margin))
    return pick(name, found, generator=generator)


def pick(
    name: str, found: Iterable[Block], *, generator: torch.Generator | None = None
) -> Triplets:
    """Apply a rule by its name to anchors that are ranked already, see ``mine``."""
    return MINERS[check_choice(name, "rule", MINERS)](found, generator)
