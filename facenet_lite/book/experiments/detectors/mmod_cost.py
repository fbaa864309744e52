"""What dlib's CNN costs: seconds and memory for a picture of a given size."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite import imaging
from facenet_lite._checks import check_number
from facenet_lite.detect.base import Detector
from facenet_lite.errors import FacenetLiteError
from facenet_lite.types import Image

CHILD: Final = """
import sys
from facenet_lite import imaging
from facenet_lite.detect.mmod import MmodDetector
side, upsample = int(sys.argv[1]), int(sys.argv[2])
MmodDetector.load(upsample=upsample).detect(imaging.resize(imaging.astronaut(), height=side))
try:
    lines = open("/proc/self/status").read().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
except OSError:
    import resource
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kilobytes //= 1024 if sys.platform == "darwin" else 1
print(kilobytes)
"""


def seconds(detector: Detector, image: Image, *, repeats: int = 3) -> NDArray[np.float64]:
    """A detector's processor time in seconds for one RGB picture: ``repeats`` times, sorted.

    Other programs on the machine do not count. A first run, which is not counted, warms up the
    caches.
    """
    check_number(repeats, "repeats", low=1, integer=True)
    detector.detect(image)
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        detector.detect(image)
        taken.append(time.process_time() - start)
    return np.sort(taken)


def astronaut_of(side: int) -> Image:
    """The astronaut's picture, ``side`` pixels high and wide."""
    check_number(side, "side", low=1, integer=True)
    return imaging.resize(imaging.astronaut(), height=side)


def peak_megabytes(side: int, *, upsample: int = 0) -> float:
    """The peak memory of a fresh Python process in which the CNN reads a picture of side x side.

    In units of 2^20 bytes, including Python and its libraries. Raises FacenetLiteError where the
    process fails, as it does on systems that do not report memory.
    """
    check_number(side, "side", low=16, high=2048, integer=True)
    check_number(upsample, "upsample", low=0, high=2, integer=True)
    command = [sys.executable, "-c", CHILD, str(side), str(upsample)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FacenetLiteError(f"memory could not be measured: {done.stderr.strip()[-300:]}")
    return int(done.stdout) / 1024
