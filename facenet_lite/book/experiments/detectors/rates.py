"""The detectors on scenes made of LFW's faces: recall, false alarms and time.

``facenet-lite experiment detectors --lfw DIR`` records ``results/detectors.json``. Measurements
are kept per condition in a folder, so that an interrupted run can resume.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from facenet_lite import detect
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.detectors import as_recorded, scenes, summary
from facenet_lite.book.experiments.detectors.conditions import Condition, every_condition, make
from facenet_lite.book.kept import fingerprint, once, one_thread
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.detect import Detector
from facenet_lite.errors import InputError
from facenet_lite.evaluate import detections
from facenet_lite.types import Image

PER_SCENE: Final = scenes.COLUMNS**2
SWEEPS: Final = (Condition("unchanged"), Condition("rotation", 30))
"""Conditions in which the detectors also run at their most permissive settings, to obtain other
operating points."""


@dataclass(frozen=True)
class Config:
    """``partial``: the folder from which an interrupted run resumes; ``scenes``: the number of
    scenes, each with 16 faces."""

    partial: Path = Path("build/experiments/detectors")
    scenes: int = 32
    seed: int = 0
    detectors: Sequence[str] = detect.NAMES
    conditions: Sequence[Condition] = every_condition()
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.scenes, "scenes", low=1, high=252, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)
        if Condition("unchanged") not in self.conditions:
            raise InputError("conditions: expected the unchanged one among them, to compare with")


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure, or read what an interrupted run has already measured.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    from tqdm import tqdm

    config = config or Config()
    copy = lfw_data.find(lfw)
    chosen = choose(copy, config)
    folder = config.partial / fingerprint(config.seed, config.scenes, scenes.CROP, copy.state())
    work = [(condition, name) for condition in config.conditions for name in config.detectors]
    raw: dict[tuple[str, str], Any] = {}
    with one_thread():
        for condition, name in tqdm(work, disable=not config.progress, unit="run"):
            raw[condition.key, name] = once(
                folder / f"{condition.key}.{name}.json",
                lambda c=condition, n=name: count(as_recorded.load(n), c, chosen, config.seed),
            )
        for condition in SWEEPS:
            if condition in config.conditions:
                for name in filter(summary.SWEEPS.__contains__, config.detectors):
                    raw[f"sweep {condition.key}", name] = once(
                        folder / f"sweep-{condition.key}.{name}.json",
                        lambda c=condition, n=name: sweep(n, c, chosen, config.seed),
                    )
    data = summary.summarise(raw, config.conditions, config.detectors, scenes=len(chosen))
    return Measured(data, sum(data["seconds"].values()), config.seed)


def choose(copy: lfw_data.Lfw, config: Config) -> list[list[Image]]:
    """Pictures of people drawn from View 1's training list, one each, sixteen to a scene."""
    people = list(copy.people("train").items())
    wanted = config.scenes * PER_SCENE
    if wanted > len(people):
        raise InputError(f"scenes: {wanted} people needed, the list has {len(people)}; take fewer")
    generator = np.random.default_rng(config.seed)
    drawn = [people[i] for i in generator.choice(len(people), wanted, replace=False)]
    pictures = [copy.picture(n, int(generator.integers(1, count + 1))) for n, count in drawn]
    return [pictures[i : i + PER_SCENE] for i in range(0, wanted, PER_SCENE)]


def count(
    detector: Detector,
    condition: Condition,
    chosen: Sequence[Sequence[Image]],
    seed: int,
    columns: int = scenes.COLUMNS,
) -> dict[str, Any]:
    """Run one detector over all scenes of a condition: counts, the hits' framing, and times.

    ``hits``: for each face found, the box's corners relative to the face's top left corner, in
    sides of the face. ``cpu_ms`` and ``wall_ms``: per picture, after an untimed warm-up call.
    """
    out: dict[str, Any] = {"faces": 0, "hits": [], "extra": 0, "background": 0}
    out |= {"cpu_ms": [], "wall_ms": []}
    start = time.perf_counter()
    for number, portraits in enumerate(chosen):
        scene = make(condition, portraits, seed=(seed, number), columns=columns)
        if number == 0:
            detector.detect(scene.image)
        wall, cpu = time.perf_counter(), time.process_time()
        found = detector.detect(scene.image)
        out["cpu_ms"].append(round((time.process_time() - cpu) * 1000, 2))
        out["wall_ms"].append(round((time.perf_counter() - wall) * 1000, 2))
        pairs = detections.match(found.boxes, scene.faces)
        face = scene.faces[pairs.known]
        corner, side = np.tile(face[:, :2], 2), np.tile(face[:, 2:] - face[:, :2], 2)
        relative = (found.boxes[pairs.found] - corner) / side
        out["faces"] += len(scene.faces)
        out["hits"] += np.round(relative.astype(float), 4).tolist()
        out["extra"] += len(pairs.extra)
        extra = found.boxes[pairs.extra]
        out["background"] += int(np.sum(~scenes.inside(extra, scene.tiles)))
    out["seconds"] = round(time.perf_counter() - start, 2)
    return out


def sweep(
    name: str, condition: Condition, chosen: Sequence[Sequence[Image]], seed: int
) -> dict[str, Any]:
    """One detector's hits and false alarms as its threshold rises from the most permissive."""
    swept = summary.SWEEPS[name]
    detector = swept.load()
    points = [{"threshold": t, "hits": 0, "faces": 0, "extra": 0} for t in swept.thresholds]
    start = time.perf_counter()
    for number, portraits in enumerate(chosen):
        scene = make(condition, portraits, seed=(seed, number))
        found = detector.detect(scene.image)
        for point in points:
            pairs = detections.match(found.above(point["threshold"]).boxes, scene.faces)
            point["hits"] += len(pairs.known)
            point["faces"] += len(scene.faces)
            point["extra"] += len(pairs.extra)
    return {"points": points, "seconds": round(time.perf_counter() - start, 2)}
