"""Recompute LFW's recorded results (``facenet-lite results check``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from facenet_lite import assets, evaluate
from facenet_lite.book import results
from facenet_lite.book.experiments.finding import Asked, Finding
from facenet_lite.book.experiments.lfw import benchmark as lfw_benchmark
from facenet_lite.book.experiments.lfw.protocol_card import Protocol
from facenet_lite.book.experiments.lfw.reference import embedded
from facenet_lite.data import lfw
from facenet_lite.errors import AssetMissingError
from facenet_lite.types import Pairs

SAMPLE: Final = 40
"""The number of pairs whose embeddings are recomputed, unless all are."""
TOLERANCE: Final = 5e-3
"""How far a squared distance may lie from the recorded one: processors round differently, and a
landmark that falls on the other side of a pixel's edge moves the crop."""
RATES: Final = 2e-3
"""How far a rate of ``all_pairs`` may lie from the recorded one."""


def benchmark(asked: Asked) -> Iterator[Finding]:
    """Every figure from the recorded distances, and some distances from their pictures.

    With ``full``, all distances.
    """
    stored, record = results.load_distances(asked.name, asked.folder), asked.record
    stand_in = _unnamed(stored)
    data = {key: value for key, value in record["data"].items() if key != "protocol"}
    card = Protocol.of(record["data"]["protocol"])
    # Thresholds chosen on distances that are not kept are taken as recorded.
    elsewhere = card.seen == "other_folds"
    again = lfw_benchmark.judge(stand_in, stored.squared, data["thresholds"] if elsewhere else None)
    wrong = [key for key in again if again[key] != data.get(key)]
    said = f"{len(again)} figures from {len(stored.squared):,} recorded distances"
    yield Finding(
        "figures", not wrong, f"other than recorded: {', '.join(wrong)}" if wrong else said
    )
    known = card.weights in ("none", *(asset.sha256 for asset in assets.registry().values()))
    yield Finding("protocol", known, f"{card.model}, {card.crop}, weights {card.weights[:12]}")
    config = lfw_benchmark.Config(
        model=card.model,  # type: ignore[arg-type]  # checked by Config
        crop="centre" if card.detector == "none" else "aligned",
        flip=card.flip,
        jitter=card.jitter,
        view=card.view,  # type: ignore[arg-type]  # checked by Config
    )
    fits = (config.name, config.command) == (asked.name, record["command"])
    yield Finding("command", fits, f"the card's is {config.name}: {config.command}")
    try:
        copy = lfw.find(asked.lfw)
    except AssetMissingError as error:
        yield Finding("distances", None, f"not computed again: {error}")
        return
    pairs = lfw_benchmark.listed_pairs(copy, config.view)
    same_list = np.array_equal(pairs.is_same, stored.is_same) and np.array_equal(
        pairs.folds, stored.folds
    )
    yield Finding("list of pairs", bool(same_list), "as in the copy of LFW")
    config = replace(config, lfw=copy.root, progress=asked.progress)
    if asked.full:
        squared, _, _, thresholds = lfw_benchmark.measure(config)
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


def sample(config: lfw_benchmark.Config, copy: lfw.Lfw, rows: list[int]) -> Any:
    """The squared distances of some of the view's pairs, from their pictures: float32 (R,)."""
    pairs = lfw_benchmark.listed_pairs(copy, config.view)
    passes = lfw_benchmark.open_passes(config, copy)
    place = {picture: row for row, picture in enumerate(passes.pictures)}
    ends = [place[side[row]] for row in rows for side in (pairs.first, pairs.second)]
    done = [
        passes.embed(np.stack(list(passes.crops(name, ends))))
        for name in lfw_benchmark.all_passes(config)
    ]
    vectors = lfw_benchmark.averaged(config, done)
    apart = np.square(vectors[::2] - vectors[1::2]).sum(axis=1)
    return apart.astype(np.float32)


def all_pairs(asked: Asked) -> Iterator[Finding]:
    """Compare every pair again, from the embeddings stored beside LFW."""
    try:
        _, vectors, people, _ = embedded(lfw.find(asked.lfw), undetected=True)
    except AssetMissingError as error:
        yield Finding("figures", None, f"not computed again: {error}")
        return
    data = asked.data
    rows = data["rates"]
    found = evaluate.all_pairs(vectors, people, fars=[row["far"] for row in rows])
    apart = max(abs(p.val - row["val"]) for p, row in zip(found.points, rows, strict=True))
    counted = (found.same, found.different) == (data["same"], data["different"])
    yield Finding("pairs", counted, f"{found.same + found.different:,}")
    yield Finding("rates", apart <= RATES, f"at most {apart:.1e} apart")


def _unnamed(stored: results.Distances) -> Pairs:
    """The recorded pairs without names: each fold has its own people."""
    ends = tuple((f"fold {fold}", row) for row, fold in enumerate(stored.folds.tolist()))
    return Pairs(ends, ends, stored.is_same, stored.folds)
