"""A stand-in for LFW: drawn people, laid out as LFW's View 1 is, with their known landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.data import nobody


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    """16 training people with 3 pictures each and 4 test people with one, 250 x 250."""
    root = tmp_path_factory.mktemp("lfw")
    rng = np.random.default_rng(0)
    model = nobody.load()
    drawn = model.sample_pictures(
        model.sample_identities(20, rng=rng), 3, rng=rng, size=160, crop_margin=0.5
    )
    names, landmarks = [], []
    lists = {"peopleDevTrain.txt": ["16"], "peopleDevTest.txt": ["4"]}
    for person in range(20):
        name = f"Nobody_{person:02d}"
        folder = root / "lfw-deepfunneled" / name
        folder.mkdir(parents=True)
        count = 3 if person < 16 else 1
        lists["peopleDevTrain.txt" if person < 16 else "peopleDevTest.txt"].append(
            f"{name}\t{count}"
        )
        for number in range(count):
            picture = np.pad(
                drawn.pictures[person, number], ((45, 45), (45, 45), (0, 0)), mode="edge"
            )
            imaging.write_image(picture, folder / f"{name}_{number + 1:04d}.jpg", quality=95)
            names.append(f"{name}/{name}_{number + 1:04d}.jpg")
            landmarks.append(drawn.landmarks[person, number] + 45)
    for file, lines in lists.items():
        (root / file).write_text("\n".join(lines) + "\n")
    detected = np.ones(len(names), bool)
    detected[4] = False
    np.savez(
        root / "dlib-reference.npz",
        names=np.array(names),
        detected=detected,
        landmarks68=np.rint(landmarks).astype(np.int16),
        embeddings=rng.standard_normal((len(names), 128)).astype(np.float32) * 0.05,
    )
    return root
