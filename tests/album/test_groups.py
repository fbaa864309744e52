"""Clusters as folders of links and as a contact sheet; nothing of the reader's is lost."""

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.album.groups import by_size, contact_sheet, link_folders
from facenet_lite.errors import InputError


def test_groups_are_numbered_by_how_many_photographs_they_have(table):
    people = np.array([{"eileen": 7, "grace": 2}[name] for name in table.names])
    people[0] = 5
    clusters, sizes = by_size(table, people)
    assert sizes.tolist() == [3, 2, 1]
    assert set(clusters[np.array(table.names) == "grace"]) == {0}
    assert clusters[0] == 2


def test_each_folder_has_links_to_its_photographs(table, folder, tmp_path):
    clusters = np.array([name == "grace" for name in table.names], np.int64)
    made = link_folders(table, clusters, tmp_path / "out", names=["first", "second"])
    assert [path.name for path in made] == ["first", "second"]
    assert sorted(path.name for path in made[0].iterdir()) == ["0.png", "1.png", "2.png"]
    link = made[1] / "0.png"
    assert link.read_bytes() == (folder / "grace" / "0.png").read_bytes()


def test_two_photographs_of_one_name_are_both_there(table, tmp_path):
    made = link_folders(table, np.zeros(len(table), int), tmp_path / "out", names=["all"])
    assert len(list(made[0].iterdir())) == 6


def test_a_folder_with_something_in_it_is_left_alone(table, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(InputError, match="a new or an empty folder"):
        link_folders(table, np.zeros(len(table), int), tmp_path, names=["all"])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_where_links_are_not_allowed_photographs_are_copied(table, tmp_path, monkeypatch):
    from pathlib import Path

    def refused(self, target):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refused)
    (group,) = link_folders(table, np.zeros(len(table), int), tmp_path / "out", names=["all"])
    assert not any(path.is_symlink() for path in group.iterdir())
    assert len(list(group.iterdir())) == 6


def test_a_contact_sheet_has_a_row_of_faces_for_each_group(table):
    clusters = np.array([name == "grace" for name in table.names], np.int64)
    sheet = contact_sheet(table, clusters, names=["eileen", "grace"], most=3)
    assert sheet.dtype == np.uint8
    assert sheet.shape[0] == pytest.approx(2 * (96 + 22 + 6) + 6)
    assert (sheet[28:124, 6:102].std(axis=(0, 1)) > 10).all()


def test_a_photograph_that_is_gone_leaves_its_place_grey(table, tmp_path):
    from dataclasses import replace

    gone = replace(table, photographs=tuple(f"gone{i}" for i in range(len(table.photographs))))
    sheet = contact_sheet(gone, np.zeros(len(table), int), names=["all"], most=2)
    assert sheet[60, 50].tolist() == [150, 158, 163]
    assert imaging.write_image(sheet, tmp_path / "sheet.png").exists()
