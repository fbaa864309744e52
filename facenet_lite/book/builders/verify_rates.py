"""Measure what the commands say of their own thresholds: ``facenet-lite build verify-rates``.

For each network of the package: the rates of its threshold on the pairs of LFW's View 1 test list,
by the rule of ``facenet-lite verify``, and for each linkage the threshold with the best clusters of
the training list's people, with its scores on the test list's. Takes about
12 minutes on two cores.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from facenet_lite import evaluate, models
from facenet_lite._files import whole
from facenet_lite.album.chain import RATES
from facenet_lite.album.surveying import Setup, survey
from facenet_lite.album.table import FaceTable
from facenet_lite.album.verification import largest
from facenet_lite.book import results
from facenet_lite.data import lfw as lfw_data
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.evaluate.clustering import LINKAGES
from facenet_lite.types import Pairs, Picture

SEED: Final = 0
ON: Final = "pairs of LFW's View 1 (its test list; the nearest of all faces in the two pictures)"


def build(
    *,
    lfw: Path | None = None,
    folder: Path | None = None,
    kept: Path = Path("build/verify-rates"),
    processes: int | None = None,
    progress: bool = True,
) -> Path:
    """Measure all networks, and write ``verify_rates.json`` to ``folder`` (None: the package's).

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it); ``kept``: where an
    interrupted run goes on; ``processes``: as in ``survey``. Raises AssetMissingError without LFW.
    """
    copy = lfw_data.find(lfw)
    views = {view: copy.pairs(view) for view in ("test", "train")}
    pictures = list(dict.fromkeys(p for pairs in views.values() for p in pairs.pictures()))
    paths = {picture: str(copy.path(*picture)) for picture in pictures}
    data: dict[str, Any] = {"rates": [], "clusters": []}
    for name in models.NAMES:
        table = survey(
            list(paths.values()),
            Setup(model=name),
            keep=kept / name,
            processes=processes,
            progress=progress,
        )
        faces = {picture: table.of(path) for picture, path in paths.items()}
        threshold = models.load(name).spec.threshold
        data["rates"].append(asdict(rates(views["test"], faces, threshold)))
        data["clusters"] += clusters(views["train"], views["test"], faces)
    target = RATES if folder is None else folder / RATES.name
    made = {
        "command": "facenet-lite build verify-rates --lfw DIR",
        "seed": SEED,
        "versions": results.versions(),
        **data,
    }
    with whole(target) as part:
        part.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return target


def rates(
    pairs: Pairs, faces: Mapping[Picture, FaceTable], threshold: float
) -> evaluate.Calibration:
    """The rates of a threshold on a list of pairs; pairs without a face on both have no answer."""
    squared, first, second = [], [], []
    ids = {name: number for number, name in enumerate(sorted({p[0] for p in pairs.pictures()}))}
    for a, b in zip(pairs.first, pairs.second, strict=True):
        if len(faces[a]) and len(faces[b]):
            far = pairwise_squared_distances(faces[a].embeddings, faces[b].embeddings)
            squared.append(float(far.min()))
            first.append(ids[a[0]])
            second.append(ids[b[0]])
    weights = faces[pairs.first[0]].source.weights
    return evaluate.measure(
        squared, first, second, threshold,
        rng=np.random.default_rng(SEED), on=ON, weights=weights,
    )  # fmt: skip


def clusters(
    chosen_on: Pairs, judged_on: Pairs, faces: Mapping[Picture, FaceTable]
) -> list[dict[str, Any]]:
    """For each linkage: the threshold best for one list's people, and its scores on another's."""
    (learned, who), (asked, whose) = (_largest(pairs, faces) for pairs in (chosen_on, judged_on))
    weights = faces[chosen_on.first[0]].source.weights
    rows = []
    for linkage in LINKAGES:
        threshold, _ = evaluate.cluster_threshold(learned, who, linkage=linkage)
        found = evaluate.cluster(asked, threshold, linkage=linkage)
        scores = evaluate.b_cubed(found, whose)
        rows.append(
            {
                "weights": weights,
                "linkage": linkage,
                "threshold": round(threshold, 5),
                "pictures": len(whose),
                "people": len(np.unique(whose)),
                "clusters": int(found.max()) + 1,
                "precision": round(scores.precision, 5),
                "recall": round(scores.recall, 5),
            }
        )
    return rows


def _largest(pairs: Pairs, faces: Mapping[Picture, FaceTable]) -> tuple[Any, Any]:
    """The embedding of the largest face of each picture, and who it is."""
    pictures = [picture for picture in pairs.pictures() if len(faces[picture])]
    rows = [faces[p].embeddings[largest(faces[p].boxes)] for p in pictures]
    _, who = np.unique([name for name, _ in pictures], return_inverse=True)
    return np.stack(rows), who
