"""Is what is recorded still what comes out? ``facenet-lite results check NAME``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from facenet_lite import assets, evaluate
from facenet_lite.book import results
from facenet_lite.book.experiments import EXPERIMENTS
from facenet_lite.book.experiments.lfw import benchmark
from facenet_lite.data import lfw
from facenet_lite.errors import AssetMissingError
from facenet_lite.types import Pairs

SAMPLE: Final = 40
"""Pairs whose embeddings are computed anew."""
TOLERANCE: Final = 5e-3
"""How far a squared distance may lie from the recorded one: another processor rounds otherwise, and
a landmark that falls on the other side of a pixel's edge moves the crop."""
RATES: Final = 2e-3
"""How far a rate of ``all_pairs`` may lie from the recorded one."""


class Finding(NamedTuple):
    """``what`` was compared; ``good``: True, False, or None where it could not be; ``detail``."""

    what: str
    good: bool | None
    detail: str


def names(folder: Path | None = None) -> list[str]:
    """All recorded results, by name."""
    return sorted(path.stem for path in (folder or results.FOLDER).glob("*.json"))


def check(
    name: str,
    *,
    lfw: Path | None = None,
    folder: Path | None = None,
    full: bool = False,
    progress: bool = True,
) -> list[Finding]:
    """Compare what is recorded under ``name`` with what comes out today.

    Its form is always checked. Of LFW's results every figure is computed again from the recorded
    distances; with a copy of LFW (``lfw``, or as ``data.lfw.find`` looks for it) ``SAMPLE`` of the
    distances are too, from the pictures, or all if ``full``. Of the experiments in ``recomputed``
    what takes less than a minute is computed again, and with ``full`` what takes no training. Of
    other results nothing more is done, and what it would take is said. Raises ResultError where
    there is none of this name, or where its form is not right.
    """
    record = results.load(name, folder)
    findings = [Finding("form", True, f"recorded {record['date']} by: {record['command']}")]
    findings += _versions(record)
    if name.startswith("lfw_"):
        findings += _benchmark(name, record, lfw, folder, full, progress)
    elif name == "all_pairs":
        findings += _all_pairs(record, lfw)
    elif name in EXPERIMENTS:
        findings += _experiment(name, record, lfw, full)
    return findings


def _experiment(name: str, record: results.Record, root: Path | None, full: bool) -> list[Finding]:
    # Imported when asked: it needs torch, which figures of distances do not.
    from facenet_lite.book.experiments import recomputed

    if name in recomputed.AGAIN:
        again = recomputed.AGAIN[name](name, record["data"], root, full)
        return [Finding(*row) for row in again]
    minutes = max(1, round(record["seconds"] / 60))
    told = f"not computed again: `{record['command']}`, {minutes} minutes"
    return [Finding("figures", None, told)]


def _versions(record: results.Record) -> Iterator[Finding]:
    today = results.versions()
    other = {
        package: f"{then}, now {today.get(package)}"
        for package, then in record["versions"].items()
        if today.get(package) != then
    }
    listed = ", ".join(f"{package} {change}" for package, change in other.items())
    yield Finding("versions", None if other else True, listed or "the same as today's")


def _benchmark(
    name: str,
    record: results.Record,
    root: Path | None,
    folder: Path | None,
    full: bool,
    progress: bool,
) -> Iterator[Finding]:
    stored = results.load_distances(name, folder)
    stand_in = _unnamed(stored)
    data = {key: value for key, value in record["data"].items() if key != "protocol"}
    card = evaluate.Protocol.of(record["data"]["protocol"])
    # Thresholds that were chosen on other distances than those kept are taken as recorded.
    elsewhere = card.seen == "other_folds"
    again = benchmark.judge(stand_in, stored.squared, data["thresholds"] if elsewhere else None)
    wrong = [key for key in again if again[key] != data.get(key)]
    said = f"{len(again)} figures from {len(stored.squared):,} recorded distances"
    yield Finding(
        "figures", not wrong, f"other than recorded: {', '.join(wrong)}" if wrong else said
    )
    known = card.weights in ("none", *(asset.sha256 for asset in assets.registry().values()))
    yield Finding("protocol", known, f"{card.model}, {card.crop}, weights {card.weights[:12]}")
    config = benchmark.Config(
        model=card.model,  # type: ignore[arg-type]  # checked by Config
        crop="centre" if card.detector == "none" else "aligned",
        flip=card.flip,
        jitter=card.jitter,
        view=card.view,  # type: ignore[arg-type]  # checked by Config
    )
    fits = (config.name, config.command) == (name, record["command"])
    yield Finding("command", fits, f"the card's is {config.name}: {config.command}")
    try:
        copy = lfw.find(root)
    except AssetMissingError as error:
        yield Finding("distances", None, f"not computed again: {error}")
        return
    pairs = benchmark.listed_pairs(copy, config.view)
    same_list = np.array_equal(pairs.is_same, stored.is_same) and np.array_equal(
        pairs.folds, stored.folds
    )
    yield Finding("list of pairs", bool(same_list), "as in the copy of LFW")
    config = replace(config, lfw=copy.root, progress=progress)
    if full:
        squared, _, _, thresholds = benchmark.measure(config)
        rows = np.arange(len(pairs))
        if thresholds is not None:
            apart = float(np.max(np.abs(np.subtract(thresholds, data["thresholds"]))))
            yield Finding("thresholds", apart <= _limit(stored), f"at most {apart:.1e} apart")
    elif config.model == "eigenfaces":
        yield Finding("distances", None, "eigenfaces need all pictures: use --full")
        return
    else:
        rows = np.linspace(0, len(pairs) - 1, SAMPLE).astype(int)
        squared = sample(config, copy, rows.tolist())
    apart = float(np.max(np.abs(squared - stored.squared[rows])))
    yield Finding(
        "distances",
        apart <= _limit(stored),
        f"{len(rows):,} computed again, at most {apart:.1e} apart",
    )


def _limit(stored: results.Distances) -> float:
    return TOLERANCE * max(1.0, float(stored.squared.max()))


def sample(config: benchmark.Config, copy: lfw.Lfw, rows: list[int]) -> Any:
    """The squared distances of some of the view's pairs, from their pictures: float32 (R,)."""
    pairs = benchmark.listed_pairs(copy, config.view)
    passes = benchmark.open_passes(config, copy)
    place = {picture: row for row, picture in enumerate(passes.pictures)}
    ends = [place[side[row]] for row in rows for side in (pairs.first, pairs.second)]
    done = [
        passes.embed(np.stack(list(passes.crops(name, ends))))
        for name in benchmark.all_passes(config)
    ]
    vectors = benchmark.averaged(config, done)
    apart = np.square(vectors[::2] - vectors[1::2]).sum(axis=1)
    return apart.astype(np.float32)


def _all_pairs(record: results.Record, root: Path | None) -> Iterator[Finding]:
    from facenet_lite.data import lfw_reference

    try:
        vectors, people = lfw_reference.read_all(lfw.find(root))
    except AssetMissingError as error:
        yield Finding("figures", None, f"not computed again: {error}")
        return
    rows = record["data"]["rates"]
    found = evaluate.all_pairs(vectors, people, fars=[row["far"] for row in rows])
    apart = max(abs(p.val - row["val"]) for p, row in zip(found.points, rows, strict=True))
    counted = (found.same, found.different) == (record["data"]["same"], record["data"]["different"])
    yield Finding("pairs", counted, f"{found.same + found.different:,}")
    yield Finding("rates", apart <= RATES, f"at most {apart:.1e} apart")


def _unnamed(stored: results.Distances) -> Pairs:
    """The recorded pairs without names: each fold's people are its own."""
    ends = tuple((f"fold {fold}", row) for row, fold in enumerate(stored.folds.tolist()))
    return Pairs(ends, ends, stored.is_same, stored.folds)
