"""The commands on folders of photographs: answers, files, what was left out, what is refused."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import cli, imaging
from facenet_lite.album.table import FaceTable
from facenet_lite.evaluate import Calibration


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Two people with three photographs each, and what else lies in such folders."""
    root = tmp_path_factory.mktemp("album") / "people"
    astronaut = np.ascontiguousarray(imaging.astronaut()[:300, 80:380])
    for name, image in (("eileen", astronaut), ("grace", imaging.grace_hopper())):
        (root / name / "@eaDir").mkdir(parents=True)
        for number, changed in enumerate(
            (image, imaging.jpeg_round_trip(image, quality=30), imaging.rotate(image, 8))
        ):
            imaging.write_image(changed, root / name / f"{number}.png")
        (root / name / ".hidden.jpg").write_bytes(b"")
        (root / name / "@eaDir" / "0.jpg").write_bytes(b"")
        (root / name / "notes.txt").write_text("not a photograph")
    return root


@pytest.fixture(scope="module")
def gallery(people, tmp_path_factory):
    out = tmp_path_factory.mktemp("gallery") / "people.npz"
    assert cli.main(["enroll", str(people), "--out", str(out), "--processes", "1"]) == 0
    return out


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *arguments, expected=0):
    assert cli.main([str(argument) for argument in arguments]) == expected
    return capsys.readouterr()


def test_detect_takes_a_folder_and_counts_what_it_left_out(people, capsys):
    out, err = run(capsys, "detect", people, "--detector", "haar")
    assert out.count("face") == 6
    assert "6 photographs; left out: 2 hidden, 2 made by a program, 2 not pictures" in err


def test_detect_finds_more_when_it_is_told_how(tmp_path, capsys):
    small = imaging.resize(np.ascontiguousarray(imaging.astronaut()[:256, 100:356]), width=64)
    photo = imaging.write_image(small, tmp_path / "small.png")
    assert ": 0 faces" in run(capsys, "detect", photo).out
    assert ": 1 face\n" in run(capsys, "detect", photo, "--upsample", "2").out
    assert (
        "'ssd' has no such setting"
        in run(capsys, "detect", photo, "--detector", "ssd", "--upsample", "1", expected=1).err
    )


@pytest.mark.parametrize("suffix", [".webp", ".bmp", ".tif", ".gif", ".png", ".jpg"])
def test_a_pictures_suffix_gives_a_picture(suffix, people, tmp_path):
    out = tmp_path / f"x{suffix}"
    assert cli.main(["detect", str(people / "grace" / "0.png"), "--out", str(out)]) == 0
    assert imaging.read_image(out).shape == (600, 512, 3)


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.npz"])
def test_a_suffix_that_is_not_written_is_refused_before_any_work(name, people, inside, capsys):
    err = run(capsys, "detect", people, "--out", name, expected=1).err
    assert "expected a name that ends in" in err
    assert list(inside.iterdir()) == []


def test_no_answer_leaves_the_file_that_was_there(inside, capsys):
    (inside / "y.txt").write_text("precious")
    (inside / "bad.jpg").write_bytes(b"not a picture")
    run(capsys, "detect", "bad.jpg", "--out", "y.txt", expected=1)
    assert (inside / "y.txt").read_text() == "precious"
    assert sorted(path.name for path in inside.iterdir()) == ["bad.jpg", "y.txt"]


def test_answers_come_as_they_are_found_and_an_interruption_keeps_them(
    people, inside, capsys, monkeypatch
):
    read, seen = imaging.read_image, []

    def interrupted(path):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(path)
        return read(path)

    monkeypatch.setattr(imaging, "read_image", interrupted)
    run(capsys, "detect", people, "--json", "--out", "faces.json", expected=130)
    kept = (inside / "faces.json.part").read_text().splitlines()
    assert [json.loads(line)["photo"] for line in kept] == [str(path) for path in seen]


def test_crop_writes_every_face_upright_where_its_photograph_lies(people, inside, capsys):
    out, _ = run(capsys, "crop", people, "--out", "faces", "--size", "96")
    assert len(out.splitlines()) == 6
    crop = imaging.read_image("faces/grace/2.png")
    assert crop.shape == (96, 96, 3)


def test_a_photograph_of_two_people_gives_two_files(inside, capsys):
    group = np.concatenate([imaging.astronaut()[:500, :500], imaging.grace_hopper()[:500, :500]], 1)
    imaging.write_image(group, "group.png")
    run(capsys, "crop", "group.png", "--out", "faces", "--detector", "ssd")
    assert sorted(os.listdir("faces")) == ["group-2.png", "group.png"]


def test_embed_writes_a_table_and_a_spreadsheet_of_the_same_faces(people, inside, capsys):
    run(capsys, "embed", people, "--out", "faces.npz", "--processes", "1")
    table = FaceTable.load("faces.npz")
    run(capsys, "embed", people, "--out", "faces.csv", "--processes", "1")
    with Path("faces.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["photograph"] for row in rows] == table.paths
    assert np.allclose([float(row["e127"]) for row in rows], table.embeddings[:, 127], atol=1e-6)
    assert not list(inside.glob(".*kept"))


def test_embed_again_looks_only_at_what_is_new(people, inside, capsys, monkeypatch):
    shutil.copytree(people, "album")
    run(capsys, "embed", "album", "--out", "faces.npz", "--processes", "1")
    imaging.write_image(imaging.rotate(imaging.grace_hopper(), -8), "album/grace/new.png")
    from facenet_lite import embed

    looked = []

    def counted(self, image, embedded=embed.FaceEmbedder.embed):
        looked.append(image)
        return embedded(self, image)

    monkeypatch.setattr(embed.FaceEmbedder, "embed", counted)
    run(capsys, "embed", "album", "--out", "faces.npz", "--processes", "1")
    assert len(looked) == 1
    assert len(FaceTable.load("faces.npz")) == 7


def test_embed_into_another_file_is_refused_before_any_work(people, inside, capsys):
    assert (
        "ends in .npz or .csv" in run(capsys, "embed", people, "--out", "faces.txt", expected=1).err
    )
    Path("mine.npz").write_bytes(b"mine")
    assert (
        "expected a table of faces"
        in run(capsys, "embed", people, "--out", "mine.npz", expected=1).err
    )
    assert Path("mine.npz").read_bytes() == b"mine"


def test_enroll_says_who_is_in_the_gallery_and_its_rates(people, gallery, inside, capsys):
    out, err = run(capsys, "enroll", people, "--out", "again.npz", "--processes", "1")
    assert "2 people, 6 photographs" in err
    assert "6 are named rightly and 0 wrongly" in out
    assert FaceTable.load(gallery).names == ["eileen"] * 3 + ["grace"] * 3


def test_identify_names_whom_it_knows_and_nobody_else(people, gallery, inside, capsys):
    turned = imaging.write_image(imaging.rotate(imaging.grace_hopper(), -6), inside / "x.png")
    out, err = run(capsys, "identify", turned, "--gallery", gallery)
    assert "  grace (nearest: grace at 0." in out
    assert "with their own person taken out, 0 of 6 are named as somebody else" in err
    row = json.loads(
        run(capsys, "identify", turned, "--gallery", gallery, "--threshold", "0", "--json").out
    )
    (face,) = row["faces"]
    assert (face["name"], face["nearest"], face["second"]) == (None, "grace", "eileen")


def test_identify_refuses_a_gallery_of_another_network(people, gallery, capsys):
    photo = people / "grace" / "0.png"
    err = run(
        capsys, "identify", photo, "--gallery", gallery, "--model", "nobody-triplet", expected=1
    ).err
    assert "expected a gallery of the network 'nobody-triplet'" in err


def test_cluster_sorts_an_album_into_folders_named_by_a_gallery(people, gallery, inside, capsys):
    _out, err = run(
        capsys, "cluster", people, "--out", "groups", "--gallery", gallery, "--processes", "1"
    )
    assert sorted(os.listdir("groups")) == ["eileen", "grace"]
    assert sorted(os.listdir("groups/grace")) == ["0.png", "1.png", "2.png"]
    assert "6 faces in 2 groups" in err
    assert "LFW's View 1" in err


def test_cluster_draws_a_contact_sheet(people, inside, capsys):
    run(capsys, "cluster", people, "--out", "sheet.png", "--processes", "1")
    assert imaging.read_image("sheet.png").shape[1] > 1000


def test_cluster_leaves_a_folder_with_something_in_it_alone(people, inside, capsys):
    Path("mine").mkdir()
    Path("mine/a.txt").write_text("precious")
    err = run(capsys, "cluster", people, "--out", "mine", "--processes", "1", expected=1).err
    assert "a new or an empty folder" in err
    assert os.listdir("mine") == ["a.txt"]


def test_calibrate_keeps_a_threshold_that_verify_then_uses(people, inside, capsys):
    out, _ = run(capsys, "calibrate", people, "--far", "0.2", "--processes", "1")
    found = Calibration.load("dlib.calibration.json")
    assert found.asked == 0.2
    assert found.accepted_falsely == 1  # of 9 pairs of strangers one is allowed
    a, b = people / "grace" / "0.png", people / "grace" / "1.png"
    out, _ = run(capsys, "verify", a, b, "--calibration", "dlib.calibration.json")
    assert "6 photographs of 2 people" in out


def test_calibrate_says_when_a_rate_is_not_estimable(people, inside, capsys):
    err = run(capsys, "calibrate", people, "--far", "0.001", "--processes", "1", expected=1).err
    assert "not estimable from 9 different pairs" in err
    assert not Path("dlib.calibration.json").exists()


def test_evaluate_judges_people_and_pairs_of_ones_own(people, inside, capsys):
    out, _ = run(capsys, "evaluate", "--model", "dlib", "--folder", people, "--processes", "1")
    assert "6 pairs of one person, 9 of strangers" in out
    assert "AUC 1.0000" in out
    pairs = (("grace/1", 1), ("eileen/0", 0))
    lines = [f"{people}/grace/0.png,{people}/{other}.png,{same}" for other, same in pairs]
    Path("pairs.csv").write_text("\n".join(lines))
    out, _ = run(capsys, "evaluate", "--model", "dlib", "--pairs", "pairs.csv", "--processes", "1")
    assert "1 pairs of one person, 1 of strangers" in out
    assert "0 of 1 pairs of strangers accepted" in out


def test_blur_writes_pictures_in_which_nobody_is_found(people, inside, capsys):
    _out, err = run(capsys, "blur", people / "grace" / "0.png", "--out", "public")
    assert "look at each picture before you publish it" in err
    assert ": 0 faces" in run(capsys, "detect", "public/0.png").out


def test_a_person_in_a_group_is_found_and_the_others_are_mentioned(inside, capsys):
    a, g = imaging.astronaut()[:500, :500], imaging.grace_hopper()[:500, :500]
    imaging.write_image(np.ascontiguousarray(a), "a.png")
    imaging.write_image(np.concatenate([a, g], axis=1), "group.png")
    out, _err = run(capsys, "verify", "a.png", "group.png", "--picture", "seen.png")
    assert "the same person" in out.splitlines()[0]
    assert "group.png: 3 faces; the nearest is at x 17" in out
    assert "4 of 499 pairs of strangers" in out
    assert "the nearest of 6 has more chances to be wrong" in out
    assert imaging.read_image("seen.png").shape[0] > 500
    answer = json.loads(run(capsys, "verify", "a.png", "group.png", "--json").out)
    assert answer["same"] is True
    assert np.array(answer["squared_distances"]).shape == (2, 3)
    assert len(answer["photographs"][1]["faces"]) == 3


@pytest.mark.parametrize("command", ["crop", "embed", "cluster", "blur"])
def test_a_folder_that_is_not_there_is_named(command, inside, capsys):
    err = run(capsys, command, "nowhere", "--out", "x.npz", expected=1).err
    assert "nowhere: there is no such file" in err
    assert not Path("x.npz").is_file()


def test_a_script_of_the_page_runs_as_it_stands(people, tmp_path):
    """The Python of the book's page, on an album of its own."""
    page = (Path(__file__).parents[1] / "book" / "albums.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    (tmp_path / "script.py").write_text(code)
    shutil.copytree(people, tmp_path / "people")
    shutil.copytree(people, tmp_path / "album")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" eileen ") == done.stdout.count(" grace ") == 3


def test_the_pages_figures_are_those_that_were_measured():
    from facenet_lite.album.chain import cluster_thresholds, known_rates

    page = (Path(__file__).parents[1] / "book" / "albums.md").read_text(encoding="utf-8")
    rates = sorted(row.accepted_falsely for row in known_rates().values())
    assert f"take {rates[1]} to {rates[3]} of 499 pairs" in page
    assert f"where dlib's takes {rates[0]}" in page
    dlib = min(known_rates().values(), key=lambda row: row.accepted_falsely).weights
    row = cluster_thresholds(dlib)["average"]
    assert f"hold {100 * row['precision']:.0f} % of the same person" in page
    assert f"{100 * row['recall']:.0f} % of a person are in one group" in page
