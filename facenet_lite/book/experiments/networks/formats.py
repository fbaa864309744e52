"""The trained networks in three formats: PyTorch's, ONNX, and ONNX in 8 bits.

``facenet-lite experiment net_formats --lfw DIR`` records ``results/net_formats.json``: how large
the files are, how long a picture takes, and what 8 bits cost in accuracy on LFW's View 1 test
pairs. Quantisation steps are set on drawn faces, which every reader has.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate, models
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.lfw.view1 import View1, people_of, squared, weighted_area
from facenet_lite.book.experiments.networks.architectures import weights
from facenet_lite.book.kept import fingerprint, once, one_torch_thread
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data import nobody
from facenet_lite.errors import InputError
from facenet_lite.types import Pairs

BATCHES: Final = (1, 16)
FORMATS: Final = ("torch", "onnx", "int8")


@dataclass(frozen=True)
class Config:
    """``nets``: names of ``models.NAMES``, all but dlib's if None; ``faces``: how many drawn faces
    set the 8-bit steps, from ``seed``; ``trials`` of the bootstrap over people; ``rounds`` of the
    timing; ``partial``: the folder from which an interrupted run resumes."""

    partial: Path = Path("build/experiments/net_formats")
    nets: tuple[str, ...] | None = None
    faces: int = 256
    trials: int = 1000
    rounds: int = 50
    seed: int = 0
    progress: bool = True

    def __post_init__(self) -> None:
        check_number(self.faces, "faces", low=16, integer=True)
        check_number(self.trials, "trials", low=100, integer=True)
        check_number(self.rounds, "rounds", low=4, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)

    @property
    def names(self) -> tuple[str, ...]:
        """The networks that are measured."""
        if self.nets is None:
            return tuple(name for name in models.NAMES if name != "dlib")
        return self.nets


@dataclass(frozen=True, eq=False)
class Judged:
    """One format's result on the P pairs: ``squared`` float32 (P,), and its accuracy and AUC."""

    pairs: Pairs
    squared: NDArray[np.float32]

    @property
    def accuracy(self) -> evaluate.FoldAccuracy:
        """The accuracy with each fold judged by the threshold of the others."""
        return evaluate.fold_accuracy(self.squared, self.pairs.is_same, self.pairs.folds)

    def area(self) -> Callable[[NDArray[np.float64]], float]:
        """The area under the ROC as a function of how often each pair counts."""
        area: Callable[[NDArray[np.float64]], float] = weighted_area(
            self.squared, self.pairs.is_same
        )
        return area


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure each network, or resume an interrupted run.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it). Raises InputError for a
    network that is not in PyTorch, such as dlib's.
    """
    from tqdm import tqdm

    start = time.perf_counter()
    config = config or Config()
    copy = lfw_data.find(lfw)
    pairs = evaluate.disjoint_folds(copy.pairs("test"))
    crops, state = View1(copy, pairs).crops, copy.state()
    found = {}
    for name in tqdm(config.names, "networks", disable=not config.progress):
        net: Any = models.load(name)  # type: ignore[arg-type]
        if not isinstance(net, models.TorchEmbedder):
            raise InputError(f"nets: expected networks of PyTorch, got {name!r}")
        settings = [config.faces, config.trials, config.rounds, config.seed]
        key = fingerprint(weights(net), net.spec.to_json(), len(pairs), settings, state)
        found[name] = once(
            config.partial / f"{name}-{key}.json",
            lambda net=net: _measured(net, pairs, crops, config),
        )
    data = {
        "settings": {
            "faces": config.faces,
            "trials": config.trials,
            "rounds": config.rounds,
            "pairs": len(pairs),
            "folds": int(pairs.folds.max()) + 1,
            "threads": 1,
        },
        "nets": found,
    }
    return Measured(data, time.perf_counter() - start, config.seed)


def _measured(
    net: models.TorchEmbedder,
    pairs: Pairs,
    crops: Callable[[int, float], NDArray[np.uint8]],
    config: Config,
) -> dict[str, Any]:
    spec = net.spec
    drawn = _drawn(spec, config)
    with tempfile.TemporaryDirectory() as folder:
        files = {"torch": models.write(net, Path(folder) / "net.safetensors")}
        files["onnx"] = models.to_onnx(net, Path(folder) / "net.onnx")
        files["int8"] = models.quantise_onnx(files["onnx"], drawn)
        sizes = {name: path.stat().st_size for name, path in files.items()}
        nets: dict[str, models.Embedder] = {"torch": net}
        nets |= {name: models.open_onnx(files[name], threads=1) for name in ("onnx", "int8")}
    faces = crops(spec.image_size, spec.crop_margin)
    vectors = {name: each.embed(faces) for name, each in nets.items()}
    judged = {name: Judged(pairs, squared(pairs, found)) for name, found in vectors.items()}
    return {
        "bytes": sizes,
        "milliseconds": milliseconds(nets, drawn, config.rounds),
        "largest_difference": float(np.abs(vectors["onnx"] - vectors["torch"]).max()),
        **{name: _scores(judged[name], config) for name in ("torch", "int8")},
        "cost": cost(judged["torch"], judged["int8"], config),
    }


def _drawn(spec: models.ModelSpec, config: Config) -> NDArray[np.uint8]:
    """Crops of drawn people, one picture each."""
    model, rng = nobody.load(), np.random.default_rng(config.seed)
    people = model.sample_identities(config.faces, rng=rng)
    faces = model.sample_coefficients(people, 1, rng=rng)
    crops, _ = model.draw(faces, size=spec.image_size, crop_margin=spec.crop_margin)
    return crops


def _interval(
    statistic: Callable[[NDArray[np.float64]], float], pairs: Pairs, config: Config
) -> list[float]:
    """A figure for the pairs with its 95 % interval from resampling people."""
    found = evaluate.identity_bootstrap(
        statistic, *people_of(pairs), rng=np.random.default_rng(config.seed), trials=config.trials
    )
    return [round(value, 5) for value in found]


def _scores(judged: Judged, config: Config) -> dict[str, list[float]]:
    """AUC and accuracy, each with its 95 % interval."""
    right = judged.accuracy.right
    return {
        "auc": _interval(judged.area(), judged.pairs, config),
        "accuracy": _interval(lambda w: float(w @ right / w.sum()), judged.pairs, config),
    }


def cost(first: Judged, second: Judged, config: Config) -> dict[str, Any]:
    """What the second format loses against the first on the same pairs; negative for a gain."""
    one, two = first.area(), second.area()
    test = evaluate.compare(first.accuracy, second.accuracy)
    moved = np.abs(second.squared - first.squared)
    return {
        "auc": _interval(lambda w: one(w) - two(w), first.pairs, config),
        "accuracy": [round(v, 5) for v in (test.difference, test.low, test.high)],
        "only_first": test.only_first,
        "only_second": test.only_second,
        "p": round(test.p, 5),
        "largest_change_of_a_squared_distance": round(float(moved.max()), 5),
        "mean_change_of_a_squared_distance": round(float(moved.mean()), 5),
    }


def milliseconds(
    nets: Mapping[str, models.Embedder], crops: NDArray[np.uint8], rounds: int
) -> dict[str, dict[str, list[float]]]:
    """Processor time per picture, by network and batch: median and quartiles over ``rounds``.

    Each on one thread, in turns.
    """
    spent: dict[tuple[str, int], list[float]] = {(n, b): [] for n in nets for b in BATCHES}
    with one_torch_thread():
        for turn in range(rounds + 1):
            for (name, size), seconds in spent.items():
                start = time.process_time()
                nets[name].embed(crops[:size])
                if turn:  # the first round loads and allocates
                    seconds.append((time.process_time() - start) / size * 1000)
    return {
        name: {
            str(size): np.percentile(spent[name, size], [50, 25, 75]).round(3).tolist()
            for size in BATCHES
        }
        for name in nets
    }
