"""Recorded experiments computed again as far as a minute allows (``facenet-lite results check``).

Each function compares what is recorded (``data``) with what comes out today, and yields what it
compared, whether it agrees (None where that cannot be said), and a detail. ``full`` computes
everything again that takes no training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import numpy as np

from facenet_lite import models
from facenet_lite.book.experiments.image_quality import (
    degraded,
    face_sets,
    image_size,
    jpeg_quality,
)
from facenet_lite.book.experiments.networks import architectures
from facenet_lite.book.experiments.trained import training_data
from facenet_lite.book.experiments.trained.runs import BASE, Plan, Runs
from facenet_lite.data import lfw
from facenet_lite.errors import AssetMissingError
from facenet_lite.evaluate import paired_rates

Row: TypeAlias = tuple[str, bool | None, str]
"""What was compared, whether it agrees, and a detail."""

KINDS: Final = {"jpeg_quality": jpeg_quality.JPEG, "image_size": image_size.SIZE}
QUICK: Final = ("dlib", "nobody-triplet", "lfw-distilled")
"""The networks that are asked again unless everything is: one of each way of training."""
APART: Final[Mapping[str, float]] = {"val": 0.02, "auc": 2e-3, "eer": 0.01}
"""How far a rate may lie from the recorded one: on another processor an embedding differs a little,
and a pair or two of 300 come to lie on the other side of a threshold."""
DIFFERENT: Final = 1e-5
"""How far a mean of recorded figures may lie from the recorded mean, which is rounded."""


def degraded_faces_again(
    name: str, data: Mapping[str, Any], root: Path | None, full: bool
) -> Iterator[Row]:
    """Rates on faces made worse: of drawn people, the worst and the undegraded condition.

    With ``full`` all networks and conditions, and LFW's faces where there is a copy.
    """
    kind, settings = KINDS[name], data["settings"]
    config = degraded.Config(people=settings["people"], each=settings["each"])
    sets = [face_sets.drawn(config.people, config.each, seed=config.seed)]
    if full and data["lfw"] is not None:
        try:
            copy = lfw.find(root)
        except AssetMissingError as error:
            yield "rates on LFW", None, f"not computed again: {error}"
        else:
            found = face_sets.photographs(
                copy, config.people, config.each, seed=config.seed, folder=config.partial
            )
            sets.append(found)
    for faces in sets:
        recorded = data[faces.name]
        once = paired_rates.DrawnPeople(0, np.ones((1, recorded["people"]), np.int64))
        worst: dict[str, float] = {}
        for network in filter(recorded["nets"].__contains__, models.NAMES if full else QUICK):
            embedder = models.load(cast(models.Name, network), fast=True)
            for row in recorded["nets"][network]["levels"]:
                if full or row["level"] in (kind.conditions[0], kind.conditions[-1]):
                    vectors = embedder.embed(kind.inputs(faces, embedder.spec, row["level"]))
                    again = paired_rates.rates(vectors, faces.people, once, recorded["far"])
                    for measure, values in again.items():
                        apart = abs(float(values[0]) - row[measure][0])
                        worst[measure] = max(worst.get(measure, 0.0), apart)
        what = f"rates on {faces.name}"
        if not worst:
            yield what, None, f"not computed again: none of {', '.join(QUICK)} is recorded"
            continue
        said = ", ".join(f"{measure} {apart:.1e}" for measure, apart in worst.items())
        good = all(apart <= APART[measure] for measure, apart in worst.items())
        yield what, good, f"at most {said} apart"


def trained_again(
    name: str, data: Mapping[str, Any], root: Path | None, full: bool
) -> Iterator[Row]:
    """Means, intervals and differences again from each recorded run; runs are not trained again."""
    rows = {setting["name"]: setting["runs"] for setting in data["settings"]}
    base = BASE.changed(validation_people=data["base"]["validation_people"])
    runs = Runs(Plan(base=base, seeds=data["seeds"]), rows, [], data["lfw_pairs"])
    table = {row["name"]: row for row in runs.table(data["reference"])}
    wrong = [
        f"{setting['name']}: {part}"
        for setting in data["settings"]
        for part in ("summary", "less_reference")
        if not _alike(table[setting["name"]][part], setting[part])
    ]
    count = sum(len(some) for some in rows.values())
    yield "figures", not wrong, "; ".join(wrong) or f"again from {count} recorded runs"
    if name == "training_data":
        finite, endless = data["pictures"]["settings"], data["identities"]["settings"]
        config = training_data.Config(
            identities=tuple(row["people"] for row in endless),
            grid=tuple((row["people"], row["each"]) for row in finite),
            reference=endless[0]["people"],
        )
        trends = training_data.fitted(config, runs)
        good = _alike(trends["identities"], data["identities"]["trend"]) and _alike(
            trends["pictures"], data["pictures"]["trend"]
        )
        yield "trends", good, "again from the recorded runs"


def counted_again(
    name: str, data: Mapping[str, Any], root: Path | None, full: bool
) -> Iterator[Row]:
    """Parameters and multiply-adds of every network counted again; time and memory are not."""
    wrong = [
        row["name"]
        for row in data["networks"]
        if any(row[key] != value for key, value in architectures.counts(row["name"]).items())
    ]
    yield "counts", not wrong, ", ".join(wrong) or f"{len(data['networks'])} networks"


AGAIN: Final[Mapping[str, Callable[..., Iterator[Row]]]] = {
    **dict.fromkeys(KINDS, degraded_faces_again),
    **dict.fromkeys(("embedding_dim", "training_data", "margin", "mining"), trained_again),
    "architectures": counted_again,
}
"""By the experiment's name what computes it again: (name, data, root, full)."""


def _alike(one: Any, other: Any) -> bool:
    """Whether two recorded values are the same but for rounding."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) <= DIFFERENT * max(1.0, abs(one))
    return bool(one == other)
