"""Photographs become crops; what has no face or cannot be read is left out, and counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from train.small import config

from facenet_lite import align, detect, landmarks
from facenet_lite.data import lfw_faces, lfw_reference
from facenet_lite.imaging import astronaut, write_image
from facenet_lite.train.photographs import Frame, photographs


def test_crops_are_the_pipelines_once_for_each_frame(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write_image(astronaut(), tmp_path / "a" / "1.png")
    write_image(np.zeros((50, 50, 3), np.uint8), tmp_path / "a" / "2.png")
    (tmp_path / "a" / "3.png").write_bytes(b"not a picture")
    found = photographs(config(data="folder", folder=str(tmp_path)).data)
    crops, rows = found.crops(range(3), [Frame(64), Frame(150, 0.1)])
    boxes = detect.load("hog").detect(astronaut()).boxes
    central = boxes[align.choose(boxes, "most_central", height=512, width=512)]
    points = landmarks.load(5).locate(astronaut(), central)
    assert np.array_equal(crops[0], align.crop(astronaut(), points, 64))
    assert np.array_equal(crops[1], align.crop(astronaut(), points, 150, crop_margin=0.1))
    assert rows.tolist() == [0]
    assert found.labels.tolist() == [0, 0, 0]


def test_no_photograph_gives_no_crop(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write_image(astronaut(), tmp_path / "a" / "1.png")
    crops, rows = photographs(config(data="folder", folder=str(tmp_path)).data).crops(
        [], [Frame(64)]
    )
    assert crops[0].shape == (0, 64, 64, 3)
    assert rows.shape == (0,)


@pytest.mark.parametrize("kept", [True, False], ids=["boxes in the copy", "boxes found"])
def test_lfws_boxes_are_those_of_its_copy_or_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    (tmp_path / "peopleDevTrain.txt").write_text("2\nA_B\t2\nC_D\t1\n", encoding="utf8")
    for name, number in (("A_B", 1), ("A_B", 2), ("C_D", 1)):
        path = tmp_path / "lfw-deepfunneled" / name / f"{name}_{number:04d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_image(astronaut()[:250, 100:350], path)
    box = np.array([60, 60, 200, 200])
    if kept:
        names = ["A_B/A_B_0001.jpg", "A_B/A_B_0002.jpg", "C_D/C_D_0001.jpg"]
        np.savez(
            tmp_path / lfw_reference.NAME,
            names=names,
            boxes=box - [0, 0, 1, 1] + np.zeros((3, 1), int),
        )
    else:
        monkeypatch.setattr(lfw_faces, "boxes", lambda copy, pictures: box[None].astype(np.float32))
    found = photographs(config(data="lfw", folder=str(tmp_path)).data)
    crops, rows = found.crops([1, 2], [Frame(64)])
    image = astronaut()[:250, 100:350]
    assert found.labels.tolist() == [0, 0, 1]
    assert [path.name for path in found.paths] == ["A_B_0001.jpg", "A_B_0002.jpg", "C_D_0001.jpg"]
    assert rows.tolist() == [1, 2]
    assert found.box(0, image).tolist() == [box.tolist()]
    assert crops[0].shape == (2, 64, 64, 3)
