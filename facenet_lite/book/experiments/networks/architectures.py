"""The cost of FaceNet's networks, ours and dlib's, and the accuracy of the trained ones.

``facenet-lite experiment architectures --lfw DIR`` records ``results/architectures.json``. For each
network it counts parameters and multiply-adds; it measures processor time per picture, one at a
time and 16 at a time, and memory; beside them are the paper's own figures (Table 3 and Figure 4).
Networks of ``models.NAMES`` are judged on LFW's View 1 test pairs. The paper's own networks cannot
be judged here: their weights were never published, and their VAL is for pictures that nobody else
has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from facenet_lite import assets, models
from facenet_lite._checks import check_choice, check_number
from facenet_lite.book.experiments.finding import Asked, Finding
from facenet_lite.book.experiments.lfw.view1 import View1
from facenet_lite.book.experiments.networks import cost as embedding_cost
from facenet_lite.book.experiments.networks.cost import DLIB, DLIB_TORCH, FORMS, NETWORKS
from facenet_lite.book.experiments.published import TABLE_3
from facenet_lite.book.kept import fingerprint, once, timed
from facenet_lite.book.results import Measured
from facenet_lite.models import dlib_network
from facenet_lite.models.dlib_resnet import SPEC

BATCHES: Final = (1, 16)
NOTES: Final = {
    "counts": "exact, no interval: weights of convolutions and linear layers, biases not counted; "
    "parameters with biases and the scales and shifts of batch normalisation",
    "milliseconds": "processor time a picture by one thread: median, quartiles and lowest of the "
    "runs; another machine has other times, and a busy one slower caches",
    "megabytes": "2^20 bytes beyond Python and the libraries, weights included, at the highest: "
    "median, lowest and highest of fresh processes",
    "trained": "View 1's test pairs, faces cropped by five points; AUC with its interval from "
    "drawing people anew, accuracy with Wilson's, each threshold chosen on the other nine blocks",
    "paper": "as printed, VAL at FAR 1e-3 on FaceNet's own hold-out, plus or minus one standard "
    "error; the paper calls multiply-adds FLOPS",
}


@dataclass(frozen=True)
class Config:
    """``networks``: of ``embedding_cost.NETWORKS``; ``trained``: of ``models.NAMES``, judged where
    there is a copy of LFW; ``repeats`` and ``processes``: how often time and memory are measured;
    ``partial``: the folder from which an interrupted run resumes."""

    partial: Path = Path("build/experiments/architectures")
    networks: Sequence[str] = NETWORKS
    trained: Sequence[models.Name] = models.NAMES
    batches: Sequence[int] = BATCHES
    repeats: int = 15
    processes: int = 3
    progress: bool = True

    def __post_init__(self) -> None:
        for name in self.networks:
            check_choice(name, "network", NETWORKS)
        for trained in self.trained:
            check_choice(trained, "trained", models.NAMES)
        for batch in self.batches:
            check_number(batch, "batch", low=1, integer=True)
        check_number(self.repeats, "repeats", low=2, integer=True)
        check_number(self.processes, "processes", low=1, integer=True)


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Count, time and judge, or read what is finished.

    ``lfw``: the reader's copy, as for ``View1.find``; without one no network is judged.
    """
    from tqdm import tqdm

    config = config or Config()
    view1 = View1.find(lfw)
    done = {}
    for name in tqdm(config.networks, disable=not config.progress, unit="network"):
        key = fingerprint(name, list(config.batches), config.repeats, config.processes)
        path = config.partial / f"cost-{key}.json"
        done[name] = once(path, lambda name=name: timed(lambda: cost(name, config)))
    trained = {}
    names = config.trained if view1 is not None else ()
    for name in tqdm(names, disable=not config.progress, unit="trained network"):
        network = models.load(name, fast=True)
        key = fingerprint(name, weights(network), None if view1 is None else view1.copy.state())
        path = config.partial / f"view1-{key}.json"
        trained[name] = once(path, lambda network=network: timed(lambda: judge(network, view1)))
    parts = [*done.values(), *trained.values()]
    data = {
        "notes": NOTES,
        "networks": [{"name": name, **part["value"]} for name, part in done.items()],
        "trained": [{"name": name, **part["value"]} for name, part in trained.items()],
        "paper": [row.to_dict() for row in TABLE_3],
        "lfw_pairs": 0 if view1 is None else len(view1.pairs),
    }
    return Measured(data, sum(part["seconds"] for part in parts))


def cost(name: str, config: Config) -> dict[str, Any]:
    """What is recorded of a network's cost."""
    network = embedding_cost.make(name)
    times = {
        str(batch): embedding_cost.milliseconds(network, batch, repeats=config.repeats)
        for batch in config.batches
    }
    del network  # not needed beside its copy in another process
    memory = {
        str(batch): embedding_cost.megabytes(name, batch, repeats=config.processes)
        for batch in config.batches
    }
    return {**counts(name), "milliseconds": times, "megabytes": memory}


def counts(name: str) -> dict[str, Any]:
    """Input, dimensions, parameters, weights and multiply-adds; no weights are allocated."""
    if name in (DLIB, DLIB_TORCH):
        found = dlib_network.read()
        return {
            "image_size": found.image_size,
            "embedding_dim": SPEC.embedding_dim,
            "parameters": found.parameters,
            "weights": found.cost.weights,
            "madds": found.cost.madds,
        }
    net = embedding_cost.bare(name)
    table = models.summary(net)
    return {
        "image_size": net.image_size,
        "embedding_dim": net.embedding_dim,
        "parameters": table.parameters,
        "weights": table.weights,
        "madds": table.madds,
    }


def judge(network: models.Embedder, view1: View1 | None) -> dict[str, Any]:
    """A trained network on View 1's test pairs, and the name of its architecture."""
    found = {} if view1 is None else view1.judge(network)
    return {"architecture": architecture(network), **found}


def architecture(network: models.Embedder) -> str:
    """The name in ``NETWORKS`` of a network's architecture, or for dlib's its own name."""
    if isinstance(network, models.TorchEmbedder):
        for name, (kind, _) in FORMS.items():
            same = isinstance(network.net, kind)
            if same and embedding_cost.bare(name).settings == network.net.settings:
                return name
    return network.spec.name


def weights(network: models.Embedder) -> str:
    """A hash of a network's weights: a network with other weights is judged again."""
    if not isinstance(network, models.TorchEmbedder):
        return assets.get("dlib_resnet").sha256
    digest = hashlib.sha256()
    for tensor in network.net.state_dict().values():
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()


def again(asked: Asked) -> Iterator[Finding]:
    """Count every network's parameters and multiply-adds again, but measure no time or memory."""
    networks = asked.data["networks"]
    wrong = [
        row["name"]
        for row in networks
        if any(row[key] != value for key, value in counts(row["name"]).items())
    ]
    yield Finding("counts", not wrong, ", ".join(wrong) or f"{len(networks)} networks")
