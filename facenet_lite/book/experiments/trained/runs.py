"""Networks trained under many settings with several seeds each: the part all experiments share.

Every run starts from ``BASE``, a setting that two cores can afford, and changes one thing. It is
judged on drawn people whom it has never seen, different for each seed and the same for every
setting, and on LFW's View 1 test pairs where there is a copy of LFW. A finished run is never
trained again: its judgement is kept, and shared by all experiments with the same settings.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from facenet_lite import assets, evaluate, models, train
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.lfw.view1 import View1
from facenet_lite.book.kept import fingerprint, once
from facenet_lite.book.results import Measured
from facenet_lite.errors import InputError
from facenet_lite.losses import Diagnosis, is_collapsed
from facenet_lite.train import validation

BASE: Final = train.Config.of(image_size=64, steps=250, validate_every=0)
"""Crops of 64 pixels, 250 steps of 16 people with 5 pictures each: 20,000 pictures. The rest is the
default of ``train.Config``: batch-all triplets with a margin of 0.2 on 10,000 drawn people."""
DIGITS: Final = 6
LAST: Final = 10
"""The number of steps at the end of a run over which its state is averaged."""
METRICS: Final = {
    "auc": ("drawn", "auc"),
    "val": ("drawn", "val"),
    "lfw_auc": ("lfw", "crops", "auc", "value"),
    "lfw_auc_mirrored": ("lfw", "mirrored", "auc", "value"),
    "lfw_accuracy": ("lfw", "crops", "accuracy", "value"),
    "lfw_accuracy_mirrored": ("lfw", "mirrored", "accuracy", "value"),
}
"""What is summarised over seeds, and where it stands in a run's judgement."""
NOTES: Final = {
    "interval of a mean": "95 %, Student's t over seeds; a seed changes the people trained on, the "
    "drawn people held out and the first weights, not LFW's pairs",
    "interval of a difference": "95 %, Student's t over seeds, of the difference within each seed, "
    "for this comparison alone: of twenty, one is expected to miss",
    "drawn": "AUC with its 95 % interval by leaving out each person held out in turn; VAL at FAR "
    "0.01, whose uncertainty the seeds show",
    "lfw": "View 1's test pairs; AUC with its interval from drawing people anew, accuracy with "
    "Wilson's, each threshold chosen on the other nine folds, which share no person",
    "state": "of the triplets and embeddings in a run's last ten batches, without an interval: the "
    "seeds show how it scatters; collapsed_at: after how many steps losses.is_collapsed says so, "
    "null for never",
    "untrained": "the base setting before its first step, with the same seeds",
}


@dataclass(frozen=True)
class Plan:
    """``base``: what every run starts from; ``seeds``: how many, from 0; ``partial``: the folder
    where runs resume and finished ones are stored, for one process at a time."""

    partial: Path = Path("build/experiments/trained")
    base: train.Config = BASE
    seeds: int = 3
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.seeds, "seeds", low=2, integer=True)


@dataclass(frozen=True, eq=False)
class Runs:
    """``rows``: for each setting's name, what was measured with each seed; ``untrained``: the base
    setting before its first step, with each seed; ``plan``; ``pairs``: LFW's, 0 without LFW."""

    plan: Plan
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    untrained: Sequence[Mapping[str, Any]] = field(repr=False)
    pairs: int = 0

    def values(self, name: str, metric: str) -> list[float] | None:
        """One metric of a setting, seed by seed; None unless it was measured with every seed."""
        return _values(self.rows[name], metric)

    def difference(self, first: str, second: str) -> dict[str, Any]:
        """Each metric of the first setting minus the second's, seed by seed: mean and interval."""
        out = {}
        for metric in METRICS:
            one, two = self.values(first, metric), self.values(second, metric)
            apart = None if one is None or two is None else np.subtract(one, two).tolist()
            out[metric] = over_seeds(apart)
        return out

    def table(self, reference: str) -> list[dict[str, Any]]:
        """What is recorded of each setting; all others are compared with ``reference``."""
        return [
            {
                "name": name,
                "summary": summary(rows),
                "less_reference": None if name == reference else self.difference(name, reference),
                "runs": list(rows),
            }
            for name, rows in self.rows.items()
        ]

    def measured(self, reference: str, more: Mapping[str, Any]) -> Measured:
        """What is recorded: the base setting, notes, the table, and ``more``."""
        base = self.plan.base.flat()
        data = {
            "base": {key: value for key, value in base.items() if key not in ("seed", "workers")},
            "base_in_words": in_words(self.plan.base),
            "seeds": self.plan.seeds,
            "lfw_pairs": self.pairs,
            "notes": NOTES,
            "reference": reference,
            "settings": self.table(reference),
            "untrained": summary(self.untrained),
            **more,
        }
        return Measured(data, self.seconds)

    @property
    def seconds(self) -> float:
        """The seconds of training and judging, including runs shared with other experiments."""
        rows = [row for rows in self.rows.values() for row in rows] + list(self.untrained)
        return float(sum(row["seconds"] + row["judged_seconds"] for row in rows))


def collect(
    settings: Mapping[str, Mapping[str, Any]], plan: Plan, *, lfw: Path | None = None
) -> Runs:
    """Train and judge every setting, the base with some changes, with each seed.

    ``settings``: for each name, the fields of ``train.Config`` that it changes; ``lfw``: the
    reader's copy (None: as ``data.lfw.find`` looks for it, and without LFW where no folder is
    named). Finished runs are read from ``plan.partial``. Raises InputError, before anything is
    trained, if there are no settings, or for changes that ``train.Config`` refuses.
    """
    from tqdm import tqdm

    if not settings:
        raise InputError("settings: expected at least one, got none")
    configs = {name: plan.base.changed(**changes) for name, changes in settings.items()}
    view1 = View1.find(lfw)
    work = [(name, seed) for seed in range(plan.seeds) for name in configs]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in configs}
    untrained = []
    with tqdm(total=len(work), disable=not plan.progress, unit="run") as bar:
        for name, seed in work:
            bar.set_postfix_str(f"{name}, seed {seed}")
            rows[name].append(run(configs[name].changed(seed=seed), plan.partial, view1))
            bar.update()
        for seed in range(plan.seeds):
            first = plan.base.changed(seed=seed)
            untrained.append(run(first, plan.partial, view1, trained=False))
    return Runs(plan, rows, untrained, 0 if view1 is None else len(view1.pairs))


def in_words(config: train.Config) -> str:
    """Describe a run on drawn people in a sentence."""
    data, loss, step = config.data, config.loss, config.step
    anew = (
        "every one drawn anew"
        if data.pictures is None
        else f"{data.pictures} of each, again and again"
    )
    rules = ", ".join(f"{rule} from step {start}" for start, rule in loss.mining)
    network = f"{train.untrained(config.network).spec.name}, {config.network.embedding_dim}"
    return (
        f"{network} dimensions; {step.steps} steps of {data.p} people with {data.k} pictures each, "
        f"{step.steps * data.p * data.k:,} pictures of {data.people:,} drawn people, {anew}; "
        f"{rules}, margin {loss.margin:g}; {step.optimiser}, learning rate {step.learning_rate:g}"
    )


def run(
    config: train.Config, partial: Path, view1: View1 | None, *, trained: bool = True
) -> dict[str, Any]:
    """Train one network and judge it, or read the judgement if that has been done.

    The run's folder, with its checkpoints, is removed once the judgement is written.
    """
    settings = {**config.flat(), "workers": 0}  # their number does not change the result
    lists = None if view1 is None else view1.copy.state()
    key = fingerprint(settings, trained, assets.get("nobody").sha256, lists)
    place = partial / key

    def make() -> Any:
        if not trained:
            network, state = train.untrained(config.network), {"seconds": 0.0}
        else:
            network = train.train(config, place, progress=False)
            state = read_state(place, config.loss.margin)
        return _rounded({"seed": config.data.seed, **judge(network, config.data, view1), **state})

    found: dict[str, Any] = once(partial / f"{key}.json", make)
    if place.is_dir():
        shutil.rmtree(place)
    return found


def judge(network: models.TorchEmbedder, data: train.Data, view1: View1 | None) -> dict[str, Any]:
    """Judge on the drawn test people, and on LFW's View 1 (None without it)."""
    start = time.perf_counter()
    held_out = validation.pictures(train.splits(data).test, data)
    found = {
        "drawn": train.look(network, held_out)._asdict(),
        "lfw": None if view1 is None else view1.judge(network),
    }
    return {**found, "judged_seconds": time.perf_counter() - start}


def read_state(place: Path, margin: float) -> dict[str, Any]:
    """How a run ended, from its log: the state in its last steps, and whether it had collapsed."""
    steps = train.read(place)
    spreads = [float(row["spread"]) for row in steps]
    history = [Diagnosis(0, 0, 0.0, 0.0, spread, margin) for spread in spreads]
    collapsed = (n for n in range(1, len(history) + 1) if is_collapsed(history[:n]))
    last = {
        name: float(np.mean([float(row[name]) for row in steps[-LAST:]]))
        for name in ("loss", "active_fraction", "mean_positive", "mean_negative", "spread")
    }
    return {
        "state": {**last, "lowest_spread": min(spreads), "collapsed_at": next(collapsed, None)},
        "seconds": float(steps[-1]["seconds"]),
    }


def summary(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Each metric over seeds, None unless it was measured with every seed."""
    return {metric: over_seeds(_values(rows, metric)) for metric in METRICS}


def over_seeds(values: Sequence[float] | None) -> dict[str, Any] | None:
    """Mean, 95 % interval by Student's t, and each seed's value; None for None."""
    if values is None:
        return None
    low, high = evaluate.t_interval(values)
    found = {"mean": float(np.mean(values)), "low": low, "high": high, "values": list(values)}
    return {key: _rounded(value) for key, value in found.items()}


def _values(rows: Sequence[Mapping[str, Any]], metric: str) -> list[float] | None:
    found = []
    for row in rows:
        value: Any = row
        for key in METRICS[metric]:
            value = None if value is None else value[key]
        found.append(value)
    return None if None in found else found


def _rounded(value: Any) -> Any:
    """The same value with every real number rounded to a sensible precision."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
