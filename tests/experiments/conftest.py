"""A stand-in for LFW: the book's two photographs, cut as deep funneling would."""

from __future__ import annotations

import pytest

from facenet_lite import imaging
from facenet_lite.experiments import scenes

NAMES = ("Eileen_Collins", "Grace_Hopper")


@pytest.fixture(scope="session")
def portraits():
    """The astronaut and Grace Hopper as portraits."""
    return scenes.book_portraits()[:2]


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
