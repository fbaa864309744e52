"""The table of what is recorded, built and checked: each entry runs, and none is missing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from facenet_lite.book import builders, experiments, registry, results
from facenet_lite.errors import AssetMissingError, InputError

COMMANDS = ("experiment", "build", "evaluate")


@pytest.mark.parametrize("name", registry.listed("experiment"))
def test_every_experiment_measures_and_every_result_is_recorded_by_its_command(name):
    entry = registry.find("experiment", name)
    parameters = inspect.signature(entry.load().measure).parameters
    assert len(parameters) == 2 + entry.by_name
    for wanted in ("lfw", "config"):
        assert parameters[wanted].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[wanted].default is None
    assert results.load(name)["command"] == entry.line


@pytest.mark.parametrize("name", registry.listed("build"))
def test_every_builder_takes_a_copy_of_lfw_and_a_folder(name):
    entry = registry.find("build", name)
    parameters = inspect.signature(entry.load().build).parameters
    assert (next(iter(parameters)) == "name") == entry.by_name
    for wanted in ("lfw", "folder"):
        assert parameters[wanted].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[wanted].default is None


def test_every_recorded_result_is_some_entrys():
    commands = {name: registry.behind(name) for name in results_there()}
    assert None not in commands.values()
    assert {entry.command for entry in commands.values()} == set(COMMANDS)
    assert registry.behind("net_lfw-triplet").name == "lfw-triplet"
    assert registry.behind("lfw_pixels_centre").command == "evaluate"
    assert registry.behind("nobody").command == "experiment"
    assert registry.behind("sums") is None


def results_there():
    return sorted(path.stem for path in results.FOLDER.glob("*.json"))


@pytest.mark.parametrize(
    "entry", registry.ENTRIES, ids=lambda entry: f"{entry.command} {entry.name}"
)
def test_what_computes_an_entry_again_takes_what_is_asked(entry):
    again = entry.load_again()
    assert again is None or list(inspect.signature(again).parameters) == ["asked"]


def test_the_experiment_of_that_name_is_run_and_recorded(monkeypatch, tmp_path):
    from facenet_lite.book.experiments.trained import one_setting

    def measure(name, *, lfw, config):
        return results.Measured({"name": name, "lfw": lfw, "config": config}, 3.25, 7)

    monkeypatch.setattr(one_setting, "measure", measure)
    path = registry.record("margin", folder=tmp_path, config=5)
    record = results.load("margin", tmp_path)
    assert path == tmp_path / "margin.json"
    assert record["command"] == "facenet-lite experiment margin --lfw DIR"
    assert record["data"] == {"name": "margin", "lfw": None, "config": 5}
    assert (record["seconds"], record["seed"]) == (3.2, 7)


def test_what_is_needed_and_missing_is_said_before_anything_is_loaded(monkeypatch, tmp_path):
    monkeypatch.setattr(registry.Entry, "load", None)
    with pytest.raises(AssetMissingError, match="lfw-deepfunneled"):
        registry.record("detectors", lfw=tmp_path)
    (tmp_path / "lfw-deepfunneled").mkdir()
    with pytest.raises(AssetMissingError, match="facenet-lite build lfw-reference --lfw DIR"):
        registry.record("identification", lfw=tmp_path)
    with pytest.raises(AssetMissingError, match="facenet-lite build lfw-reference --lfw DIR"):
        registry.build("nobody", lfw=tmp_path)


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(InputError, match=r"'detectors'.*got 'detector'"):
        registry.record("detector")
    with pytest.raises(InputError, match=r"'lfw-reference'.*got 'anybody'"):
        registry.build("anybody")


def test_listing_what_there_is_loads_no_library():
    code = (
        "import sys, facenet_lite.book.registry;"
        "print([m for m in ('torch', 'cv2', 'dlib', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("package", "function"), [(experiments, "measure"), (builders, "build")])
def test_every_file_that_measures_or_builds_is_in_the_table(package, function):
    folder = Path(package.__file__).parent
    making = {
        ".".join((folder.name, *path.relative_to(folder).with_suffix("").parts))
        for path in folder.rglob("*.py")
        if f"\ndef {function}(" in path.read_text("utf8")
    }
    listed = {entry.module for entry in registry.ENTRIES if entry.command != "evaluate"}
    listed = {module for module in listed if module.startswith(folder.name)}
    assert making - {"experiments.lfw.benchmark"} == listed
