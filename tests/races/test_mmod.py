"""dlib's CNN detector in PyTorch against dlib's own code, with the same weights: `make races`.

Both find the same faces in the same pictures, each in a process of its own with one thread, in
turns. What is compared is processor time. The bar: a sixth of dlib's, up to the largest picture
that dlib's is given whole. A photograph of 12 megapixels is reduced to 3 for dlib and not for
PyTorch; there memory alone is judged: at most 3.2 GB above what the process held before.
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

from facenet_lite import detect, imaging
from facenet_lite.book import results

TESTS = Path(__file__).parents[1]
OUT = TESTS.parent / "build" / "races"
ROUNDS = {(512, 512): 5, (768, 1024): 3, (1536, 1952): 1, (3024, 4032): 1}
"""How often a picture of each height and width is searched."""
WHOLE = [size for size in ROUNDS if size[0] * size[1] <= 3_000_000]
BAR = 6
MOST_MB = 3_200


def picture(size):
    pair = np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])
    return imaging.resize(pair, height=size[0], width=size[1])


def memory(what):
    """What this process holds (VmRSS) or has held at most (VmHWM), in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+) kB", status)[1]) / 1024


def live(fast):
    """What a contestant's process does: a picture's size comes in; out go the seconds, the faces
    and how much memory the search took at most, in MB."""
    if fast:
        import torch

        torch.set_num_threads(1)
    detector = detect.load("mmod", fast=fast)
    detector.detect(picture((64, 64)))  # loads and allocates
    print("ready", flush=True)
    for line in sys.stdin:
        given = picture(json.loads(line))
        before = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # forget what was held at most until now
        start = time.process_time()
        found = detector.detect(given)
        spent = time.process_time() - start
        row = [spent, found.boxes.tolist(), found.scores.tolist(), memory("VmHWM") - before]
        print(json.dumps(row), flush=True)


@contextlib.contextmanager
def contestant(name):
    threaded = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    with subprocess.Popen(
        [sys.executable, __file__, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | dict.fromkeys(threaded, "1") | {"PYTHONPATH": path},
    ) as process:
        assert process.stdout.readline() == "ready\n", f"{name} does not run"

        def search(size):
            print(json.dumps(size), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield search
        process.stdin.close()


def test_pytorch_finds_dlibs_faces_in_a_sixth_of_the_time(capsys):
    rows = []
    with contestant("dlib") as dlib, contestant("PyTorch") as ours:
        for size, rounds in ROUNDS.items():
            lanes = [[], []]
            for turn in range(rounds):
                for lane in (0, 1) if turn % 2 else (1, 0):
                    lanes[lane].append((dlib, ours)[lane](size))
            (_, theirs, their_scores, _), (_, boxes, scores, _) = (lane[0] for lane in lanes)
            assert len(boxes) == len(theirs) == 2, size
            if size in WHOLE:
                np.testing.assert_allclose(boxes, theirs, atol=1)
                np.testing.assert_allclose(scores, their_scores, atol=1e-3)
            seconds = [float(np.median([row[0] for row in lane])) for lane in lanes]
            rows.append(
                {
                    "picture": list(size),
                    "rounds": rounds,
                    "dlib_s": round(seconds[0], 3),
                    "pytorch_s": round(seconds[1], 3),
                    "ratio": round(seconds[0] / seconds[1], 2),
                    "dlib_mb": round(max(row[3] for row in lanes[0])),
                    "pytorch_mb": round(max(row[3] for row in lanes[1])),
                }
            )
    OUT.mkdir(parents=True, exist_ok=True)
    text = {"rows": rows, "machine": results.machine(), "versions": results.versions()}
    (OUT / "mmod.json").write_text(json.dumps(text, indent=1) + "\n")
    with capsys.disabled():
        for row in rows:
            height, width = row["picture"]
            print(
                f"\n{width:4} x {height:4}  dlib {row['dlib_s']:7.2f} s {row['dlib_mb']:5} MB  "
                f"PyTorch {row['pytorch_s']:6.2f} s {row['pytorch_mb']:5} MB  "
                f"ratio {row['ratio']:5.1f}",
                end="",
            )
    assert all(row["ratio"] >= BAR for row in rows if tuple(row["picture"]) in WHOLE)
    assert all(max(row["dlib_mb"], row["pytorch_mb"]) <= MOST_MB for row in rows)


if __name__ == "__main__":
    live(sys.argv[1] == "PyTorch")
