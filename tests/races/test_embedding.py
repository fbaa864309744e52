"""Pictures per second through our small network against dlib's and a large one: `make races`.

All embed the same 64 drawn faces, each at its network's size. Ours runs in PyTorch, in ONNX
Runtime (in floating point and in 8 bits) and in OpenCV; dlib's in dlib, and the same weights in
PyTorch; the large one is a stand-in of the size of Inception-ResNet-v1 (`large_net.py`). What each
computes is checked first. Then each contestant lives in a process of its own, and they embed in
turns, forwards and backwards. With one thread processor time is compared, which other programs on
the machine hardly change; with two, time on the clock, which wants a quiet one. dlib's own code
uses one thread however many there are. The bar: at equal threads our network embeds at least five
times as many pictures per second as dlib does. Most of that is dlib's code and not its network:
hence the same weights in PyTorch beside it, without a bar.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import imaging, models
from facenet_lite.book import results
from facenet_lite.data import nobody

TESTS = Path(__file__).parents[1]
OUT = TESTS.parent / "build" / "races"
CROPS = 64
BATCHES = (1, 16)
ROUNDS = 5
BAR = 5
TRAINED = [name for name in models.NAMES if name != "dlib"]


def crops(size):
    """The faces, RGB uint8 (64, size, size, 3)."""
    model, rng = nobody.load(), np.random.default_rng(0)
    faces = model.sample_identities(CROPS, rng=rng)
    drawn = model.sample_pictures(faces, 1, rng=rng).flat[0]
    return np.stack([imaging.resize(face, height=size, width=size) for face in drawn])


def in_torch(load):
    def prepared(files, threads):
        import torch

        torch.set_num_threads(threads)
        return lambda: load(files)

    return prepared


def in_onnx(name):
    def prepared(files, threads):
        import onnxruntime  # noqa: F401  (its memory is not the network's)

        return lambda: models.open_onnx(files / name, threads=threads)

    return prepared


class OpenCv:
    def __init__(self, path, spec):
        import cv2

        self.net, self.spec = cv2.dnn.readNetFromONNX(str(path)), spec

    def embed(self, crops):
        self.net.setInput(self.spec.prepare(crops))
        return self.net.forward()


def in_opencv(files, threads):
    import cv2

    cv2.setNumThreads(threads)
    spec = models.ModelSpec.from_json((files / "spec.json").read_text())
    return lambda: OpenCv(files / "small.onnx", spec)


def in_dlib(files, threads):
    import dlib  # noqa: F401

    return lambda: models.load("dlib")


def large():
    from races.large_net import LargeNet

    return models.TorchEmbedder.of(LargeNet().eval())


#: Who embeds, in which library; the two ends of a name tell which network and where.
CONTESTANTS = {
    "small PyTorch": in_torch(lambda files: models.read(files / "small.safetensors")),
    "small ONNX Runtime": in_onnx("small.onnx"),
    "small ONNX Runtime int8": in_onnx("small.int8.onnx"),
    "small OpenCV": in_opencv,
    "dlib": in_dlib,
    "dlib PyTorch": in_torch(lambda _: models.DlibTorch.load()),
    "large PyTorch": in_torch(lambda _: large()),
    "large ONNX Runtime": in_onnx("large.onnx"),
}
JUDGED = ("small PyTorch", "small ONNX Runtime", "small ONNX Runtime int8", "small OpenCV")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The networks as files: what no process need make again."""
    import torch

    folder = tmp_path_factory.mktemp("nets")
    if TRAINED:
        small = models.load(TRAINED[0])
    else:
        net = models.small_nn2(generator=torch.Generator().manual_seed(0))
        small = models.TorchEmbedder.of(net.eval())
    models.write(small, folder / "small.safetensors")
    models.to_onnx(small, folder / "small.onnx")
    models.quantise_onnx(folder / "small.onnx", crops(small.spec.image_size))
    models.to_onnx(large(), folder / "large.onnx")
    (folder / "spec.json").write_text(small.spec.to_json())
    return folder


def memory(what):
    """What this process holds (VmRSS) or has held at most (VmHWM), in MB. What getrusage says holds
    the parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+) kB", status)[1]) / 1024


def live(name, threads, files):
    """What a contestant's process does: a line with a batch's size comes in, the seconds that the
    64 faces took go out; after the last, how many megabytes the network took at most."""
    load = CONTESTANTS[name](files, threads)
    sizes = {"dlib": 150, "large": 160, "small": 96}
    given = crops(sizes[name.split()[0]])
    Path("/proc/self/clear_refs").write_text("5")  # forget what making the faces took at most
    before, net = memory("VmRSS"), load()
    clock = time.process_time if threads == 1 else time.perf_counter
    for size in BATCHES:
        net.embed(given[:size])  # loads and allocates
    print("ready", flush=True)
    for line in sys.stdin:
        size = int(line)
        start = clock()
        for first in range(0, CROPS, size):
            net.embed(given[first : first + size])
        print(clock() - start, flush=True)
    print(memory("VmHWM") - before)


class Process:
    """A contestant in a process of its own."""

    def __init__(self, stack, name, threads, files):
        threaded = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        self.process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, __file__, name, str(threads), str(files)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | dict.fromkeys(threaded, str(threads)) | {"PYTHONPATH": path},
            )
        )
        assert self.process.stdout.readline() == "ready\n", f"{name} does not run"

    def seconds(self, size):
        print(size, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def megabytes(self):
        self.process.stdin.close()
        return float(self.process.stdout.readline())


def race(threads, files):
    """A row for each contestant and batch: pictures per second, and the network's memory."""
    spent = {(name, size): [] for name in CONTESTANTS for size in BATCHES}
    with contextlib.ExitStack() as stack:
        running = {name: Process(stack, name, threads, files) for name in CONTESTANTS}
        for turn in range(ROUNDS):
            for name, size in list(spent)[:: -1 if turn % 2 else 1]:
                spent[name, size].append(running[name].seconds(size))
        held = {name: process.megabytes() for name, process in running.items()}
    rows = []
    for (name, size), seconds in spent.items():
        rates = CROPS / np.array(seconds)
        low, middle, high = np.percentile(rates, [25, 50, 75])
        rows.append(
            {
                "contestant": name,
                "batch": size,
                "threads": threads,
                "rounds": ROUNDS,
                "pictures_per_second": round(float(middle), 2),
                "quartiles": [round(float(low), 2), round(float(high), 2)],
                "memory_mb": round(held[name], 1),
            }
        )
    return rows


def test_what_runs_in_other_libraries_is_the_network_of_pytorch(files):
    given = crops(96)
    ours = models.read(files / "small.safetensors").embed(given)
    onnx = models.open_onnx(files / "small.onnx", threads=1).embed(given)
    assert np.abs(onnx - ours).max() < 1e-5
    spec = models.open_onnx(files / "small.onnx", threads=1).spec
    assert np.abs(OpenCv(files / "small.onnx", spec).embed(given) - ours).max() < 1e-4
    eight_bits = models.open_onnx(files / "small.int8.onnx", threads=1).embed(given)
    assert 0 < np.abs(eight_bits - ours).max() < 0.05


def test_the_large_network_has_the_size_of_inception_resnet_v1():
    found = models.summary(large().net)
    assert found.parameters == pytest.approx(23.5e6, rel=0.002)
    assert found.madds == pytest.approx(1.42e9, rel=0.002)


@pytest.mark.parametrize("threads", [1, 2])
def test_our_network_embeds_five_times_as_many_pictures_a_second_as_dlibs(threads, files, capsys):
    rows = race(threads, files)
    dlib = {row["batch"]: row["pictures_per_second"] for row in rows if row["contestant"] == "dlib"}
    for row in rows:
        row["times_dlib"] = round(row["pictures_per_second"] / dlib[row["batch"]], 2)
    OUT.mkdir(parents=True, exist_ok=True)
    text = {
        "network": TRAINED[0] if TRAINED else "models.small_nn2(), random weights",
        "rows": rows,
        "machine": results.machine(),
        "versions": results.versions(),
    }
    (OUT / f"embedding_{threads}.json").write_text(json.dumps(text, indent=1) + "\n")
    with capsys.disabled():
        for row in rows:
            low, high = row["quartiles"]
            print(
                f"\n{row['contestant']:23} batch {row['batch']:2}  threads {threads}  "
                f"{row['pictures_per_second']:8.1f} pictures/s (quartiles {low:.1f}, {high:.1f})  "
                f"{row['times_dlib']:6.2f} x dlib  {row['memory_mb']:+7.1f} MB",
                end="",
            )
    slow = [row for row in rows if row["contestant"] in JUDGED and row["times_dlib"] < BAR]
    assert not slow


if __name__ == "__main__":
    live(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
