"""The interface that training expects of a loss, and the settings that a loss is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, get_args

from torch import Tensor, nn

from facenet_lite import miners
from facenet_lite._checks import check_choice, check_number, describe
from facenet_lite.errors import InputError
from facenet_lite.losses.diagnosis import Diagnosis
from facenet_lite.losses.triplet import Reduction
from facenet_lite.ranking import MARGIN, check_margin

Mining: TypeAlias = tuple[tuple[int, str], ...]

RULES: Final = tuple(name for name in miners.NAMES if name != "all_semi_hard")
"""The mining rules that can be trained with. ``batch_all`` is the loss over every triplet, without
listing them; ``all_semi_hard`` is excluded because it lists too many triplets."""


class Outcome(NamedTuple):
    """The result for one batch: ``value``, the scalar to run backward from; ``triplets``, how many
    it was computed from, 0 for other losses; ``rule``, the log's name for the rule in use."""

    value: Tensor
    triplets: int
    diagnosis: Diagnosis
    rule: str


class Loss(Protocol):
    """A loss on labelled embeddings, such as a ``torch.nn.Module`` with this signature."""

    def __call__(self, embeddings: Tensor, labels: Tensor, step: int = 0) -> Outcome:
        """The loss of a batch, embeddings (B, D) and labels (B,), at a step of the training.

        The same input gives the same value. Raises InputError as ``ranking.check_batch`` does.
        """
        ...

    def parameters(self) -> Iterable[nn.Parameter]:
        """The loss's own weights, in a fixed order; trained and saved with the network's."""
        ...


@dataclass(frozen=True)
class Settings:
    """The settings of a loss; each registered loss reads those that it needs.

    ``name``: a loss of ``losses.LOSSES``. ``mining``: pairs of a step and the rule that picks the
    triplets from that step on; the first begins at step 0. ``reduction``: as in ``triplet_loss``.
    ``seed``: for all random draws. Raises InputError for invalid values.
    """

    name: str = "triplet"
    mining: Mining = ((0, "batch_all"),)
    margin: float = MARGIN
    reduction: Reduction = "mean_active"
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice(self.reduction, "reduction", get_args(Reduction))
        check_margin(self.margin)
        check_number(self.seed, "seed", low=0, integer=True)
        _check_mining(self.mining)

    def rule(self, step: int) -> str:
        """The mining rule of a step, counted from 0."""
        return [rule for start, rule in self.mining if start <= step][-1]


def _check_mining(mining: Any) -> None:
    starts = []
    try:
        for start, rule in mining:
            check_number(start, "mining's step", low=0, integer=True)
            check_choice(rule, "mining's rule", RULES)
            starts.append(start)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"mining: expected pairs of a step and a rule, got {describe(mining)}"
        ) from error
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise InputError(f"mining: expected steps that rise from 0, got {starts}")
