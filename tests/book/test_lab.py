"""`make lab`: the reader's copies are the reader's own."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab():
    spec = importlib.util.spec_from_file_location("lab", ROOT / "book" / "_tools" / "lab.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path):
    """A repository of two chapters."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "book").mkdir()
    toc = "parts:\n  - caption: Finding faces\n    chapters:\n"
    for name in ("ch01_one", "ch02_two"):
        write(tmp_path / "notebooks" / f"{name}.ipynb", f"# {name}\n\n| a | 20 minutes to read |")
        toc += f"      - file: {name}\n"
    (tmp_path / "book" / "_toc.yml").write_text(toc)
    return tmp_path


def write(path, text):
    cells = [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": text}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))


def test_chapters_are_copied_and_follow_the_book_until_they_are_changed(lab, clone):
    assert lab.copy_chapters(clone) == []
    own = clone / "my-notebooks"
    assert (own / "ch01_one.ipynb").read_bytes() == (
        clone / "notebooks/ch01_one.ipynb"
    ).read_bytes()
    write(clone / "notebooks/ch01_one.ipynb", "# a better chapter")
    assert lab.copy_chapters(clone) == []
    assert "a better chapter" in (own / "ch01_one.ipynb").read_text()


def test_an_answered_notebook_is_kept_and_that_is_said(lab, clone):
    lab.copy_chapters(clone)
    own = clone / "my-notebooks"
    write(own / "ch01_one.ipynb", "# my answers")
    assert lab.copy_chapters(clone) == []  # the book has nothing newer
    write(clone / "notebooks/ch01_one.ipynb", "# a better chapter")
    (said,) = lab.copy_chapters(clone)
    assert "ch01_one.ipynb: yours is kept" in said
    assert "my answers" in (own / "ch01_one.ipynb").read_text()
    assert "a better chapter" in (own / "ch01_one (newer).ipynb").read_text()
    assert lab.copy_chapters(clone) == []  # said once


def test_a_deleted_copy_comes_back(lab, clone):
    lab.copy_chapters(clone)
    (clone / "my-notebooks/ch02_two.ipynb").unlink()
    lab.copy_chapters(clone)
    assert (clone / "my-notebooks/ch02_two.ipynb").exists()


def test_it_starts_with_a_list_of_the_chapters(lab, clone):
    lab.copy_chapters(clone)
    start = nbformat.read(clone / "my-notebooks" / lab.START, as_version=4)
    nbformat.validate(start)
    assert "## Finding faces" in start.cells[0].source
    assert "1. [ch01_one](ch01_one.ipynb): 20 minutes to read" in start.cells[0].source


def test_the_books_own_chapters_all_stand_in_the_list(lab):
    text = lab.start(ROOT)["cells"][0]["source"]
    names = [path.name for path in (ROOT / "notebooks").glob("ch*.ipynb")]
    assert all(f"]({name})" in text for name in names)
    assert text.count("minutes to read") == len(names)


def test_the_first_cell_tries_the_installation(lab):
    done = subprocess.run(
        [sys.executable, "-c", lab.DOCTOR], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "ok Python" in done.stdout


def test_git_does_not_look_at_the_copies(lab):
    asked = ["git", "check-ignore", "-q", f"{lab.FOLDER}/ch01_pipeline.ipynb"]
    assert subprocess.run(asked, cwd=ROOT, check=False).returncode == 0
