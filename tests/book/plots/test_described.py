"""A drawing's text may stand in the metadata of its cell."""

import json
from types import SimpleNamespace

import IPython
import pytest

from facenet_lite.book.plots import drawing
from facenet_lite.book.plots.described import describe, described

SVG = '<svg viewBox="0 0 1 1"></svg>'
TEXT = "A face with <two> eyes."


def test_a_text_that_was_said_is_the_next_drawings():
    describe(TEXT)
    shown = drawing.drawing(SVG)
    assert 'role="img" aria-label="A face with &lt;two&gt; eyes."' in shown._repr_html_()
    assert "aria-label" not in shown._repr_html_()  # it was said for one drawing


def test_a_drawings_own_text_comes_first():
    describe(TEXT)
    assert 'aria-label="Another text."' in drawing.drawing(SVG, "Another text.")._repr_html_()
    assert described() == TEXT


@pytest.fixture
def in_lab(tmp_path, monkeypatch):
    """A kernel that a Jupyter server has told its notebook and its cell."""
    cells = [
        {"id": "one", "metadata": {}},
        {"id": "two", "metadata": {"alt": TEXT}},
    ]
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))

    def run(cell):
        header = {"metadata": {"cellId": cell}}
        monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(parent_header=header))
        return described()

    return run


@pytest.mark.parametrize(("cell", "text"), [("two", TEXT), ("one", None), ("new", None)])
def test_in_jupyterlab_the_text_is_looked_for_in_the_notebook(in_lab, cell, text):
    assert in_lab(cell) == text


@pytest.mark.parametrize("content", ["", "{}", '{"cells": [{"id": "two"}]}'])
def test_a_notebook_that_cannot_be_read_gives_no_text(in_lab, tmp_path, content):
    (tmp_path / "chapter.ipynb").write_text(content)
    assert in_lab("two") is None


def test_elsewhere_there_is_no_text(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert described() is None
