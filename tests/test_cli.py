"""The command line: answers, exit statuses, and no traceback for a user's mistake."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from facenet_lite import assets, cli, detect, doctor, imaging, models
from facenet_lite.book.experiments.lfw import benchmark

ASTRONAUT = str(assets.fetch("astronaut"))
HOPPER = str(assets.fetch("grace_hopper"))


@pytest.fixture
def faceless(tmp_path):
    grey = imaging.resize(imaging.astronaut()[:60, :60], height=64, width=64)
    return str(imaging.write_image(grey, tmp_path / "wall.png"))


def test_detect_prints_a_line_for_each_face(capsys):
    assert cli.main(["detect", ASTRONAUT, "--detector", "haar"]) == 0
    out, err = capsys.readouterr()
    assert "1 face\n  x 177..272  y 66..161  score 40" in out
    assert err == ""


def test_detect_as_json_is_one_object_a_line(capsys):
    assert cli.main(["detect", ASTRONAUT, HOPPER, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {row["photo"]: row["boxes"] for row in rows}
    assert list(found) == sorted([ASTRONAUT, HOPPER])
    assert found[HOPPER] == [[180, 139, 367, 326]]


def test_many_photographs_show_progress_on_a_terminal_only(capsys):
    assert cli.main(["detect", HOPPER, HOPPER, "--detector", "haar"]) == 0
    assert "photo/s" not in capsys.readouterr().err


def test_one_bad_photograph_among_many_does_not_stop_the_others(capsys, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"not a picture")
    missing = str(tmp_path / "missing.jpg")
    assert cli.main(["detect", str(bad), missing, HOPPER, "--detector", "haar"]) == 1
    out, err = capsys.readouterr()
    assert out.count("face") == 1
    assert "bad.jpg: expected a picture" in err
    assert "missing.jpg: there is no such file" in err


def test_out_writes_the_answer_to_a_file(capsys, tmp_path):
    out = tmp_path / "faces.json"
    assert cli.main(["detect", HOPPER, "--json", "--out", str(out)]) == 0
    assert json.loads(out.read_text())["detector"] == "hog"
    assert capsys.readouterr().out == ""


def test_out_with_a_pictures_suffix_draws_the_boxes(tmp_path):
    out = tmp_path / "faces.png"
    assert cli.main(["detect", HOPPER, "--out", str(out)]) == 0
    drawn = imaging.read_image(out)
    assert drawn.shape == imaging.grace_hopper().shape
    assert drawn[200, 180].tolist() == [10, 138, 156]  # the left side of her box


def test_out_with_a_pictures_suffix_takes_one_photograph(capsys, tmp_path):
    assert cli.main(["detect", HOPPER, ASTRONAUT, "--out", str(tmp_path / "faces.png")]) == 1
    assert "expected one photograph, got 2" in capsys.readouterr().err


def test_out_in_a_folder_that_is_not_there_is_named(capsys, tmp_path):
    assert cli.main(["detect", HOPPER, "--out", str(tmp_path / "no" / "faces.txt")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_verify_tells_two_people_apart(capsys):
    assert cli.main(["verify", ASTRONAUT, HOPPER, "--face", "surest"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("squared distance 0.49")
    assert "different people" in out
    assert "2 faces; the surest is at x 175..266" in out
    assert "4 of 499 pairs of strangers" in out
    assert "facenet-lite calibrate" in err


def test_verify_knows_a_person_again(capsys, tmp_path):
    turned = imaging.write_image(imaging.rotate(imaging.grace_hopper(), 8), tmp_path / "turned.jpg")
    assert cli.main(["verify", HOPPER, str(turned), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["same"] is True
    assert answer["squared_distance"] < answer["threshold"] == pytest.approx(0.36)


def test_verify_without_a_face_says_which_photograph_has_none(capsys, faceless):
    assert cli.main(["verify", HOPPER, faceless]) == 1
    assert "wall.png: no face found; nor do other settings find one" in capsys.readouterr().err


def test_assets_lists_state_licence_and_card(capsys):
    assert cli.main(["assets"]) == 0
    out = capsys.readouterr().out
    assert "landmarks_68: installed" in out
    assert "not for commercial use" in out
    assert cli.main(["assets", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == set(assets.registry())


def test_assets_copies_the_class_folder(capsys, tmp_path, monkeypatch):
    one = {"haar_frontalface_default": assets.get("haar_frontalface_default")}
    monkeypatch.setattr(assets, "registry", lambda: one)
    assert cli.main(["assets", "--copy-to", str(tmp_path / "class")]) == 0
    out, err = capsys.readouterr()
    assert out.strip().endswith("haarcascade_frontalface_default.xml")
    assert f"FACENET_LITE_ASSETS={tmp_path}" in err


def test_a_missing_asset_is_a_failure(capsys, monkeypatch):
    monkeypatch.setattr(assets, "state", lambda name: "missing")
    assert cli.main(["assets"]) == 1


def test_doctor_finds_everything_here(capsys):
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "ok opencv-python: opencv-python 4." in out
    assert "!!" not in out


@pytest.mark.parametrize(
    ("command", "offered"),
    [
        ("detect", detect.NAMES),
        ("verify", detect.NAMES),
        ("verify", models.NAMES),
        ("evaluate", benchmark.MODELS),
    ],
)
def test_a_command_offers_all_that_is_registered(command, offered, capsys):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    listed = "".join(capsys.readouterr().out.split())  # argparse breaks lines at hyphens
    assert f"{{{','.join(offered)}}}" in listed or all(name in listed for name in offered)


@pytest.mark.parametrize(
    "arguments",
    [[], ["detekt"], ["detect"], ["verify", "a.jpg"], ["detect", "a.jpg", "--detector", "mtcnn"]],
)
def test_a_wrong_command_is_exit_status_two(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_an_interruption_is_no_traceback(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examine", interrupted)
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no error of its own for a closed pipe"
)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "faces.npz"), "faces.npz: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (MemoryError(), "not enough memory"),
    ],
    ids=repr,
)
def test_what_a_user_can_cause_is_one_line(error, said, monkeypatch, capsys):
    def failing():
        raise error

    monkeypatch.setattr(doctor, "examine", failing)
    assert cli.main(["doctor"]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_an_unexpected_error_says_so_and_how_to_report_it(monkeypatch, capsys):
    def failing():
        raise ZeroDivisionError("no reason")

    monkeypatch.setattr(doctor, "examine", failing)
    assert cli.main(["doctor"]) == 70
    err = capsys.readouterr().err
    assert "fault of this program: ZeroDivisionError: no reason" in err
    assert "FACENET_LITE_TRACEBACK=1 facenet-lite doctor" in err
    assert err.count("\n") == 1
    monkeypatch.setenv("FACENET_LITE_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["doctor"])


def test_a_reader_who_goes_away_is_no_traceback():
    """As in ``facenet-lite assets | head -0``."""
    run = subprocess.Popen(
        [sys.executable, "-u", "-m", "facenet_lite.cli", "assets"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    with run:
        run.stdout.close()
        assert b"Traceback" not in run.stderr.read()


def test_the_command_is_installed():
    command = shutil.which("facenet-lite", path=os.path.dirname(sys.executable))
    assert command, "expected the command beside Python; pip install -e . makes it"
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("facenet-lite ")


def test_the_experiment_is_handed_the_readers_folder(capsys, monkeypatch, tmp_path):
    from facenet_lite.book import registry

    monkeypatch.setattr(registry, "record", lambda _, lfw, folder: folder / f"{lfw.name}.json")
    arguments = ["experiment", "detectors", "--lfw", "lfw", "--out", str(tmp_path)]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "lfw.json")


def test_build_is_handed_the_readers_folder(capsys, monkeypatch, tmp_path):
    from facenet_lite.book import registry

    monkeypatch.setattr(registry, "build", lambda _, lfw, folder: folder / f"{lfw.name}.npz")
    assert cli.main(["build", "nobody", "--lfw", "lfw", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "lfw.npz")


def test_building_from_a_wrong_folder_says_what_is_expected(capsys, tmp_path):
    assert cli.main(["build", "nobody", "--lfw", str(tmp_path)]) == 1
    assert "lfw-deepfunneled" in capsys.readouterr().err
