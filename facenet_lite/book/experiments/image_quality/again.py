"""Recompute the rates on degraded faces (``facenet-lite results check``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

import numpy as np

from facenet_lite import models
from facenet_lite.book.experiments.finding import Asked, Finding
from facenet_lite.book.experiments.image_quality import degraded, face_sets, paired_rates
from facenet_lite.book.experiments.image_quality.degradation import KINDS
from facenet_lite.data import lfw
from facenet_lite.errors import AssetMissingError

APART: Final[Mapping[str, float]] = {"val": 0.02, "auc": 2e-3, "eer": 0.01}
"""How far a rate may lie from the recorded one: embeddings differ slightly between processors, and
one or two of 300 pairs may cross a threshold."""


def again(asked: Asked) -> Iterator[Finding]:
    """Check drawn people with some networks, in the worst and the undegraded condition.

    If ``full``, check all networks and conditions, and LFW's faces where there is a copy.
    """
    data, kind = asked.data, KINDS[asked.name]
    settings = data["settings"]
    config = degraded.Config(people=settings["people"], each=settings["each"])
    sets = [face_sets.drawn(config.people, config.each, seed=config.seed)]
    if asked.full and data["lfw"] is not None:
        try:
            copy = lfw.find(asked.lfw)
        except AssetMissingError as error:
            yield Finding("rates on LFW", None, f"not computed again: {error}")
        else:
            found = face_sets.photographs(
                copy, config.people, config.each, seed=config.seed, folder=config.partial
            )
            sets.append(found)
    for faces in sets:
        recorded = data[faces.name]
        once = paired_rates.DrawnPeople(0, np.ones((1, recorded["people"]), np.int64))
        worst: dict[str, float] = {}
        for network in filter(
            recorded["nets"].__contains__, models.NAMES if asked.full else asked.networks
        ):
            embedder = models.load(cast(models.Name, network), fast=True)
            for row in recorded["nets"][network]["levels"]:
                if asked.full or row["level"] in (kind.conditions[0], kind.conditions[-1]):
                    vectors = embedder.embed(kind.inputs(faces, embedder.spec, row["level"]))
                    again = paired_rates.rates(vectors, faces.people, once, recorded["far"])
                    for measure, values in again.items():
                        apart = abs(float(values[0]) - row[measure][0])
                        worst[measure] = max(worst.get(measure, 0.0), apart)
        what = f"rates on {faces.name}"
        if not worst:
            yield Finding(
                what, None, f"not computed again: none of {', '.join(asked.networks)} is recorded"
            )
            continue
        said = ", ".join(f"{measure} {apart:.1e}" for measure, apart in worst.items())
        good = all(apart <= APART[measure] for measure, apart in worst.items())
        yield Finding(what, good, f"at most {said} apart")
