"""Detector, landmarks and network together, with what identifies them and what is known of them."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from facenet_lite import assets, detect, landmarks, models
from facenet_lite.album.table import MadeBy
from facenet_lite.embed import FaceEmbedder, Faces
from facenet_lite.errors import InputError
from facenet_lite.evaluate import Calibration
from facenet_lite.types import Image

RATES: Final = Path(__file__).with_name("verify_rates.json")
LETTERS: Final = 12
"""Digits of a SHA-256 that identify a network's weights here."""


@dataclass(frozen=True)
class Chain:
    """Everything between a picture and its embeddings.

    ``source``: what a table of its faces is marked with. ``own``: the calibration that was kept
    beside a network's file, or that its user has named.
    """

    embedder: FaceEmbedder
    source: MadeBy
    own: Calibration | None = None

    def embed(self, image: Image) -> Faces:
        """Find and embed every face of an RGB picture, uint8 (H, W, 3)."""
        return self.embedder.embed(image)

    @cached_property
    def calibration(self) -> Calibration | None:
        """The rates of the threshold: one's own, or those that come with the package, or None."""
        return self.own if self.own is not None else known_rates().get(self.source.weights)


def open_chain(
    model: str | os.PathLike[str] = "dlib",
    *,
    detector: str = "hog",
    upsample: int | None = None,
    score: float | None = None,
    calibration: str | os.PathLike[str] | None = None,
) -> Chain:
    """Load a chain.

    ``model``: a name of ``models.NAMES``, or the file of a network of your own, as
    ``facenet-lite train`` writes it. ``upsample``: how many times the detector doubles a picture;
    ``score``: the lowest score that counts as a face; None leaves the detector's own.
    ``calibration``: a file of ``facenet-lite calibrate``; None takes the one that lies beside the
    network's file, if there is one.

    Raises InputError for unknown names, settings that the detector does not have, and a calibration
    of another network; AssetError if weights cannot be obtained.
    """
    finder = detect.load(detector, upsample=upsample, score_threshold=score)
    named = str(model) in models.NAMES
    if named:
        network = models.load(str(model), fast=True)  # type: ignore[arg-type]
        weights = assets.get("dlib_resnet" if str(model) == "dlib" else str(model)).sha256[:LETTERS]
    else:
        network = models.read(model)
        weights = hashlib.sha256(Path(model).read_bytes()).hexdigest()[:LETTERS]
    own = None
    beside = calibration_beside(model)
    if calibration is not None or (beside is not None and beside.exists()):
        own = _fitting(calibration if calibration is not None else beside, weights)
    words = "".join(
        f" {name} {value:g}" for name, value in (("upsample", upsample), ("score", score))
        if value is not None
    )  # fmt: skip
    source = MadeBy(str(model), weights, detector + words)
    return Chain(FaceEmbedder(finder, landmarks.load(5), network), source, own)


def calibration_beside(model: str | os.PathLike[str]) -> Path | None:
    """Where the calibration of a network's file is kept: beside it; None for a named network."""
    if str(model) in models.NAMES:
        return None
    path = Path(model)
    return path.with_name(f"{path.stem}.calibration.json")


def known_rates() -> dict[str, Calibration]:
    """The rates of the package's own networks at their thresholds, by what identifies the weights.

    ``facenet-lite build verify-rates`` measures them on LFW's View 1.
    """
    rows = [Calibration(**row) for row in json.loads(RATES.read_text(encoding="utf-8"))["rates"]]
    return {row.weights: row for row in rows}


def cluster_thresholds(weights: str) -> dict[str, dict[str, Any]]:
    """What was measured of a network's clusters, by linkage: the threshold, and its scores.

    Empty for a network that is not the package's own.
    """
    rows = json.loads(RATES.read_text(encoding="utf-8"))["clusters"]
    return {row["linkage"]: row for row in rows if row["weights"] == weights}


def _fitting(path: Any, weights: str) -> Calibration:
    found = Calibration.load(path)
    if found.weights != weights:
        raise InputError(
            f"{path}: expected a calibration of this network ({weights}), got one of another "
            f"({found.weights}); run facenet-lite calibrate with it"
        )
    return found
