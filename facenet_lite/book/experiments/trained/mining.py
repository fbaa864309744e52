"""Which triplets a network learns from: each of ``RULES``, from the first step on.

``facenet-lite experiment mining --lfw DIR`` records ``results/mining.json``: one network of
``trained_runs.BASE`` for each rule and seed, each compared with batch-all. ``centred`` keeps
embeddings apart from the first step on, so that no rule can put all faces at one point; the three
rules of the paper's argument (section 3.2: the hardest negatives "can in practice lead to bad local
minima early on in training", a collapsed model in particular) are therefore tried without it as
well. Whether a run collapsed stands in its ``state``: ``collapsed_at``, and the spread of its
embeddings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from facenet_lite import train
from facenet_lite._checks import check_choice
from facenet_lite.book import results
from facenet_lite.book.experiments.trained.runs import Plan, collect
from facenet_lite.errors import InputError
from facenet_lite.losses import diagnosis

COMMAND: Final = "facenet-lite experiment mining --lfw DIR"
REFERENCE: Final = "batch_all"
RULES: Final = (
    REFERENCE, "batch_hard", "semi_hard", "random_semi_hard", "easy_positive_semi_hard",
)  # fmt: skip
UNCENTRED: Final = ("batch_all", "semi_hard", "batch_hard")


@dataclass(frozen=True)
class Config:
    """``plan``: what all runs share; ``rules``: ``REFERENCE`` among them; ``uncentred``: those
    that are tried without centring as well."""

    plan: Plan = field(default_factory=Plan)
    rules: tuple[str, ...] = RULES
    uncentred: tuple[str, ...] = UNCENTRED

    def __post_init__(self) -> None:
        for rule in (*self.rules, *self.uncentred):
            check_choice(rule, "rule", train.RULES)
        if REFERENCE not in self.rules:
            raise InputError(f"rules: expected {REFERENCE!r} among them, got {self.rules}")


def measure(config: Config) -> dict[str, Any]:
    """Train and judge, or read what is finished; what is recorded as ``data``, and ``seconds``."""
    settings: dict[str, Mapping[str, Any]] = {}
    for rule in config.rules:
        settings[rule] = {"mining": ((0, rule),)}
    for rule in config.uncentred:
        settings[not_centred(rule)] = {"mining": ((0, rule),), "centred": False}
    runs = collect(settings, config.plan)
    beside = not_centred(REFERENCE)
    return runs.data(
        REFERENCE,
        collapsed={
            name: sum(row["state"]["collapsed_at"] is not None for row in rows)
            for name, rows in runs.rows.items()
        },
        collapsed_spread=diagnosis.COLLAPSED_SPREAD,
        less_batch_all_not_centred={
            name: runs.difference(name, beside)
            for name in map(not_centred, config.uncentred)
            if name != beside and beside in runs.rows
        },
    )


def record(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Measure, and write ``mining.json`` into ``folder`` (the package's own if None)."""
    settings = config or Config()
    data = measure(replace(settings, plan=replace(settings.plan, lfw=lfw)))
    seconds = data.pop("seconds")
    return results.save("mining", data, command=COMMAND, seed=0, seconds=seconds, folder=folder)


def not_centred(rule: str) -> str:
    """The name of a rule's setting without centring."""
    return f"{rule}, not centred"
