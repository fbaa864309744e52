"""A folder of people becomes crops; what has no face is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facenet_lite import align, detect, landmarks
from facenet_lite.data import folders
from facenet_lite.errors import AssetMissingError
from facenet_lite.imaging import astronaut, write_image


def test_people_and_pictures_stand_in_order(tmp_path: Path) -> None:
    for name in ("b/2.PNG", "b/1.jpg", "a/x.txt", "c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = folders.people(tmp_path)
    assert {name: [p.name for p in paths] for name, paths in found.items()} == {
        "b": ["1.jpg", "2.PNG"]
    }


@pytest.mark.parametrize("folder", [".", "nowhere"])
def test_a_folder_without_people_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(AssetMissingError, match="sub-folder"):
        folders.people(tmp_path / folder)


def test_crops_are_the_pipelines_and_failures_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write_image(astronaut(), tmp_path / "a" / "1.png")
    write_image(np.zeros((50, 50, 3), np.uint8), tmp_path / "a" / "2.png")
    (tmp_path / "a" / "3.png").write_bytes(b"not a picture")
    detector, landmarker = detect.load("hog"), landmarks.load(5)
    found = folders.crop_faces(folders.people(tmp_path), detector, landmarker, size=64)
    found_boxes = detector.detect(astronaut()).boxes
    central = found_boxes[align.choose(found_boxes, "most_central", height=512, width=512)]
    boxes = landmarks.reframe(central, "hog")
    expected = align.crop(astronaut(), landmarker.locate(astronaut(), boxes), 64)
    assert np.array_equal(found.crops, expected)
    assert found.labels.tolist() == [0]
    assert [path.name for path in found.without] == ["2.png", "3.png"]
    assert found.names == ("a",)
