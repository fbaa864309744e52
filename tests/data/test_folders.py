"""A folder of people: one sub-folder each."""

from __future__ import annotations

from pathlib import Path

import pytest

from facenet_lite.data import folders
from facenet_lite.errors import AssetMissingError


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
