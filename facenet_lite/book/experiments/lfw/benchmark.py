"""A model on LFW, by the benchmark's own protocol: ``facenet-lite evaluate --model dlib``.

Each run records ``results/lfw_MODEL_CROP.json`` with a protocol card, and the pairs' distances
beside it. Embeddings are kept, so that an interrupted run can resume.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, evaluate, models
from facenet_lite._checks import check_choice, check_flag, check_number
from facenet_lite.book import results
from facenet_lite.book.experiments.alignment import five_crops
from facenet_lite.book.experiments.lfw import baselines
from facenet_lite.book.experiments.lfw import passes as lfw_passes
from facenet_lite.book.experiments.lfw.passes import MIRRORED, PLAIN, Crop, Passes
from facenet_lite.book.experiments.lfw.protocol_card import Protocol
from facenet_lite.book.kept import fingerprint
from facenet_lite.data import lfw, lfw_faces
from facenet_lite.data.lfw_pairs import PAIR_LISTS
from facenet_lite.errors import InputError
from facenet_lite.types import Pairs

Baseline: TypeAlias = Literal["pixels", "eigenfaces", "hog"]
Model: TypeAlias = models.Name | Baseline
View: TypeAlias = Literal["folds", "test"]

MODELS: Final[tuple[str, ...]] = (*models.NAMES, *get_args(Baseline))
OURS: Final = tuple(name for name in models.NAMES if name != "dlib")
"""The networks that learnt from View 1's training people, or from faces modelled on them."""
FARS: Final = (1e-1, 1e-2, 1e-3)
FRAMING_PICTURES: Final = 300
"""Pictures of View 1 that set the centre crop's size, as in the alignment experiment."""
CROPS: Final = {68: "68 landmarks, dlib's chip", 5: "5 landmarks, align.crop"}
DETECTOR: Final = "dlib's HOG, upsampled once, the most central face"
FALLBACK: Final = "embedded all the same, from the box where funneling puts faces; scored as others"


@dataclass(frozen=True)
class Config:
    """``crop``: a fixed square in the middle, or aligned by 68 landmarks; ``flip``: also average in
    the mirrored crop; ``jitter``: also average in this many jittered crops; ``view``: the ten
    ``folds``, for the report, or View 1's ``test``, for choosing, in ten folds that share no
    person; ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it); ``cache``: where
    embeddings are kept, ``block`` pictures at a time. Raises InputError for our own networks on
    the ``folds``, since they have learnt from these people."""

    model: Model = "dlib"
    crop: Crop = "aligned"
    flip: bool = False
    jitter: int = 0
    view: View = "folds"
    lfw: Path | None = None
    cache: Path = Path("build/experiments/lfw")
    block: int = 250
    progress: bool = True

    def __post_init__(self) -> None:
        check_choice(self.model, "model", MODELS)
        check_choice(self.crop, "crop", get_args(Crop))
        check_choice(self.view, "view", get_args(View))
        check_flag(self.flip, "flip")
        check_number(self.jitter, "jitter", low=0, high=100, integer=True)
        if self.model not in models.NAMES and (self.flip or self.jitter):
            raise InputError(f"model: flip and jitter are for networks, got {self.model!r}")
        if self.model in OURS:
            evaluate.check_reportable(self.view, "view1_train")

    @property
    def name(self) -> str:
        """The recorded result's name."""
        more = f"{'_flip' if self.flip else ''}{f'_jitter{self.jitter}' if self.jitter else ''}"
        return f"lfw_{self.model}_{self.crop}{more}{'_view1' if self.view == 'test' else ''}"

    @property
    def command(self) -> str:
        """The command that makes the result."""
        more = (
            f"{' --flip' if self.flip else ''}{f' --jitter {self.jitter}' if self.jitter else ''}"
        )
        more += f"{' --view test' if self.view == 'test' else ''}"
        return (
            f"facenet-lite evaluate --model {self.model} --dataset lfw --crop {self.crop}{more} "
            "--lfw DIR"
        )


class Measured(NamedTuple):
    """``squared``: float32 (P,), the squared distances of the view's pairs in the list's order;
    ``card``; ``seconds`` that making the embeddings took, now or when they were stored;
    ``thresholds``: F, where they were chosen on other distances (for a model that is fitted for
    each fold), else None: each is then chosen on the other folds' distances."""

    squared: NDArray[np.float32]
    card: Protocol
    seconds: float
    thresholds: list[float] | None


def save_result(config: Config, *, folder: Path | None = None) -> Path:
    """Evaluate, and write the result with its distances to ``folder`` (None: the package's)."""
    squared, card, seconds, thresholds = measure(config)
    pairs = listed_pairs(lfw.find(config.lfw), config.view)
    data = {"protocol": card.to_dict(), **judge(pairs, squared, thresholds)}
    results.save_distances(config.name, squared, pairs.is_same, pairs.folds, folder)
    return results.save(
        config.name,
        data,
        command=config.command,
        seed=card.seed,
        seconds=seconds,
        folder=folder,
    )


def measure(config: Config) -> Measured:
    """The view's distances and how they were made, using what earlier runs have stored."""
    copy = lfw.find(config.lfw)
    passes = open_passes(config, copy)
    done = [passes.vectors(name, progress=config.progress) for name in all_passes(config)]
    vectors = averaged(config, [rows for rows, _ in done])
    seconds = sum(seconds for _, seconds in done)
    card = _card(config, passes, vectors.shape[1])
    pairs = listed_pairs(copy, config.view)
    if config.model == "eigenfaces" and config.view == "folds":
        squared, found = baselines.eigenfaces_by_fold(pairs, vectors)
        return Measured(squared, card, seconds, found.tolist())
    if config.model == "eigenfaces":
        vectors = baselines.eigenfaces(vectors, vectors[: len(copy.pairs("train").pictures())])
    embedded = dict(zip(passes.pictures, vectors, strict=True))
    return Measured(evaluate.pair_distances(pairs, embedded).squared, card, seconds, None)


def listed_pairs(copy: lfw.Lfw, view: View) -> Pairs:
    """A view's pairs in folds: View 2's own, or ten of View 1's test pairs, which has none."""
    pairs = copy.pairs(view)
    return evaluate.disjoint_folds(pairs) if view == "test" else pairs


def averaged(config: Config, passes: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of the passes' embeddings (N, D), normalised again for our own networks."""
    vectors: NDArray[np.float32] = np.mean(passes, axis=0, dtype=np.float32)
    if config.model in OURS:
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def all_passes(config: Config) -> list[str]:
    """The passes whose embeddings are averaged."""
    return [PLAIN, *[MIRRORED] * config.flip, *(f"jitter{i}" for i in range(config.jitter))]


def open_passes(config: Config, copy: lfw.Lfw) -> Passes:
    """The model's passes over the view's pictures, using what earlier runs have stored.

    Eigenfaces on View 1 are computed from its training pairs' pictures, which come first.
    """
    found_on = config.model == "eigenfaces" and config.view == "test"
    listed: tuple[evaluate.lfw.View, ...] = ("train", "test") if found_on else (config.view,)
    pictures = list(dict.fromkeys(p for view in listed for p in copy.pairs(view).pictures()))
    framing = five_crops.frame(copy, FRAMING_PICTURES)
    folder = config.cache / fingerprint(
        copy.state(), config.block, vars(framing), pictures, _weights(config),
        (lfw_passes.TURN, lfw_passes.SHIFT, lfw_passes.ZOOM),
    )  # fmt: skip
    if config.model not in models.NAMES:
        embed = baselines.hog if config.model == "hog" else baselines.pixels
        kind = "hog" if config.model == "hog" else "pixels"  # eigenfaces are made from pixels
        return Passes(copy, pictures, framing, config.crop, kind, embed, folder, block=config.block)
    model = models.load(config.model, fast=True)
    return Passes(
        copy, pictures, framing, config.crop, config.model, model.embed, folder,
        model.spec.image_size, 5 if config.model in OURS else 68, config.block,
    )  # fmt: skip


def _weights(config: Config) -> str:
    """The SHA-256 of the model's file; "none" for a model without a file."""
    if config.model not in models.NAMES:
        return "none"
    return assets.get("dlib_resnet" if config.model == "dlib" else config.model).sha256


def judge(
    pairs: Pairs, squared: NDArray[np.float32], thresholds: Sequence[float] | None = None
) -> dict[str, Any]:
    """What is recorded of a view's distances: its folds, pooled rates, and their uncertainty.

    ``thresholds``: of each fold (F,), where they were chosen on other distances; they are rounded
    as recorded before they are applied.
    """
    if thresholds is None:
        found = evaluate.ten_folds(pairs, squared)
    else:
        evaluate.assert_disjoint_identities(pairs)
        limits = np.round(thresholds, 5)
        found = evaluate.accuracy_at(squared, pairs.is_same, pairs.folds, limits)
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
    error = f", standard error {100 * data['standard_error']:.2f}"
    rates = "; ".join(
        f"{100 * row['val']:.1f} % at FAR {row['far']:g}"
        if row["estimable"]
        else f"not estimable at FAR {row['far']:g}"
        for row in data["val"]
    )
    return (
        f"accuracy {100 * data['accuracy']:.2f} %{error} ({100 * low:.2f} to {100 * high:.2f} %), "
        f"{data['errors']} errors\nVAL {rates}\n\n{Protocol.of(data['protocol'])}"
    )


def _rate(squared: NDArray[np.float32], is_same: NDArray[np.bool_], far: float) -> dict[str, Any]:
    found = evaluate.val_at_far(squared, is_same, far)
    row: dict[str, Any] = {"far": far, "estimable": found.estimable, "allowed": found.allowed}
    if found.estimable:
        row |= {"val": round(found.val, 5), "low": round(found.low, 5)}
        row |= {"high": round(found.high, 5), "threshold": round(found.threshold, 5)}
    return row


def _card(config: Config, passes: Passes, dim: int) -> Protocol:
    aligned = config.crop == "aligned"
    gone = np.all(passes.boxes() == np.array(lfw_faces.NOT_DETECTED, np.float32), axis=1)
    lost = [passes.pictures[row] for row in np.flatnonzero(gone).tolist()] if aligned else []
    return Protocol(
        model=config.model,
        weights=_weights(config),
        seen=_seen(config),
        dataset=f"LFW, deep-funneled, {PAIR_LISTS[config.view]}",
        view=config.view,
        crop=CROPS[passes.points] if aligned else "square in the middle",
        crop_margin=0.25 if aligned else passes.framing.centre_share,
        detector=DETECTOR if aligned else "none",
        embedding_dim=baselines.COMPONENTS if config.model == "eigenfaces" else dim,
        not_detected_rule=FALLBACK if aligned else "no detector is used",
        not_detected=tuple(f"{name} {number}" for name, number in lost),
        flip=config.flip,
        jitter=config.jitter,
        versions=results.versions(),
    )


def _seen(config: Config) -> evaluate.lfw.Seen:
    if config.model in OURS:
        return "view1_train"
    if config.model != "eigenfaces":
        return "nothing"
    return "other_folds" if config.view == "folds" else "view1_train"
