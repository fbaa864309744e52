"""Faces of Nobody under other eyes: are they found, told apart, nobody's copies, and like faces?

``facenet-lite experiment nobody --lfw DIR`` records ``results/nobody.json``. The drawn pictures
are looked at by dlib's HOG detector, which had found the faces that the model was made of, and by
dlib's ResNet, which had no part in it.
The embeddings of LFW's own pictures are read from ``dlib-reference.npz`` in LFW's folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import align, assets, detect, imaging, models
from facenet_lite._checks import check_number
from facenet_lite.book import results
from facenet_lite.book.builders import training_faces
from facenet_lite.book.experiments.nobody import summary
from facenet_lite.book.experiments.nobody.first_model import SIZE, FirstFaces
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data import lfw_reference, nobody
from facenet_lite.data.nobody import mesh
from facenet_lite.types import Image

COMMAND: Final = "facenet-lite experiment nobody --lfw DIR"
HOG_SIDE: Final = 200
HOG_PADDING: Final = 60
"""Pixels of edge around a picture of 200 x 200 before HOG looks for the face."""
CROP_PADDING: Final = 24
NOSE: Final = 30
"""The tip of the nose among the 68 points."""
EYES_AND_MOUTH: Final = np.array([[0.32, 0.42], [0.68, 0.42], [0.5, 0.78]]) * SIZE
"""Where the first model put the middles of the right eye, the left eye and the mouth."""

Embeddings: TypeAlias = NDArray[np.float32]
Drawn: TypeAlias = tuple[NDArray[np.uint8], NDArray[np.floating]]
Draw: TypeAlias = Callable[[int, int, np.random.Generator], Drawn]


@dataclass(frozen=True)
class Config:
    """``people`` with ``each`` pictures: to be told apart; ``singles``: people with one picture, to
    be found and compared with LFW's; ``partial``: the folder where a stopped run goes on."""

    lfw: Path | None = None
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


@dataclass(frozen=True, eq=False)
class Seen:
    """What the two eyes say of one model's pictures. ``several``: embeddings (P, K, 128) of people
    with more pictures; ``singles``: (S, 128) of others; ``found``: bool (S,), whether HOG finds
    the face; ``cpu_ms``: of drawing a picture."""

    several: Embeddings
    singles: Embeddings
    found: NDArray[np.bool_]
    cpu_ms: float


def run(config: Config) -> tuple[dict[str, Any], float]:
    """Measure; returns what is recorded as ``data``, and how many seconds it took."""
    copy = lfw_data.find(config.lfw)
    reference = lfw_reference.read(copy)
    folder = config.partial / _fingerprint(config)
    folder.mkdir(parents=True, exist_ok=True)
    model = nobody.load()

    def today(people: int, each: int, rng: np.random.Generator) -> Drawn:
        drawn = model.sample_pictures(model.sample_identities(people, rng=rng), each, rng=rng)
        return drawn.flat[0], drawn.flat_landmarks

    def full(people: int, each: int, rng: np.random.Generator) -> Drawn:
        some = model.sample_identities(people, rng=rng)
        drawn = model.sample_pictures(some, each, rng=rng, scale=dict.fromkeys(nobody.PARTS, 1))
        return drawn.flat[0], drawn.flat_landmarks

    @cache
    def fitted() -> FirstFaces:
        return first_model(copy, config)

    def first(people: int, each: int, rng: np.random.Generator) -> Drawn:
        return fitted().sample(people, each, rng=rng)

    with _one_thread():
        seen = {
            name: look(draw, config, folder / name)
            for name, draw in (("now", today), ("full", full), ("first", first))
        }
    data = {
        "settings": {"people": config.people, "each": config.each, "singles": config.singles},
        "model": summary.of_model(model, assets.get("nobody").bytes),
        "lfw": summary.of_lfw(reference, config.singles),
        **{
            name: summary.of_drawn(s.several, s.singles, s.found, s.cpu_ms, reference)
            for name, (s, _) in seen.items()
        },
    }
    return data, sum(seconds for _, seconds in seen.values())


def look(draw: Draw, config: Config, path: Path) -> tuple[Seen, float]:
    """Draw pictures and have them looked at, or read what a stopped run has kept; and the time."""
    kept = path.with_suffix(".npz")
    if not kept.is_file():
        start = time.perf_counter()
        streams = np.random.default_rng(config.seed).spawn(2)
        network = models.load("dlib", fast=True)
        several = embed(*draw(config.people, config.each, streams[0]), network)
        began = time.process_time()
        pictures, landmarks = draw(config.singles, 1, streams[1])
        cpu_ms = (time.process_time() - began) * 1000 / config.singles
        part = path.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as stream:
            np.savez(
                stream,
                several=several.reshape(config.people, config.each, -1),
                singles=embed(pictures, landmarks, network),
                found=finds(pictures, landmarks),
                cpu_ms=cpu_ms,
                seconds=time.perf_counter() - start,
            )
        part.replace(kept)
    with np.load(kept, allow_pickle=False) as stored:
        seen = Seen(stored["several"], stored["singles"], stored["found"], float(stored["cpu_ms"]))
        return seen, float(stored["seconds"])


def embed(
    pictures: NDArray[np.uint8], landmarks: NDArray[np.floating], network: models.Embedder
) -> Embeddings:
    """dlib's embeddings (N, 128) of drawn pictures (N, S, S, 3), aligned by their known landmarks.

    Beyond a picture its edge is repeated, so that no crop has black corners.
    """
    spec = network.spec
    five = np.asarray(landmarks, float)[:, list(mesh.FIVE)] + CROP_PADDING
    crops = [
        align.crop(_padded(p, CROP_PADDING), f[None], spec.image_size, crop_margin=spec.crop_margin)
        for p, f in zip(pictures, five, strict=True)
    ]
    return network.embed(np.concatenate(crops))


def finds(pictures: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Whether dlib's HOG detector finds each face, enlarged to 200 x 200 with an edge around it.

    Found: a box holds the tip of the nose. The detector runs on the picture as it is, without
    enlarging it further.
    """
    detector = detect.HogDetector.load(upsample=0)
    factor = HOG_SIDE / pictures.shape[1]
    noses = (np.asarray(landmarks, float)[:, NOSE] + 0.5) * factor + HOG_PADDING
    found = []
    for picture, nose in zip(pictures, noses, strict=True):
        big = _padded(imaging.resize(picture, height=HOG_SIDE, width=HOG_SIDE), HOG_PADDING)
        boxes = detector.detect(big).boxes
        inside = (boxes[:, :2] <= nose).all(axis=1) & (nose < boxes[:, 2:]).all(axis=1)
        found.append(bool(inside.any()))
    return np.array(found)


def first_model(copy: lfw_data.Lfw, config: Config) -> FirstFaces:
    """Fit the first model to the same people's pictures, aligned as it aligned them."""
    import cv2

    faces = training_faces.gather(copy, config.partial, progress=config.progress)
    pictures = np.empty((len(faces), SIZE, SIZE, 3), np.uint8)
    landmarks = np.empty((len(faces), 68, 2))
    for i, (matrix, shape) in enumerate(zip(faces.transforms, faces.shapes, strict=True)):
        points = (shape - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        middles = [points[36:42].mean(0), points[42:48].mean(0), points[48:60].mean(0)]
        moved = align.similarity_transform(middles, EYES_AND_MOUTH)
        cv2.warpAffine(
            copy.picture(*faces.pictures[i]), moved, (SIZE, SIZE), dst=pictures[i],
            flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        landmarks[i] = points @ moved[:, :2].T + moved[:, 2]
    rng = np.random.default_rng(config.seed)
    return FirstFaces.fit(pictures, landmarks, faces.people, rng=rng)


def record(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Measure, and write ``nobody.json`` into ``folder`` (the package's own if None)."""
    settings = replace(config or Config(), lfw=lfw)
    data, seconds = run(settings)
    return results.save(
        "nobody", data, command=COMMAND, seed=settings.seed, seconds=seconds, folder=folder
    )


def _padded(picture: Image, pixels: int) -> Image:
    return np.pad(picture, ((pixels, pixels), (pixels, pixels), (0, 0)), mode="edge")


def _fingerprint(config: Config) -> str:
    """What the pictures depend on, in few letters: other settings never share a folder."""
    built = assets.get("nobody").sha256
    settings = [config.seed, config.people, config.each, config.singles, nobody.SPREAD, built]
    settings.append(results.versions())
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep OpenCV to one thread, so that processor time is a core's."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
