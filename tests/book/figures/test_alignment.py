"""The figure of dragged landmarks: it holds what it is given, and computes what Python does."""

from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest

from facenet_lite import align
from facenet_lite.book.figures.alignment import SIZE, WAYS, DragLandmarks
from facenet_lite.book.figures.base import STATIC
from facenet_lite.errors import InputError

MODULE = STATIC / "alignment.mjs"
PICTURE = np.full((200, 200, 3), 90, np.uint8)
POINTS = align.template(120, 0.25) + np.array([[41, 40], [38, 42], [40, 37], [44, 41], [45, 39]])
BOX = (60.0, 50.0, 140.0, 130.0)
NAMES = ("a", "b", "c", "d", "e")


@pytest.fixture(scope="module")
def figure():
    return DragLandmarks.of(PICTURE, POINTS, BOX, names=NAMES)


def test_it_begins_with_the_landmarks_it_is_given(figure):
    assert figure.points == figure.start
    np.testing.assert_allclose(figure.points, POINTS, atol=0.06)
    assert figure.box == list(BOX)
    assert figure.names == list(NAMES)
    assert (figure.way, figure.turn, figure.crop_margin, figure.side) == (WAYS[0], 0, 0.25, 200)


def test_the_page_form_is_small_and_says_what_it_shows(figure):
    page = figure.page_form()
    assert len(page) < 60_000
    assert 'data-figure="alignment.mjs"' in page
    assert "can be dragged" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image": np.zeros((10, 20, 3), np.uint8)}, "square"),
        ({"points": np.zeros((68, 2))}, "points"),
        ({"points": np.full((5, 2), np.nan)}, "finite"),
        ({"box": (1, 2, 3)}, "box"),
        ({"box": (3, 3, 3, 9)}, "x1 < x2"),
        ({"names": ("a",)}, "names"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    given = {"image": PICTURE, "points": POINTS, "box": BOX, "names": NAMES} | change
    with pytest.raises(InputError, match=message):
        DragLandmarks.of(given.pop("image"), given.pop("points"), given.pop("box"), **given)


def run(script):
    """What the page's own functions answer, asked in Node."""
    names = "similarity, move, turned, inverse, transform"
    source = f"import {{ {names} }} from {json.dumps(MODULE.as_uri())};\n{script}"
    call = ["node", "--input-type=module", "-e", source]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def as_matrix(numbers):
    a, b, x, y = numbers
    return np.array([[a, -b, x], [b, a, y]])


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_page_makes_the_same_transforms_as_the_package(figure):
    given = json.dumps([figure.points, figure.box, figure.template])
    answers = run(f"""
      const [points, box, template] = {given};
      const of = (way) => transform(way, points, box, template, {SIZE}, 0.4);
      const [spin, nowhere] = [turned(33, 200), similarity([[1, 1], [1, 1]], [[0, 0], [1, 1]])];
      const ways = {json.dumps(WAYS)}.map(of);
      console.log(JSON.stringify([...ways, spin, inverse(spin), nowhere]));
    """)
    points = np.array([figure.points])
    (fitted,) = align.landmark_transforms(points, SIZE, crop_margin=0.4)
    (eyes,) = align.eye_transforms(points, SIZE, crop_margin=0.4)
    (box,) = align.box_transforms([BOX], SIZE, crop_margin=0.4)
    spin = align.turn(33, about=(99.5, 99.5))
    for answer, expected in zip(
        answers, (fitted, eyes, box, spin, align.inverse(spin)), strict=False
    ):
        assert as_matrix(answer) == pytest.approx(expected, abs=1e-6)
    assert answers[-1] is None


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_page_moves_points_as_the_package_does():
    there = run("console.log(JSON.stringify(move(turned(50, 64), [3, 60])));")
    assert there == pytest.approx(align.move([3, 60], align.turn(50, about=(31.5, 31.5))))
