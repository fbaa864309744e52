"""Photographs a second through a survey, against the detector alone: `make races`.

A survey reads, detects, aligns, embeds and measures. The bar: with one process it reaches at least
half the rate of the detector alone on the same pictures in memory, and with two processes, where
two cores are free, at least 1.5 times that of one. Peak memory is that of one worker.
"""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import detect, imaging
from facenet_lite.album import survey

OUT = Path(__file__).parents[2] / "build" / "races"
COUNT = 120


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Portraits of 500 x 500 pixels, none of which is like another by its contents."""
    folder, found = tmp_path_factory.mktemp("album"), []
    for number in range(COUNT):
        image = (imaging.astronaut(), imaging.grace_hopper())[number % 2][:500, :500].copy()
        image[0, 0] = number
        found.append(imaging.write_image(image, folder / f"{number}.jpg"))
    return found


def test_a_survey_is_limited_by_detection(photographs):
    detector = detect.load("hog")
    images = [imaging.read_image(path) for path in photographs[:20]]
    start = time.perf_counter()
    for image in images:
        detector.detect(image)
    alone = len(images) / (time.perf_counter() - start)
    rates = {}
    for processes in (1, 2):
        start = time.perf_counter()
        survey(photographs[:10], processes=processes)  # loading, which is not what is compared
        begun = time.perf_counter() - start
        start = time.perf_counter()
        table = survey(photographs, processes=processes)
        spent = time.perf_counter() - start
        rates[processes] = (COUNT - 10) / max(spent - begun, 1e-9)
        assert len(set(table.paths)) == COUNT
    peak = max(resource.getrusage(who).ru_maxrss for who in (0, -1)) / 1024
    row = {
        "detector_alone": round(alone, 1),
        "survey": {str(n): round(rate, 1) for n, rate in rates.items()},
        "of_the_detector": round(rates[1] / alone, 2),
        "two_processes": round(rates[2] / rates[1], 2),
        "peak_mb": round(peak),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "albums.json").write_text(json.dumps(row, indent=1) + "\n")
    print(row)
    assert rates[1] > 0.5 * alone
    if len(os.sched_getaffinity(0)) >= 2 and np.mean(os.getloadavg()) < 0.5:
        assert rates[2] > 1.5 * rates[1]
