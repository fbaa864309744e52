"""What embedding a picture costs: processor time, and memory beyond that of the libraries."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from facenet_lite import models
from facenet_lite._checks import check_choice, check_number
from facenet_lite.book.kept import one_torch_thread
from facenet_lite.errors import FacenetLiteError
from facenet_lite.models import Embedder
from facenet_lite.models.nn1 import NN1
from facenet_lite.models.nn2 import NN2

Net: TypeAlias = NN1 | NN2

OURS: Final[Mapping[str, Any]] = {
    "norm": "batch",
    "image_size": 96,
    "first_pool": False,
    "standardised": True,
    "centred": True,
}
"""The form of ``models.small_nn2``, except for its width."""
CHILD: Final = """
import sys
import numpy as np
from facenet_lite import models
from facenet_lite.book.experiments.networks import cost
from facenet_lite.book.kept import one_torch_thread

def kilobytes(field):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))

name, batch = sys.argv[1], int(sys.argv[2])
with one_torch_thread():
    cost.warm_up(name)
    open("/proc/self/clear_refs", "w").write("5")  # the peak so far, of loading libraries, is over
    before = kilobytes("VmRSS")
    network = cost.make(name)
    size = network.spec.image_size
    network.embed(np.zeros((batch, size, size, 3), np.uint8))
print(kilobytes("VmHWM") - before)
"""


FORMS: Final[Mapping[str, tuple[type[Net], Mapping[str, Any]]]] = {
    "NN1": (NN1, {}),
    "NN2": (NN2, {}),
    "NN3": (NN2, {"image_size": 160}),
    "small_nn2, width 1": (NN2, {"width": 1.0, **OURS}),
    "small_nn2, width 0.5": (NN2, {"width": 0.5, **OURS}),
    "small_nn2": (NN2, {"width": 0.25, **OURS}),
    "small_nn2, width 0.125": (NN2, {"width": 0.125, **OURS}),
}
"""The networks in PyTorch. NN3 is NN2 at 160 pixels (FaceNet, section 3.3). The layers of NN4, NNS1
and NNS2 were never published."""
DLIB: Final = "dlib"
DLIB_TORCH: Final = "dlib in PyTorch"
"""The same weights as dlib's, so only the library differs."""
NETWORKS: Final = (*FORMS, DLIB, DLIB_TORCH)


def bare(name: str, device: str = "meta") -> Net:
    """A network of ``FORMS`` with random weights, or none at all on the device "meta"."""
    import torch

    kind, settings = FORMS[check_choice(name, "network", FORMS)]
    with torch.device(device):
        return kind(**settings)


def make(name: str) -> Embedder:
    """Make a network of ``NETWORKS``. PyTorch's are untrained, since the values of the weights do
    not change the cost. Raises InputError for another name."""
    check_choice(name, "network", NETWORKS)
    if name == DLIB:
        return models.DlibResNet.load()
    if name == DLIB_TORCH:
        return models.DlibTorch.load()
    return models.TorchEmbedder.of(bare(name, "cpu"))


def warm_up(name: str) -> None:
    """Load the libraries that a network needs, so that their memory is not counted as its own."""
    if name == DLIB:
        import dlib  # noqa: F401

        return
    tiny = models.TorchEmbedder.of(NN2(width=1 / 64, image_size=32))
    tiny.embed(np.zeros((1, 32, 32, 3), np.uint8))


def milliseconds(network: Embedder, batch: int, *, repeats: int = 15) -> dict[str, Any]:
    """Milliseconds of processor time per picture, ``batch`` at a time, on one thread.

    The median of ``repeats`` runs, their ``lower`` and ``upper`` quartiles and the lowest. Other
    programs on the machine do not count, though they may empty its caches. A first run, which is
    not counted, warms up.
    """
    check_number(batch, "batch", low=1, integer=True)
    check_number(repeats, "repeats", low=1, integer=True)
    size = network.spec.image_size
    crops = np.random.default_rng(0).integers(0, 256, (batch, size, size, 3), dtype=np.uint8)
    taken = []
    with one_torch_thread():
        network.embed(crops)
        for _ in range(repeats):
            start = time.process_time()
            network.embed(crops)
            taken.append(1000 * (time.process_time() - start) / batch)
    lower, median, upper = np.quantile(taken, [0.25, 0.5, 0.75])
    values = {"median": median, "lower": lower, "upper": upper, "lowest": min(taken)}
    return {name: float(f"{value:.4g}") for name, value in values.items()} | {"repeats": repeats}


def megabytes(name: str, batch: int, *, repeats: int = 3) -> dict[str, Any]:
    """The peak memory that a network of ``NETWORKS`` takes to embed ``batch`` pictures.

    In units of 2^20 bytes, weights included, beyond what Python and the libraries hold: the
    median, lowest and highest of ``repeats`` fresh processes. Raises FacenetLiteError where the
    process fails, as it does on systems without ``/proc``.
    """
    check_choice(name, "network", NETWORKS)
    check_number(batch, "batch", low=1, high=1024, integer=True)
    check_number(repeats, "repeats", low=1, integer=True)
    command = [sys.executable, "-c", CHILD, name, str(batch)]
    found = []
    for _ in range(repeats):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FacenetLiteError(f"memory could not be measured: {done.stderr.strip()[-300:]}")
        found.append(int(done.stdout) / 1024)
    values = {"median": float(np.median(found)), "lowest": min(found), "highest": max(found)}
    return {key: round(value, 1) for key, value in values.items()} | {"repeats": repeats}
