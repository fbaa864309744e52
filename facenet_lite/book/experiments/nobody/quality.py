"""Faces of Nobody tested: are they found, told apart, nobody's copies, and like real faces?

``facenet-lite experiment nobody --lfw DIR`` records ``results/nobody.json``. The drawn pictures
are judged by dlib's HOG detector, which had found the faces that the model was built from, and by
dlib's ResNet, which had no part in it.
The embeddings of LFW's own pictures are those of ``data.lfw_reference``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, detect, imaging, models
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.lfw.reference import by_view1
from facenet_lite.book.experiments.nobody import summary
from facenet_lite.book.kept import fingerprint, once_arrays, one_thread
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data import nobody
from facenet_lite.data.nobody.embedding import embed, padded

HOG_SIDE: Final = 200
HOG_PADDING: Final = 60
"""Pixels of border added to a picture of 200 x 200 before HOG looks for the face."""
NOSE: Final = 30
"""The index of the tip of the nose among the 68 points."""


@dataclass(frozen=True)
class Config:
    """``people`` with ``each`` pictures: to be told apart; ``singles``: people with one picture, to
    be found and compared with LFW's; ``partial``: the folder from which a stopped run resumes."""

    partial: Path = Path("build/experiments/nobody")
    people: int = 200
    each: int = 8
    singles: int = 2000
    seed: int = 0
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.people, "people", low=3, integer=True)
        check_number(self.each, "each", low=2, integer=True)
        check_number(self.singles, "singles", low=2, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure, or read what an interrupted run has already measured.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    config = config or Config()
    reference = by_view1(lfw_data.find(lfw))
    settings = [config.seed, config.people, config.each, config.singles, nobody.SPREAD]
    folder = config.partial / fingerprint(settings, assets.get("nobody").sha256)
    model = nobody.load()
    spreads = {"now": None, "full": dict.fromkeys(nobody.PARTS, 1.0)}
    drawn, spent = {}, 0.0
    with one_thread():
        for name, scale in spreads.items():
            make_it = partial(look, model, scale, config)
            seen, seconds = once_arrays(folder / f"{name}.npz", make_it)
            cpu_ms = float(seen.pop("cpu_ms"))
            drawn[name] = summary.of_drawn(**seen, cpu_ms=cpu_ms, reference=reference)
            spent += seconds
    data = {
        "settings": {"people": config.people, "each": config.each, "singles": config.singles},
        "model": summary.of_model(model, assets.get("nobody").bytes),
        "lfw": summary.of_lfw(reference, config.singles),
        **drawn,
    }
    return Measured(data, spent, config.seed)


def look(
    model: nobody.FaceModel, scale: dict[nobody.Part, float] | None, config: Config
) -> dict[str, NDArray[Any]]:
    """Draw pictures, varied as ``scale`` says (None: as the model does), and examine them.

    Returns what ``summary.of_drawn`` takes: embeddings ``several`` (P, K, 128) of people with more
    than one picture, ``singles`` (S, 128) of others, whether HOG has ``found`` the latter (S,),
    and ``cpu_ms`` of drawing one.
    """

    def draw(people: int, each: int, rng: np.random.Generator) -> nobody.Pictures:
        some = model.sample_identities(people, rng=rng)
        return model.sample_pictures(some, each, rng=rng, scale=scale)

    streams = np.random.default_rng(config.seed).spawn(2)
    network = models.load("dlib", fast=True)
    many = draw(config.people, config.each, streams[0])
    several = embed(many.flat[0], many.flat_landmarks, network)
    began = time.process_time()
    few = draw(config.singles, 1, streams[1])
    cpu_ms = (time.process_time() - began) * 1000 / config.singles
    return {
        "several": several.reshape(config.people, config.each, -1),
        "singles": embed(few.flat[0], few.flat_landmarks, network),
        "found": finds(few.flat[0], few.flat_landmarks),
        "cpu_ms": np.array(cpu_ms),
    }


def finds(pictures: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Whether dlib's HOG detector finds each face, enlarged to 200 x 200 with a border around it.

    A face is found if a box contains the tip of the nose. The detector does not enlarge the
    picture further.
    """
    detector = detect.HogDetector.load(upsample=0)
    factor = HOG_SIDE / pictures.shape[1]
    noses = (np.asarray(landmarks, float)[:, NOSE] + 0.5) * factor + HOG_PADDING
    found = []
    for picture, nose in zip(pictures, noses, strict=True):
        big = padded(imaging.resize(picture, height=HOG_SIDE, width=HOG_SIDE), HOG_PADDING)
        boxes = detector.detect(big).boxes
        inside = (boxes[:, :2] <= nose).all(axis=1) & (nose < boxes[:, 2:]).all(axis=1)
        found.append(bool(inside.any()))
    return np.array(found)
