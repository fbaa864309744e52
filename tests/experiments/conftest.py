"""A stand-in for LFW: the book's two photographs, cut as deep funneling would."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.experiments import scenes

EDGE = 60
NAMES = ("Eileen_Collins", "Grace_Hopper")


def portrait(image, centre, side):
    """A 250 x 250 picture whose face of that centre and side lies where LFW's do."""
    factor = scenes.FACE_SIDE / side
    x, y = (round(c * factor) for c in centre)
    big = imaging.resize(image, height=round(image.shape[0] * factor))
    big = np.pad(big, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), mode="edge")
    top, left = y + EDGE - int(scenes.FACE_CENTRE[1]), x + EDGE - int(scenes.FACE_CENTRE[0])
    return big[top : top + scenes.PORTRAIT, left : left + scenes.PORTRAIT]


@pytest.fixture(scope="session")
def portraits():
    """The astronaut and Grace Hopper as portraits."""
    return [
        portrait(imaging.astronaut(), (225.6, 127), 97),
        portrait(imaging.grace_hopper(), (264.5, 233), 188),
    ]


@pytest.fixture(scope="session")
def copy(portraits, tmp_path_factory):
    """A folder laid out as LFW is, with 32 people who look like two."""
    root = tmp_path_factory.mktemp("lfw")
    lines = ["32"]
    for number in range(32):
        name = f"{NAMES[number % 2]}_{number:02d}"
        folder = root / "lfw-deepfunneled" / name
        folder.mkdir(parents=True)
        imaging.write_image(portraits[number % 2], folder / f"{name}_0001.jpg")
        lines.append(f"{name}\t1")
    (root / "peopleDevTrain.txt").write_text("\n".join(lines) + "\n")
    return root
