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

from collections.abc import Callable
from typing import Final, Literal, TypeAlias, get_args

import torch
from torch import Tensor

from facenet_lite._checks import check_choice
from facenet_lite.errors import InputError
from facenet_lite.miners.all_triplets import MOST, all_semi_hard, batch_all
from facenet_lite.miners.batch_hard import batch_hard
from facenet_lite.miners.census import Census, census
from facenet_lite.miners.offline import offline
from facenet_lite.miners.semi_hard import easy_positive_semi_hard, random_semi_hard, semi_hard
from facenet_lite.ranking import MARGIN
from facenet_lite.types import Triplets

__all__ = [
    "MARGIN",
    "MOST",
    "NAMES",
    "Census",
    "Name",
    "all_semi_hard",
    "batch_all",
    "batch_hard",
    "census",
    "easy_positive_semi_hard",
    "mine",
    "offline",
    "random_semi_hard",
    "semi_hard",
]

Name: TypeAlias = Literal[
    "batch_all",
    "batch_hard",
    "semi_hard",
    "all_semi_hard",
    "random_semi_hard",
    "easy_positive_semi_hard",
]

NAMES: Final[tuple[Name, ...]] = get_args(Name)
"""The rules that see one batch; ``offline`` sees a whole data set."""

_WITH_MARGIN: Final[dict[Name, Callable[[Tensor, Tensor, float], Triplets]]] = {
    "semi_hard": semi_hard,
    "all_semi_hard": all_semi_hard,
    "easy_positive_semi_hard": easy_positive_semi_hard,
}


def mine(
    name: Name,
    embeddings: Tensor,
    labels: Tensor,
    *,
    margin: float = MARGIN,
    generator: torch.Generator | None = None,
) -> Triplets:
    """Apply a rule by its name, to embeddings (B, D) and labels (B,).

    ``margin`` is read by the rules with a band, ``generator`` by ``random_semi_hard``, which
    wants one. Raises InputError for a name not in ``NAMES``, and what the rule raises.
    """
    check_choice(name, "rule", NAMES)
    if name == "batch_all":
        return batch_all(embeddings, labels)
    if name == "batch_hard":
        return batch_hard(embeddings, labels)
    if name == "random_semi_hard":
        if generator is None:
            raise InputError("generator: expected a torch.Generator for a random rule, got None")
        return random_semi_hard(embeddings, labels, margin, generator=generator)
    return _WITH_MARGIN[name](embeddings, labels, margin)
