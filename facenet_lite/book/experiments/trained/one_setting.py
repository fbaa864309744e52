"""Networks that differ in one setting: embedding length, margin or mining rule.

``facenet-lite experiment embedding_dim --lfw DIR``, ``margin`` and ``mining`` record them: one
network of ``runs.BASE`` for each value and seed, all else equal, each compared with the paper's own
choice, or with batch-all.

*Length.* FaceNet's Table 5 varies NN1 on its own pictures and reports VAL at FAR 1e-3; here it is a
network of half a million weights after 20,000 drawn pictures, and FAR 1e-2. The shape of the curve
can be compared, its height cannot.

*Margin.* The squared distance of two unit vectors is at most 4.

*Mining.* Each of ``RULES``, from the first step on. ``centred`` keeps embeddings apart from the
first step on, so that no rule can put all faces at one point. The paper argues (section 3.2) that
the hardest negatives "can in practice lead to bad local minima early on in training", a collapsed
model in particular; so the three rules of that argument are also tried without centring. A run's
``state`` records whether it collapsed: ``collapsed_at``, and the spread of its embeddings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from facenet_lite._checks import check_choice
from facenet_lite.book.experiments.published import TABLE_5
from facenet_lite.book.experiments.trained.runs import Plan, Runs, collect
from facenet_lite.book.results import Measured
from facenet_lite.errors import InputError
from facenet_lite.losses import diagnosis
from facenet_lite.ranking import MARGIN


@dataclass(frozen=True)
class Sweep:
    """``settings``: for each name, the fields of ``train.Config`` that it changes; ``reference``:
    the setting with which all others are compared; ``more``: what else is recorded of the runs."""

    settings: Mapping[str, Mapping[str, Any]]
    reference: str
    more: Callable[[Runs], dict[str, Any]] = field(default=lambda _: {}, repr=False)


@dataclass(frozen=True)
class Config:
    """``plan``: what all runs share; ``only``: names of settings, None: all."""

    plan: Plan = field(default_factory=Plan)
    only: tuple[str, ...] | None = None


def not_centred(rule: str) -> str:
    """The name of a rule's setting without centring."""
    return f"{rule}, not centred"


def _collapses(runs: Runs) -> dict[str, Any]:
    """How many runs of each rule collapsed, and a comparison of the rules without centring."""
    beside = not_centred("batch_all")
    return {
        "collapsed": {
            name: sum(row["state"]["collapsed_at"] is not None for row in rows)
            for name, rows in runs.rows.items()
        },
        "collapsed_spread": diagnosis.COLLAPSED_SPREAD,
        "less_batch_all_not_centred": {
            name: runs.difference(name, beside)
            for name in map(not_centred, UNCENTRED)
            if name in runs.rows and name != beside and beside in runs.rows
        },
    }


RULES: Final = (
    "batch_all", "batch_hard", "semi_hard", "random_semi_hard", "easy_positive_semi_hard",
)  # fmt: skip
UNCENTRED: Final = ("batch_all", "semi_hard", "batch_hard")
SWEEPS: Final[Mapping[str, Sweep]] = {
    "embedding_dim": Sweep(
        {str(dim): {"embedding_dim": dim} for dim in (16, 32, 64, 128, 256, 512)},
        "128",  # the paper's, section 5.4
        lambda _: {"paper": [row.to_dict() for row in TABLE_5]},
    ),
    "margin": Sweep(
        {f"{margin:g}": {"margin": margin} for margin in (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)},
        f"{MARGIN:g}",  # the paper's, section 3.1
    ),
    "mining": Sweep(
        {rule: {"mining": ((0, rule),)} for rule in RULES}
        | {not_centred(rule): {"mining": ((0, rule),), "centred": False} for rule in UNCENTRED},
        "batch_all",
        _collapses,
    ),
}
"""The sweeps, by the name of the experiment."""


def measure(name: str, *, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Train and judge the settings of one sweep, or read what is finished.

    ``lfw`` as ``collect`` takes it. Raises InputError for settings outside the sweep, or if its
    reference is not among them.
    """
    sweep, config = SWEEPS[check_choice(name, "name", SWEEPS)], config or Config()
    wanted = tuple(sweep.settings) if config.only is None else config.only
    for one in wanted:
        check_choice(one, "only", sweep.settings)
    if sweep.reference not in wanted:
        raise InputError(f"only: expected {sweep.reference!r} among them, got {wanted}")
    runs = collect({one: sweep.settings[one] for one in wanted}, config.plan, lfw=lfw)
    return runs.measured(sweep.reference, sweep.more(runs))
