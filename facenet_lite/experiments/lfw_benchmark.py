"""A model on LFW, by the benchmark's own protocol: ``facenet-lite evaluate --model dlib``.

Each run records ``results/lfw_MODEL_CROP.json`` with a protocol card, and the pairs' distances
beside it. Embeddings are kept, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, evaluate, results
from facenet_lite._checks import check_choice, check_flag, check_number
from facenet_lite.data import lfw
from facenet_lite.errors import InputError
from facenet_lite.experiments import alignment, baselines, lfw_faces, lfw_passes
from facenet_lite.experiments.lfw_passes import MIRRORED, PLAIN, Crop, Passes
from facenet_lite.types import Pairs

Model: TypeAlias = Literal["dlib", "pixels", "eigenfaces", "hog"]

FARS: Final = (1e-1, 1e-2, 1e-3)
FRAMING_PICTURES: Final = 300
"""Pictures of View 1 that set the centre crop's size, as in the experiment on alignment."""
DETECTOR: Final = "dlib's HOG, upsampled once, the most central face"
FALLBACK: Final = "embedded all the same, from the box where funneling puts faces; scored as others"


@dataclass(frozen=True)
class Config:
    """``crop``: a fixed square in the middle, or aligned by 68 landmarks; ``flip``: average in the
    mirrored crop; ``jitter``: and as many jittered ones; ``lfw``: the reader's copy (None: as
    ``data.lfw.find`` looks for it); ``cache``: where embeddings are kept."""

    model: Model = "dlib"
    crop: Crop = "aligned"
    flip: bool = False
    jitter: int = 0
    lfw: Path | None = None
    cache: Path = Path("build/experiments/lfw")
    progress: bool = True

    def __post_init__(self) -> None:
        check_choice(self.model, "model", get_args(Model))
        check_choice(self.crop, "crop", get_args(Crop))
        check_flag(self.flip, "flip")
        check_number(self.jitter, "jitter", low=0, high=100, integer=True)
        if self.model != "dlib" and (self.flip or self.jitter):
            raise InputError(f"model: flip and jitter are for networks, got {self.model!r}")

    @property
    def name(self) -> str:
        """The recorded result's name."""
        more = f"{'_flip' if self.flip else ''}{f'_jitter{self.jitter}' if self.jitter else ''}"
        return f"lfw_{self.model}_{self.crop}{more}"

    @property
    def command(self) -> str:
        """The command that makes the result."""
        more = (
            f"{' --flip' if self.flip else ''}{f' --jitter {self.jitter}' if self.jitter else ''}"
        )
        return (
            f"facenet-lite evaluate --model {self.model} --dataset lfw --crop {self.crop}{more} "
            "--lfw DIR"
        )


def save_result(config: Config, *, folder: Path | None = None) -> Path:
    """Evaluate, and write the result with its distances into ``folder`` (None: the package's)."""
    squared, card, seconds = distances(config)
    pairs = lfw.find(config.lfw).pairs("folds")
    data = {"protocol": card.to_dict(), **judge(pairs, squared)}
    results.save_distances(config.name, squared, pairs.is_same, pairs.folds, folder)
    return results.save(
        config.name,
        data,
        command=config.command,
        seed=card.seed,
        seconds=seconds,
        folder=folder,
    )


def distances(config: Config) -> tuple[NDArray[np.float32], evaluate.Protocol, float]:
    """The squared distances of View 2's 6,000 pairs, in the list's order, the protocol card, and
    how many seconds making the embeddings took, be it now or when they were kept."""
    copy = lfw.find(config.lfw)
    pairs = copy.pairs("folds")
    pictures = pairs.pictures()
    passes = open_passes(config, copy)
    done = [passes.vectors(name, progress=config.progress) for name in all_passes(config)]
    vectors: NDArray[np.float32] = np.mean([rows for rows, _ in done], axis=0, dtype=np.float32)
    seconds = sum(seconds for _, seconds in done)
    if config.model == "eigenfaces":
        squared = _by_fold(pairs, vectors)
    else:
        embedded = dict(zip(pictures, vectors, strict=True))
        squared = evaluate.pair_distances(pairs, embedded).squared
    return squared, _card(config, passes, vectors.shape[1]), seconds


def all_passes(config: Config) -> list[str]:
    """The passes whose embeddings are averaged."""
    return [PLAIN, *[MIRRORED] * config.flip, *(f"jitter{i}" for i in range(config.jitter))]


def open_passes(config: Config, copy: lfw.Lfw) -> Passes:
    """The model's passes over the pictures of View 2, with what is kept of earlier runs."""
    pictures = copy.pairs("folds").pictures()
    framing = alignment.frame(copy, FRAMING_PICTURES)
    folder = config.cache / lfw_passes.fingerprint(copy, pictures, framing)
    folder.mkdir(parents=True, exist_ok=True)
    kind = "pixels" if config.model == "eigenfaces" else config.model
    boxes = lfw_faces.boxes(copy, pictures)
    embed = lfw_passes.embedder(kind)
    return Passes(copy, pictures, boxes, framing, config.crop, kind, embed, folder)


def judge(pairs: Pairs, squared: NDArray[np.float32]) -> dict[str, Any]:
    """What is recorded of 6,000 distances: ten folds, pooled rates, and their uncertainty."""
    found = evaluate.ten_folds(pairs, squared)
    eer = evaluate.equal_error_rate(squared, pairs.is_same)
    return {
        "accuracy": round(found.mean, 5),
        "standard_error": round(found.standard_error, 5),
        "standard_deviation": round(found.standard_deviation, 5),
        "interval": [round(end, 5) for end in found.interval],
        "folds": np.round(found.accuracies, 5).tolist(),
        "thresholds": np.round(found.thresholds, 5).tolist(),
        "missing": found.missing.tolist(),
        "errors": found.errors,
        "false_rejects": int(np.sum(~found.right & pairs.is_same)),
        "false_accepts": int(np.sum(~found.right & ~pairs.is_same)),
        "pooled_interval": [round(end, 5) for end in found.pooled_interval],
        "auc": round(evaluate.roc(squared, pairs.is_same).auc, 5),
        "eer": round(max(eer.far, 1 - eer.val), 5),
        "val": [_rate(squared, pairs.is_same, far) for far in FARS],
    }


def in_words(data: dict[str, Any]) -> str:
    """A recorded result in a few lines, its protocol card below."""
    low, high = data["interval"]
    rates = "; ".join(
        f"{100 * row['val']:.1f} % at FAR {row['far']:g}"
        if row["estimable"]
        else f"not estimable at FAR {row['far']:g}"
        for row in data["val"]
    )
    return (
        f"accuracy {100 * data['accuracy']:.2f} %, standard error "
        f"{100 * data['standard_error']:.2f} ({100 * low:.2f} to {100 * high:.2f} %), "
        f"{data['errors']} errors\nVAL {rates}\n\n{evaluate.Protocol.of(data['protocol'])}"
    )


def _rate(squared: NDArray[np.float32], is_same: NDArray[np.bool_], far: float) -> dict[str, Any]:
    found = evaluate.val_at_far(squared, is_same, far)
    row: dict[str, Any] = {"far": far, "estimable": found.estimable, "allowed": found.allowed}
    if found.estimable:
        row |= {"val": round(found.val, 5), "low": round(found.low, 5)}
        row |= {"high": round(found.high, 5), "threshold": round(found.threshold, 5)}
    return row


def _by_fold(pairs: Pairs, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each fold's distances between eigenfaces of the other nine folds' pictures."""
    pictures = pairs.pictures()
    place = {picture: row for row, picture in enumerate(pictures)}
    squared = np.zeros(len(pairs), np.float32)
    for fold in np.unique(pairs.folds).tolist():
        own = [place[picture] for picture in pairs.pictures(fold)]
        others = np.setdiff1d(np.arange(len(pictures)), own)
        codes = baselines.eigenfaces(vectors[own], vectors[others])
        embedded = {pictures[row]: code for row, code in zip(own, codes, strict=True)}
        rows = np.flatnonzero(pairs.folds == fold)
        part = Pairs(
            tuple(pairs.first[i] for i in rows),
            tuple(pairs.second[i] for i in rows),
            pairs.is_same[rows],
            pairs.folds[rows],
        )
        squared[rows] = evaluate.pair_distances(part, embedded).squared
    return squared


def _card(config: Config, passes: Passes, dim: int) -> evaluate.Protocol:
    aligned = config.crop == "aligned"
    gone = np.all(passes.boxes == np.array(lfw_faces.NOT_DETECTED, np.float32), axis=1)
    lost = [passes.pictures[row] for row in np.flatnonzero(gone).tolist()] if aligned else []
    return evaluate.Protocol(
        model=config.model,
        weights=assets.registry()["dlib_resnet"].sha256 if config.model == "dlib" else "none",
        seen="other_folds" if config.model == "eigenfaces" else "nothing",
        dataset="LFW, deep-funneled, pairs.txt",
        view="folds",
        crop="68 landmarks, dlib's chip" if aligned else "square in the middle",
        crop_margin=0.25 if aligned else passes.framing.centre_share,
        detector=DETECTOR if aligned else "none",
        embedding_dim=baselines.COMPONENTS if config.model == "eigenfaces" else dim,
        not_detected_rule=FALLBACK if aligned else "no detector is used",
        not_detected=tuple(f"{name} {number}" for name, number in lost),
        flip=config.flip,
        jitter=config.jitter,
        versions=results.versions(),
    )
