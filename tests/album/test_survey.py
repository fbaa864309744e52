"""A survey of a folder: the same however many processes, and it goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from facenet_lite import embed, imaging
from facenet_lite.album import surveying as surveys
from facenet_lite.album.surveying import Setup, survey
from facenet_lite.album.table import FaceTable
from facenet_lite.errors import InputError

ARRAYS = ("photo", "boxes", "scores", "landmarks", "inside", "size", "sharpness", "embeddings")


def same(a, b):
    return a.photographs == b.photographs and all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ARRAYS
    )


def test_it_finds_what_the_embedder_finds_in_each_photograph(table, folder):
    embedder = embed.load("dlib")
    one = str(folder / "grace" / "0.png")
    faces = embedder.embed(imaging.read_image(one))
    rows = table.of(one)
    assert np.array_equal(rows.boxes, faces.boxes)
    assert rows.embeddings == pytest.approx(faces.embeddings, abs=1e-5)
    assert rows.names == ["grace"]


def test_a_photograph_without_a_face_and_a_damaged_one_are_told_apart(table, folder):
    assert len(table.of(str(folder / "grace" / "wall.png"))) == 0
    assert str(folder / "grace" / "wall.png") in table.photographs
    (failed,) = table.failed
    assert failed[0].endswith("bad.jpg")
    assert failed[1].startswith("expected a picture")


def test_two_processes_find_the_same_in_the_same_order(table, paths):
    people = [path.parent.name for path in paths]
    assert same(survey(paths, people=people, processes=2), table)


def test_what_is_known_by_its_contents_is_not_looked_at_again(table, paths, tmp_path, monkeypatch):
    moved = tmp_path / "renamed.png"
    moved.write_bytes(paths[0].read_bytes())

    def embedded(self, image):
        raise AssertionError("looked at again")

    monkeypatch.setattr(embed.FaceEmbedder, "embed", embedded)
    again = survey([moved, *paths[1:3]], known=[table], processes=1)
    assert again.photographs[0] == str(moved)
    assert np.array_equal(again.embeddings[0], table.embeddings[0])


def test_another_photograph_under_a_known_name_is_looked_at(table, paths, tmp_path):
    name = tmp_path / paths[0].name
    name.write_bytes(paths[0].read_bytes())
    before = survey([name], processes=1)
    name.write_bytes(paths[3].read_bytes())
    after = survey([name], known=[before], processes=1)
    assert not np.array_equal(before.embeddings[0], after.embeddings[0])


def test_tables_of_another_detector_are_not_used(table, paths):
    found = survey(paths[:1], Setup(detector="haar"), known=[table], processes=1)
    assert found.source.detector == "haar"
    assert not np.array_equal(found.boxes, table.of(str(paths[0])).boxes)


def test_what_was_found_before_an_interruption_is_kept(paths, tmp_path, monkeypatch):
    looked = []
    look = surveys.look

    def interrupted(path, chain, known=frozenset()):
        if len(looked) == 3:
            raise KeyboardInterrupt
        looked.append(path)
        return look(path, chain, known)

    monkeypatch.setattr(surveys, "look", interrupted)
    with pytest.raises(KeyboardInterrupt):
        survey(paths, keep=tmp_path, processes=1)
    looked.clear()
    monkeypatch.setattr(surveys, "look", look)
    fresh = []

    def counted(self, image, embedded=embed.FaceEmbedder.embed):
        fresh.append(image)
        return embedded(self, image)

    monkeypatch.setattr(embed.FaceEmbedder, "embed", counted)
    survey(paths, keep=tmp_path, processes=1)
    assert len(fresh) == len(paths) - 3 - 1  # the damaged one never reaches the embedder


def test_a_damaged_part_is_made_again(table, paths, tmp_path):
    (tmp_path / "part.npz").write_bytes(b"cut off")
    assert same(survey(paths[:2], keep=tmp_path, processes=1), survey(paths[:2], processes=1))


def test_no_photographs_are_an_empty_table():
    assert len(survey([], processes=1)) == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"people": ["one"]}, "people: expected 2, got 1"), ({"processes": 0}, "processes")],
)
def test_wrong_arguments_are_named(wrong, message, paths):
    with pytest.raises(InputError, match=message):
        survey(paths[:2], **wrong)


SCRIPT = """
import sys
from facenet_lite.album.surveying import survey
if __name__ == "__main__":
    survey(sys.argv[2:] * 50, keep=sys.argv[1], processes=2)
"""


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_a_survey_that_is_ended(how, paths, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    names = [str(path) for path in paths]
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "kept"), *names], stderr=subprocess.DEVNULL
    )
    try:
        children = wait_for(lambda: len(found := descendants(parent.pid)) >= 2 and found)
        parent.send_signal(how)
        parent.wait(timeout=180)
        assert wait_for(lambda: not any(alive(child) for child in children))
    finally:
        parent.kill()
        parent.wait()


def wait_for(answer, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := answer():
            return found
        time.sleep(0.05)
    return answer()


def descendants(pid):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry), *descendants(int(entry))]
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_table_is_kept_as_a_table(paths, tmp_path):
    survey(paths[:2], keep=tmp_path, processes=1)
    assert [FaceTable.load(path).photographs for path in tmp_path.glob("*.npz")] == [
        (str(paths[0]), str(paths[1]))
    ]
