"""Drawing 10,000 faces against the way it was first done, Delaunay per picture: `make races`.

Both draw pictures of 96 x 96 pixels in the same process with one thread, in turns; the first way
draws a tenth as many. What is compared is processor time a picture. The bar: at most 3 ms, and a
fifth of the first way's time.
"""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from facenet_lite.book import results
from facenet_lite.book.experiments.nobody.first_model import FirstFaces
from facenet_lite.data import nobody

PICTURES = 10_000
ROUNDS = 10
SHARE = 10
"""The first way draws one picture where today's draws so many."""
OUT = Path(__file__).parents[2] / "build" / "races"


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


@pytest.fixture(scope="module")
def first():
    """The first model with its 160 components, fitted to drawn faces."""
    model, rng = nobody.load(), np.random.default_rng(1)
    drawn = model.sample_pictures(model.sample_identities(100, rng=rng), 3, rng=rng)
    pictures, labels = drawn.flat
    return FirstFaces.fit(pictures, drawn.flat_landmarks.astype(float), labels, rng=rng)


def test_a_picture_takes_at_most_three_milliseconds_and_a_fifth_of_the_first_way(first, capsys):
    from threadpoolctl import threadpool_limits

    model, rng = nobody.load(), np.random.default_rng(0)
    each = PICTURES // ROUNDS // 10
    people = model.sample_identities(PICTURES // each, rng=rng)
    spent = {"now": [], "first": []}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with threadpool_limits(1):
        for turn in range(ROUNDS):
            some = people.take(slice(turn * 10, turn * 10 + 10))
            start = time.process_time()
            drawn = model.sample_pictures(some, each, rng=rng)
            spent["now"].append((time.process_time() - start) * 1000 / len(drawn))
            count = len(drawn) // SHARE
            start = time.process_time()
            first.sample(count // 10, 10, rng=rng)
            spent["first"].append((time.process_time() - start) * 1000 / count)
    ours, theirs = (float(np.median(spent[name])) for name in ("now", "first"))
    row = {
        "pictures": PICTURES,
        "pictures_first_way": PICTURES // SHARE,
        "now_ms": round(ours, 3),
        "first_ms": round(theirs, 3),
        "ratio": round(ours / theirs, 4),
        "quartiles_ms": [round(float(v), 3) for v in np.percentile(spent["now"], [25, 75])],
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "memory_before_mb": round(before / 1024, 1),
        "machine": results.machine(),
        "versions": results.versions(),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "nobody.json").write_text(json.dumps(row, indent=1) + "\n")
    with capsys.disabled():
        print(
            f"\nnobody {ours:.2f} ms a picture, the first way {theirs:.2f} ms: ratio "
            f"{row['ratio']:.3f}; peak {row['peak_memory_mb']:.0f} MB"
        )
    assert ours <= 3
    assert ours <= theirs / 5
