"""A stand-in for LFW: the book's two photographs, cut as deep funneling would."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.book.experiments.detectors import scenes
from facenet_lite.data import nobody

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


@pytest.fixture(scope="session")
def view1_copy(tmp_path_factory):
    """A stand-in for LFW's View 1 test: 20 drawn people with two pictures, 20 pairs of each kind,
    and the boxes of their faces in the file that a copy may hold."""
    root = tmp_path_factory.mktemp("view1")
    rng = np.random.default_rng(0)
    model = nobody.load()
    people = model.sample_identities(20, rng=rng)
    drawn = model.sample_pictures(people, 2, rng=rng, size=160, crop_margin=0.5)
    files, boxes = [], []
    for person in range(20):
        name = f"Nobody_{person:02d}"
        folder = root / "lfw-deepfunneled" / name
        folder.mkdir(parents=True)
        for number in (0, 1):
            picture = np.pad(
                drawn.pictures[person, number], ((45, 45), (45, 45), (0, 0)), mode="edge"
            )
            imaging.write_image(picture, folder / f"{name}_{number + 1:04d}.jpg", quality=95)
            files.append(f"{name}/{name}_{number + 1:04d}.jpg")
            points = drawn.landmarks[person, number] + 45
            boxes.append(np.rint([*points.min(0), *points.max(0)]))
    rows = [f"Nobody_{i:02d}\t1\t2" for i in range(20)]
    rows += [f"Nobody_{i:02d}\t1\tNobody_{i ^ 1:02d}\t2" for i in range(20)]
    (root / "pairsDevTest.txt").write_text("\n".join(["20", *rows]) + "\n")
    np.savez(root / "dlib-reference.npz", names=np.array(files), boxes=np.array(boxes))
    return root
