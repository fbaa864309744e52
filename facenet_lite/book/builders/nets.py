"""Train a network that the package ships: ``facenet-lite build lfw-distilled --lfw DIR``.

Interrupted runs resume in ``build/nets/NAME``. A run's log is recorded with the other results, and
its weights carry the threshold that is best on View 1's test pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from facenet_lite import evaluate, models, train
from facenet_lite._checks import check_choice
from facenet_lite.book import results
from facenet_lite.data import lfw as lfw_data
from facenet_lite.errors import InputError
from facenet_lite.train.loop import MODEL
from facenet_lite.train.photographs import Frame, of_lfw

BATCH: Final[Mapping[str, Any]] = {"p": 32, "k": 4, "validate_every": 200}
Recipe: TypeAlias = tuple[train.Config, ...]
RECIPES: Final[Mapping[str, Recipe]] = {
    "nobody-triplet": (
        train.Config.of(people=50_000, steps=2_400, **BATCH),
        train.Config.of(
            people=50_000, spread=1.5, harder=True, steps=3_000, learning_rate=2e-3, seed=1, **BATCH
        ),
        train.Config.of(
            people=50_000, spread=1.2, harder=True, steps=2_500, learning_rate=1.5e-3, seed=2,
            **BATCH,
        ),
    ),
    "lfw-triplet": (
        train.Config.of(data="lfw", start="nobody-triplet", steps=800, learning_rate=1e-3, **BATCH),
    ),
    "lfw-distilled": (
        train.Config.of(
            data="lfw", teacher="dlib", drawn=5_000, steps=3_000, learning_rate=2e-3, **BATCH
        ),
        train.Config.of(
            data="lfw", teacher="dlib", views=6, drawn=10_000, steps=4_000, learning_rate=2e-3,
            seed=1, **BATCH,
        ),
        train.Config.of(
            data="lfw", teacher="dlib", views=6, drawn=10_000, steps=2_000, learning_rate=1.5e-3,
            seed=1, **BATCH,
        ),
    ),
}  # fmt: skip
"""How each network was trained, in stages; ``train.Config`` says what the settings mean. Each later
stage starts from the weights of the one before it."""
EVERY: Final = 20
"""Every 20th step is recorded."""
CURVES: Final = ("loss", "active_fraction", "mean_positive", "mean_negative", "spread")


def build(
    name: str,
    *,
    lfw: Path | None = None,
    folder: Path | None = None,
    partial: Path = Path("build/nets"),
    recipe: Recipe | None = None,
    log: Path | None = None,
    progress: bool = True,
) -> Path:
    """Train, and write ``NAME.safetensors`` into ``folder`` (None: the working directory).

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it), which sets the threshold
    even of the network that was not trained on it; ``partial``: where an interrupted run resumes;
    ``recipe``: other stages than ``RECIPES``; ``log``: where the log's JSON goes (None: among the
    package's own results). Raises AssetMissingError without LFW.
    """
    stages = RECIPES[check_choice(name, "network", RECIPES)] if recipe is None else recipe
    if not stages:
        raise InputError("recipe: expected at least one stage, got none")
    copy = lfw_data.find(lfw)
    runs: list[tuple[train.Config, Path]] = []
    for number, settings in enumerate(stages, start=1):
        place = partial / name / str(number)
        if settings.data.kind == "lfw":
            settings = settings.changed(folder=str(copy.root))
        if runs:
            settings = settings.changed(start=str(runs[-1][1] / MODEL))
        runs.append((settings, place))
        network = train.train(settings, place, progress=progress)
    threshold = _threshold(network, copy)
    spec = replace(network.spec, name=name, threshold=round(threshold, 4))
    target = (folder or Path()) / f"{name}.safetensors"
    models.write(models.TorchEmbedder(network.net, spec), target)
    _record(name, runs, target, photographs(stages, copy), log)
    return target


def photographs(recipe: Recipe, copy: lfw_data.Lfw) -> int:
    """How many pictures of LFW a training may use: triplets need two of each person."""
    least = {2 if stage.teacher.name is None else 1 for stage in recipe if stage.data.kind == "lfw"}
    people = copy.people("train").values() if least else ()
    return sum(count for count in people if count >= min(least))


def _threshold(network: models.TorchEmbedder, copy: lfw_data.Lfw) -> float:
    """The squared distance that best separates View 1's test pairs, by crops without mirroring."""
    pairs = copy.pairs("test")
    pictures = pairs.pictures()
    (crops,), rows = of_lfw(copy, pictures).crops(
        range(len(pictures)), [Frame(network.spec.image_size, network.spec.crop_margin)]
    )
    vectors = network.embed(crops)
    embedded = {pictures[row]: vector for row, vector in zip(rows, vectors, strict=True)}
    found = evaluate.pair_distances(pairs, embedded).squared
    return max(0.0, evaluate.best_threshold(found, pairs.is_same))  # it may accept nothing


def _record(
    name: str,
    runs: Sequence[tuple[train.Config, Path]],
    weights: Path,
    photographs: int,
    folder: Path | None,
) -> None:
    stages = [_stage(settings, place, number) for number, (settings, place) in enumerate(runs)]
    data = {
        "weights": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "photographs": photographs,
        "pictures": sum(stage["pictures"] for stage in stages),
        "every": EVERY,
        "stages": stages,
    }
    results.save(
        f"net_{name}",
        data,
        command=f"facenet-lite build {name} --lfw DIR",
        seed=runs[0][0].data.seed,
        seconds=sum(stage["seconds"] for stage in stages),
        folder=folder,
    )


def _stage(settings: train.Config, place: Path, before: int) -> dict[str, Any]:
    """What is recorded of one stage that follows ``before`` others."""
    import torch

    start = f"stage {before}" if before else settings.network.start
    return {
        "settings": {**settings.flat(), "folder": None, "start": start},
        "threads": torch.get_num_threads(),
        **logged(place, settings.data.p * settings.data.k, every=EVERY),
    }


def logged(place: Path, batch: int, *, every: int) -> dict[str, Any]:
    """What is recorded of a run's log: its time, its intermediate judgements and its curves.

    ``place``: the run's folder; ``batch``: pictures in a step; ``every``: the interval, in steps,
    between recorded rows.
    """
    steps = train.read(place)
    seconds = float(steps[-1]["seconds"])
    pictures = batch * len(steps)
    return {
        "seconds": round(seconds, 1),
        "pictures": pictures,
        "pictures_per_second": round(pictures / seconds, 1),
        "waited_share": round(sum(float(row["waited"]) for row in steps) / seconds, 4),
        "looks": [
            {key: float(row[key]) if row[key] else None for key in ("step", "auc", "val")}
            for row in train.read(place, "looks")
        ],
        "curves": {key: [round(float(row[key]), 4) for row in steps[::every]] for key in CURVES},
    }
