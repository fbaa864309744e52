"""A model on LFW, by the benchmark's own protocol: ``facenet-lite evaluate --model dlib``.

Each run records ``results/lfw_MODEL_CROP.json`` with a protocol card, and the pairs' distances
beside it. Embeddings are kept, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, evaluate, results
from facenet_lite._checks import check_choice, check_flag, check_number
from facenet_lite.data import lfw, lfw_faces
from facenet_lite.data.lfw_pairs import PAIR_LISTS
from facenet_lite.errors import InputError
from facenet_lite.experiments import alignment, baselines, lfw_eigenfaces, lfw_passes
from facenet_lite.experiments.lfw_passes import MIRRORED, PLAIN, Crop, Passes
from facenet_lite.types import Pairs, Picture

Model: TypeAlias = Literal["dlib", "pixels", "eigenfaces", "hog"]
View: TypeAlias = Literal["folds", "test"]

FARS: Final = (1e-1, 1e-2, 1e-3)
FRAMING_PICTURES: Final = 300
"""Pictures of View 1 that set the centre crop's size, as in the experiment on alignment."""
DETECTOR: Final = "dlib's HOG, upsampled once, the most central face"
FALLBACK: Final = "embedded all the same, from the box where funneling puts faces; scored as others"


@dataclass(frozen=True)
class Config:
    """``crop``: a fixed square in the middle, or aligned by 68 landmarks; ``flip``: average in the
    mirrored crop; ``jitter``: and as many jittered ones; ``view``: the ten ``folds``, for the
    report, or View 1's ``test``, for choosing, with a threshold from its training pairs; ``lfw``:
    the reader's copy (None: as ``data.lfw.find`` looks for it); ``cache``: where embeddings are
    kept."""

    model: Model = "dlib"
    crop: Crop = "aligned"
    flip: bool = False
    jitter: int = 0
    view: View = "folds"
    lfw: Path | None = None
    cache: Path = Path("build/experiments/lfw")
    progress: bool = True

    def __post_init__(self) -> None:
        check_choice(self.model, "model", get_args(Model))
        check_choice(self.crop, "crop", get_args(Crop))
        check_choice(self.view, "view", get_args(View))
        check_flag(self.flip, "flip")
        check_number(self.jitter, "jitter", low=0, high=100, integer=True)
        if self.model != "dlib" and (self.flip or self.jitter):
            raise InputError(f"model: flip and jitter are for networks, got {self.model!r}")

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
    ``card``; ``seconds`` that making the embeddings took, be it now or when they were kept;
    ``thresholds``: F, where they were chosen on other distances (of a model that is found anew for
    each fold; on View 1's training pairs), else None: the other folds' distances say them."""

    squared: NDArray[np.float32]
    card: evaluate.Protocol
    seconds: float
    thresholds: list[float] | None


def save_result(config: Config, *, folder: Path | None = None) -> Path:
    """Evaluate, and write the result with its distances into ``folder`` (None: the package's)."""
    squared, card, seconds, thresholds = measure(config)
    pairs = lfw.find(config.lfw).pairs(config.view)
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


def distances(config: Config) -> tuple[NDArray[np.float32], evaluate.Protocol, float]:
    """What ``measure`` gives, without the thresholds."""
    return measure(config)[:3]


def measure(config: Config) -> Measured:
    """The view's distances and how they were made, with what is kept of earlier runs."""
    copy = lfw.find(config.lfw)
    passes = open_passes(config, copy)
    done = [passes.vectors(name, progress=config.progress) for name in all_passes(config)]
    vectors: NDArray[np.float32] = np.mean([rows for rows, _ in done], axis=0, dtype=np.float32)
    seconds = sum(seconds for _, seconds in done)
    card = _card(config, passes, vectors.shape[1])
    if config.view == "test":
        squared, threshold = _view1(config, copy, passes.pictures, vectors)
        return Measured(squared, card, seconds, [threshold])
    pairs = copy.pairs("folds")
    if config.model == "eigenfaces":
        squared, thresholds = lfw_eigenfaces.by_fold(pairs, vectors)
        return Measured(squared, card, seconds, thresholds.tolist())
    embedded = dict(zip(passes.pictures, vectors, strict=True))
    return Measured(evaluate.pair_distances(pairs, embedded).squared, card, seconds, None)


def _view1(
    config: Config, copy: lfw.Lfw, pictures: Sequence[Picture], vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """View 1: the test pairs' distances, and the threshold that is best for the training pairs."""
    train, test = copy.pairs("train"), copy.pairs("test")
    if config.model == "eigenfaces":
        vectors = baselines.eigenfaces(vectors, vectors[: len(train.pictures())])
    embedded = dict(zip(pictures, vectors, strict=True))
    chosen_on = evaluate.pair_distances(train, embedded).squared
    threshold = evaluate.best_threshold(chosen_on, train.is_same)
    return evaluate.pair_distances(test, embedded).squared, threshold


def all_passes(config: Config) -> list[str]:
    """The passes whose embeddings are averaged."""
    return [PLAIN, *[MIRRORED] * config.flip, *(f"jitter{i}" for i in range(config.jitter))]


def open_passes(config: Config, copy: lfw.Lfw) -> Passes:
    """The model's passes over the view's pictures, with what is kept of earlier runs.

    Of View 1 those of the training pairs come first.
    """
    listed: tuple[evaluate.lfw.View, ...] = (
        ("train", "test") if config.view == "test" else ("folds",)
    )
    pictures = list(dict.fromkeys(p for view in listed for p in copy.pairs(view).pictures()))
    framing = alignment.frame(copy, FRAMING_PICTURES)
    folder = config.cache / lfw_passes.fingerprint(copy, pictures, framing)
    kind = "pixels" if config.model == "eigenfaces" else config.model
    embed = lfw_passes.embedder(kind)
    return Passes(copy, pictures, framing, config.crop, kind, embed, folder)


def judge(
    pairs: Pairs, squared: NDArray[np.float32], thresholds: Sequence[float] | None = None
) -> dict[str, Any]:
    """What is recorded of a view's distances: its folds, pooled rates, and their uncertainty.

    ``thresholds``: of each fold (F,), where they were chosen on other distances; they are rounded
    to what is recorded before they judge. One fold alone, as View 1 is, has no spread.
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
        **(_spread(found) if len(found.accuracies) > 1 else {}),
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
    low, high = data.get("interval", data["pooled_interval"])
    error = f", standard error {100 * data['standard_error']:.2f}" if "interval" in data else ""
    rates = "; ".join(
        f"{100 * row['val']:.1f} % at FAR {row['far']:g}"
        if row["estimable"]
        else f"not estimable at FAR {row['far']:g}"
        for row in data["val"]
    )
    return (
        f"accuracy {100 * data['accuracy']:.2f} %{error} ({100 * low:.2f} to {100 * high:.2f} %), "
        f"{data['errors']} errors\nVAL {rates}\n\n{evaluate.Protocol.of(data['protocol'])}"
    )


def _spread(found: evaluate.FoldAccuracy) -> dict[str, Any]:
    return {
        "standard_error": round(found.standard_error, 5),
        "standard_deviation": round(found.standard_deviation, 5),
        "interval": [round(end, 5) for end in found.interval],
    }


def _rate(squared: NDArray[np.float32], is_same: NDArray[np.bool_], far: float) -> dict[str, Any]:
    found = evaluate.val_at_far(squared, is_same, far)
    row: dict[str, Any] = {"far": far, "estimable": found.estimable, "allowed": found.allowed}
    if found.estimable:
        row |= {"val": round(found.val, 5), "low": round(found.low, 5)}
        row |= {"high": round(found.high, 5), "threshold": round(found.threshold, 5)}
    return row


def _card(config: Config, passes: Passes, dim: int) -> evaluate.Protocol:
    aligned = config.crop == "aligned"
    gone = np.all(passes.boxes() == np.array(lfw_faces.NOT_DETECTED, np.float32), axis=1)
    lost = [passes.pictures[row] for row in np.flatnonzero(gone).tolist()] if aligned else []
    return evaluate.Protocol(
        model=config.model,
        weights=assets.registry()["dlib_resnet"].sha256 if config.model == "dlib" else "none",
        seen=_seen(config),
        dataset=f"LFW, deep-funneled, {PAIR_LISTS[config.view]}",
        view=config.view,
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


def _seen(config: Config) -> evaluate.lfw.Seen:
    if config.model != "eigenfaces":
        return "nothing"
    return "other_folds" if config.view == "folds" else "view1_train"
