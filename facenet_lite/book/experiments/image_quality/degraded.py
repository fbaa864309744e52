"""Faces degraded by a known amount, and the effect on their embeddings (FaceNet, section 5.3).

``facenet-lite experiment jpeg_quality --lfw DIR`` and ``image_size`` record it; if no folder of
LFW is named, for drawn faces alone. A face is cropped from the undegraded picture, where its
landmarks were found, to ``side`` pixels; the crop is degraded and then resized to the network's
input, by averaging areas to make it smaller and by linear interpolation to make it larger. All
pictures of a set are compared with all others, both of a pair equally degraded, as in the paper.

The 100 people of a set, with three pictures each, make 300 same pairs and 44,550 different pairs;
the paper's FAR of 0.001 accepts 44 of these. (Some of LFW's people have only two pictures.) So a
VAL near one half is known to about 0.1 either way, one near 1 more precisely, and a difference
between two conditions more precisely than either, since the people are the same. Small effects
cannot be detected.

Embeddings are kept per network, set and condition, so that an interrupted run can resume. A network
is identified by its embedding of one fixed picture: other weights never share a file.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import product
from os import environ
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from facenet_lite import models
from facenet_lite._checks import check_choice, check_number
from facenet_lite.book.experiments.image_quality import face_sets, paired_rates
from facenet_lite.book.experiments.image_quality.degradation import KINDS, Degradation, Level
from facenet_lite.book.experiments.image_quality.face_sets import FaceSet
from facenet_lite.book.experiments.image_quality.paired_rates import DrawnPeople
from facenet_lite.book.kept import fingerprint, once_array, one_thread
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.errors import InputError


@dataclass(frozen=True)
class Config:
    """``partial``: the folder from which an interrupted run resumes; ``networks``: of
    ``models.NAMES``, None: all; ``people`` with ``each`` pictures: how large both sets are;
    ``trials``: the number of bootstrap draws of people for the intervals."""

    partial: Path = Path("build/experiments/degraded")
    networks: Sequence[str] | None = None
    people: int = 100
    each: int = 3
    trials: int = 1000
    seed: int = 0
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.people, "people", low=10, integer=True)
        check_number(self.each, "each", low=2, integer=True)
        check_number(self.trials, "trials", low=100, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)
        for name in self.names:
            check_choice(name, "networks", models.NAMES)
        if not self.names:
            raise InputError("networks: expected at least one network's name, got none")

    @property
    def names(self) -> tuple[str, ...]:
        """The networks' names."""
        return tuple(models.NAMES if self.networks is None else self.networks)


def measure(name: str, *, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure the experiment ``name``; the other arguments are those of ``measure_kind``."""
    return measure_kind(KINDS[check_choice(name, "name", KINDS)], config or Config(), lfw=lfw)


def measure_kind(kind: Degradation, config: Config, *, lfw: Path | None = None) -> Measured:
    """Measure, or read what an interrupted run has already measured.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it; if no folder is named at
    all, only the drawn half is measured, and ``data`` has None for LFW).
    """
    from tqdm import tqdm

    start, kept = time.perf_counter(), 0.0
    networks = {name: models.load(cast(models.Name, name), fast=True) for name in config.names}
    sets = list(filter(None, (_drawn(config), _photographed(lfw, config))))
    work = list(product(sets, networks, kind.conditions))
    found: dict[tuple[str, str, Level], NDArray[np.float32]] = {}
    with one_thread():
        for faces, which, level in tqdm(work, disable=not config.progress, unit="condition"):
            network = networks[which]
            folder = config.partial / f"{faces.name}.{faces.key}"
            path = folder / f"{signature(which, network)}.{kind.key(network.spec, level)}.npz"
            old = path.is_file()
            embed = partial(_embed, kind, network, faces, level)
            found[faces.name, which, level], seconds = once_array(path, embed)
            kept += seconds * old
    margin = next(iter(networks.values())).spec.crop_margin
    summaries: dict[str, Any] = {"nobody": None, "lfw": None}
    for number, faces in enumerate(sets):
        rng = face_sets.stream(config.seed, face_sets.BOOTSTRAP, number)
        draws = DrawnPeople.of(config.people, trials=config.trials, rng=rng)
        vectors = {key[1:]: value for key, value in found.items() if key[0] == faces.name}
        summaries[faces.name] = {
            **face_sets.of_faces(faces, margin),
            **summarise(kind, vectors, faces.people, draws),
        }
    settings = {"people": config.people, "each": config.each, "trials": config.trials}
    data = {"settings": {**settings, "side": kind.side, "networks": list(networks)}, **summaries}
    return Measured(data, time.perf_counter() - start + kept, config.seed)


def summarise(
    kind: Degradation,
    vectors: Mapping[tuple[str, Level], NDArray[np.float32]],
    people: NDArray[np.int64],
    draws: DrawnPeople,
) -> dict[str, Any]:
    """What is recorded of one set: every network's rates at every level, each with its interval.

    ``change``: the difference from the undegraded condition; ``claim``: the rate at the second
    level of the paper's claim minus that at the first. Every draw uses the same people for both.
    """
    far = paired_rates.rate_to_ask(people)
    same, different = paired_rates.pairs_of(people)
    nets: dict[str, Any] = {}
    for name in dict.fromkeys(name for name, _ in vectors):
        rates = {
            level: paired_rates.rates(vectors[name, level], people, draws, far)
            for level in kind.conditions
        }
        worse, better = kind.claim

        def differences(one: Level, other: Level, rates: Any = rates) -> dict[str, Any]:
            return {m: draws.difference(rates[one][m], rates[other][m]) for m in rates[one]}

        nets[name] = {
            "levels": [
                {
                    "level": level,
                    **{m: draws.interval(figures) for m, figures in rates[level].items()},
                    "change": None if level is None else differences(level, None),
                }
                for level in kind.conditions
            ],
            "claim": {"below": worse, "above": better, **differences(better, worse)},
        }
    return {"same": same, "different": different, "far": far, "nets": nets}


def _embed(
    kind: Degradation, network: models.Embedder, faces: FaceSet, level: Level
) -> NDArray[np.float32]:
    return network.embed(kind.inputs(faces, network.spec, level))


def _drawn(config: Config) -> FaceSet:
    return _remembered(face_sets.drawn(config.people, config.each, seed=config.seed))


def _photographed(folder: Path | None, config: Config) -> FaceSet | None:
    """LFW's faces, or None where no folder is named; a named folder must exist."""
    if folder is None and not environ.get(lfw_data.VARIABLE):
        return None
    copy = lfw_data.find(folder)
    found = face_sets.photographs(
        copy, config.people, config.each, seed=config.seed, folder=config.partial
    )
    return _remembered(found)


def _remembered(faces: FaceSet) -> FaceSet:
    """The same faces with a cache of their crops, two sizes at a time."""
    return replace(faces, cut=lru_cache(maxsize=2)(faces.cut))


def signature(name: str, network: models.Embedder) -> str:
    """A network's name and a short hash of its embedding of a fixed picture."""
    size = network.spec.image_size
    noise = np.random.default_rng(0).integers(256, size=(1, size, size, 3), dtype=np.uint8)
    seen = network.embed(noise).astype(np.float64).round(3) + 0.0  # no minus zero
    return (
        f"{name}-{fingerprint(network.spec.to_json(), hashlib.sha256(seen.tobytes()).hexdigest())}"
    )
