"""The table of experiments: each entry can be run by its name, and every file is in it."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from facenet_lite.book import experiments
from facenet_lite.errors import InputError


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_every_experiment_records_into_a_folder(name):
    module = importlib.import_module(f"facenet_lite.book.experiments.{name}")
    parameters = inspect.signature(module.record).parameters
    for wanted in ("lfw", "folder"):
        assert parameters[wanted].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[wanted].default is None
    assert f"facenet-lite experiment {name}" in module.COMMAND


def test_the_experiment_of_that_name_is_run(monkeypatch, tmp_path):
    from facenet_lite.book.experiments.detectors import rates

    monkeypatch.setattr(rates, "record", lambda *, lfw, folder: folder / f"{lfw.name}.json")
    path = experiments.record("detectors", lfw=tmp_path / "copy", folder=tmp_path)
    assert path == tmp_path / "copy.json"


def test_an_unknown_experiment_is_told_the_known_ones():
    with pytest.raises(InputError, match=r"'detectors'.*got 'detector'"):
        experiments.record("detector")


def test_listing_the_experiments_loads_no_library():
    code = (
        "import sys, facenet_lite.book.experiments;"
        "print([m for m in ('torch', 'cv2', 'dlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_file_that_records_is_in_the_table():
    folder = Path(experiments.__file__).parent
    recording = {p.stem for p in folder.glob("[!_]*.py") if "\ndef record(" in p.read_text()}
    assert recording == set(experiments.EXPERIMENTS)
