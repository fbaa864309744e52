"""A recorded result comes back as it was saved, says how it was made, and is refused if broken."""

from __future__ import annotations

import json

import numpy as np
import pytest

from facenet_lite.book import results
from facenet_lite.errors import InputError, ResultError


@pytest.fixture
def saved(tmp_path):
    results.save("sums", {"two": 2}, command="add 1 1", seed=7, seconds=1.25, folder=tmp_path)
    return tmp_path


def test_what_is_saved_is_loaded(saved):
    record = results.load("sums", saved)
    assert record["data"] == {"two": 2}
    assert (record["command"], record["seed"], record["seconds"]) == ("add 1 1", 7, 1.2)


def test_it_says_how_it_was_made(saved):
    record = results.load("sums", saved)
    assert {"python", "numpy", "opencv-python", "dlib-bin"} <= set(record["versions"])
    assert record["machine"]["cores"] >= 1
    assert record["machine"]["cpu"]
    assert len(record["date"]) == len("2000-01-01")


def test_nothing_is_left_beside_it(saved):
    assert [p.name for p in saved.iterdir()] == ["sums.json"]


def test_a_second_save_replaces_the_first(saved):
    results.save("sums", {"three": 3}, command="add 1 2", seed=0, seconds=0, folder=saved)
    assert results.load("sums", saved)["data"] == {"three": 3}


def test_a_missing_result_lists_the_others(saved):
    with pytest.raises(ResultError, match="recorded are: sums"):
        results.load("products", saved)
    with pytest.raises(ResultError, match="none"):
        results.load("products", saved / "empty")


@pytest.mark.parametrize("field", list(results.FIELDS))
def test_every_field_is_needed(saved, field):
    record = results.load("sums", saved)
    del record[field]
    with pytest.raises(ResultError, match=field):
        results.check(record, "sums")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("seed", "7", "seed"),
        ("seed", True, "seed"),
        ("data", [1], "data"),
        ("format", 2, "update the package"),
        ("name", "other", "'other'"),
    ],
)
def test_a_wrong_field_is_named(saved, field, value, message):
    record = results.load("sums", saved) | {field: value}
    with pytest.raises(ResultError, match=message):
        results.check(record, "sums")


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '{"format": 1'])
def test_broken_files_are_named(saved, text):
    (saved / "sums.json").write_text(text)
    with pytest.raises(ResultError, match="sums"):
        results.load("sums", saved)


@pytest.mark.parametrize("name", ["", "../sums", "a b", "-a", None, 3])
def test_a_name_is_a_word(saved, name):
    with pytest.raises(ResultError, match="name"):
        results.load(name, saved)


@pytest.mark.parametrize("data", [{"x": float("nan")}, {"x": object()}, {"x": b""}])
def test_what_json_cannot_hold_is_refused_and_the_old_one_stays(saved, data):
    with pytest.raises(ResultError, match="JSON can hold"):
        results.save("sums", data, command="c", seed=0, seconds=0, folder=saved)
    assert results.load("sums", saved)["data"] == {"two": 2}


def test_raw_answers_are_too_large(saved):
    with pytest.raises(ResultError, match="100,000 bytes"):
        results.save("sums", {"x": "y" * 100_000}, command="c", seed=0, seconds=0, folder=saved)


def test_seconds_are_not_negative(saved):
    with pytest.raises(InputError, match="seconds"):
        results.save("sums", {}, command="c", seed=0, seconds=-1, folder=saved)


def test_a_package_that_is_not_there_is_said_so(monkeypatch):
    monkeypatch.setattr(results, "PACKAGES", ("no-such-package",))
    assert "not installed" in results.versions()["no-such-package"]


def test_versions_are_of_everything_that_a_figure_rests_on():
    found = results.versions()
    wanted = {"python", "numpy", "scipy", "scikit-learn", "faiss-cpu", "dlib-bin", "torch"}
    assert wanted <= set(found)
    assert "not installed under this name" not in found.values()
    assert found["dlib.DLIB_USE_BLAS"] in ("True", "False")


def test_the_processor_has_a_name_anywhere(tmp_path):
    assert results.machine(cpuinfo=tmp_path / "nothing")["cpu"]
    listed = tmp_path / "cpuinfo"
    listed.write_text("processor : 0\nmodel name\t: Some CPU\n")
    assert results.machine(cpuinfo=listed)["cpu"] == "Some CPU"
    listed.write_text("processor : 0\n")
    assert results.machine(cpuinfo=listed)["cpu"]


def test_all_recorded_results_are_whole_and_small():
    for path in results.FOLDER.glob("*.json"):
        assert results.load(path.stem)["data"]
        assert path.stat().st_size <= results.MAX_BYTES
        json.loads(path.read_text())


PAIRS = (np.array([0.1, 0.5, 0.3], np.float32), np.array([True, False, True]), [0, 0, 1])


def test_distances_come_back_as_they_were_saved(tmp_path):
    path = results.save_distances("sums", *PAIRS, folder=tmp_path)
    found = results.load_distances("sums", tmp_path)
    assert found.squared.tolist() == PAIRS[0].tolist()
    assert found.is_same.tolist() == PAIRS[1].tolist()
    assert found.folds.tolist() == PAIRS[2]
    assert [p.name for p in tmp_path.iterdir()] == [path.name] == ["sums.npz"]


def test_missing_and_damaged_distances_are_named(tmp_path):
    with pytest.raises(ResultError, match="no distances"):
        results.load_distances("sums", tmp_path)
    path = results.save_distances("sums", *PAIRS, folder=tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ResultError, match="make it again"):
        results.load_distances("sums", tmp_path)
    with path.open("wb") as stream:
        np.savez(stream, squared=PAIRS[0])
    with pytest.raises(ResultError, match="is_same"):
        results.load_distances("sums", tmp_path)


@pytest.mark.parametrize(
    "change", [{1: np.array([1, 0, 1])}, {1: np.array([True])}, {2: [0]}, {0: [[0.1]]}]
)
def test_distances_that_do_not_fit_are_refused(tmp_path, change):
    given = [change.get(place, value) for place, value in enumerate(PAIRS)]
    with pytest.raises(InputError):
        results.save_distances("sums", *given, folder=tmp_path)
    assert not list(tmp_path.iterdir())
