"""Time per picture through the package against the library called directly: `make races`.

Both see the same picture in the same process, in turns, with one thread, and the loaded model is
shared. What is compared is processor time. The bar: the package takes at most 3 % more.
"""

from __future__ import annotations

import gc
import json
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import detect, imaging
from facenet_lite.book import results

ROUNDS = {"haar": 81, "ssd": 161, "hog": 121, "mmod": 15}
BAR = 1.03
OUT = Path(__file__).parents[2] / "build" / "races"


@pytest.fixture(scope="module")
def picture():
    return np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])[::2, ::2].copy()


@pytest.fixture(autouse=True)
def one_thread():
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


def direct(detector):
    """The same work as a user of the library alone would write it, boxes as plain tuples."""
    import cv2

    shared = {"haar": "cascade", "ssd": "network"}.get(detector.name, "model")
    with getattr(detector, shared).lent() as native:
        pass  # this thread's own, which stays

    def haar(image):
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        return native.detectMultiScale2(grey, 1.1, 5, minSize=(30, 30))[0]

    def ssd(image):
        height, width = image.shape[:2]
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        blob = cv2.dnn.blobFromImage(bgr, 1.0, (300, 300), (104.0, 177.0, 123.0))
        native.setInput(blob)
        rows = native.forward()[0, 0]
        return rows[rows[:, 2] >= 0.5, 3:] * [width, height, width, height]

    def hog(image):
        return native.run(image, 1, 0.0)[0]

    def mmod(image):
        return native(image, 0)

    return {"haar": haar, "ssd": ssd, "hog": hog, "mmod": mmod}[detector.name]


def race(first, second, image, rounds):
    """Milliseconds of each, in turns; who goes first alternates, too."""
    spent = ([], [])
    for runner in (first, second):
        runner(image)  # the first call loads and allocates
    gc.disable()
    try:
        for turn in range(rounds):
            for lane in (0, 1) if turn % 2 else (1, 0):
                start = time.process_time_ns()
                (first, second)[lane](image)
                spent[lane].append((time.process_time_ns() - start) / 1e6)
    finally:
        gc.enable()
    return np.array(spent)


@pytest.mark.parametrize("name", ROUNDS)
def test_the_package_takes_at_most_three_per_cent_more(name, picture, capsys):
    detector = detect.load(name)
    alone = direct(detector)
    assert len(alone(picture)) == len(detector.detect(picture))
    spent = race(detector.detect, alone, picture, ROUNDS[name])
    ours, theirs = np.median(spent, axis=1)
    spread = np.subtract(*np.percentile(spent, [75, 25], axis=1))
    row = {
        "detector": name,
        "picture": list(picture.shape),
        "rounds": ROUNDS[name],
        "package_ms": round(float(ours), 3),
        "library_ms": round(float(theirs), 3),
        "ratio": round(float(ours / theirs), 4),
        "quartile_range_ms": [round(float(value), 3) for value in spread],
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "machine": results.machine(),
        "versions": results.versions(),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"detectors_{name}.json").write_text(json.dumps(row, indent=1) + "\n")
    with capsys.disabled():
        print(
            f"\n{name:5} package {ours:8.2f} ms  library {theirs:8.2f} ms  ratio {row['ratio']:.3f}"
            f"  quartiles {spread[0]:.2f}, {spread[1]:.2f} ms  peak {row['peak_memory_mb']:.0f} MB"
        )
    assert ours <= BAR * theirs
