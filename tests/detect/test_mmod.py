"""dlib's CNN in PyTorch: its boxes and scores are dlib's, however large the picture."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from facenet_lite import assets, detect, imaging
from facenet_lite._mmod import file
from facenet_lite._mmod.canvas import lay_out
from facenet_lite.by_hand.detect import mmod, mmod_pyramid
from facenet_lite.dlib_file import DlibFileError
from facenet_lite.errors import ImageError, InputError, MissingExtraError

ASTRONAUT, HOPPER = imaging.astronaut(), imaging.grace_hopper()


@pytest.fixture(scope="module")
def data():
    return assets.fetch("mmod_detector").read_bytes()


# --- the file and the canvas ------------------------------------------------------------------


def test_the_file_says_what_the_lesson_reads(data):
    ours, lesson = file.read(data), mmod.read_network(data)
    assert ours.window == lesson.options.window
    assert ours.nms_iou == lesson.options.nms_iou
    assert ours.mean == lesson.mean
    assert [layer.relu for layer in ours.layers] == [True] * 6 + [False]
    for layer, theirs in zip(ours.layers, lesson.convolutions, strict=True):
        assert layer.weights.shape == theirs.weights.shape
        assert (layer.stride, layer.pad) == (theirs.stride, theirs.pad)


@pytest.mark.parametrize("kept", [0, 1, 13, 100, 5_000, 300_000, 729_939])
def test_a_file_cut_off_anywhere_says_so(data, kept):
    with pytest.raises(DlibFileError, match="byte"):
        file.read(data[:kept])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"loss_mmod_", b"loss_xxxx_", "expected 'loss_mmod_'"),
        (b"con_4", b"con_9", "a layer of dlib's CNN face detector, got 'con_9'"),
        (b"\x01\x10\x01\x05\x01\x05", b"\x01\x11\x01\x05\x01\x05", "square filters"),
        (
            b"\x01\x05\x01\x05\x01\x01\x01\x01\x01\x02",
            b"\x01\x05\x01\x05\x01\x02\x01\x01\x01\x02",
            "without padding, or with a stride of 1",
        ),
    ],
)
def test_a_damaged_byte_is_named(data, old, new, says):
    assert old in data
    with pytest.raises(DlibFileError, match=says):
        file.read(data.replace(old, new, 1))


def test_a_normalisation_with_a_number_missing_is_named(data):
    start = data.index(b"bn_con2") + 7
    assert data[start : start + 4] == bytes.fromhex("01020120")  # 32 numbers for 16 channels
    shorter = data[: start + 3] + b"\x1f" + data[start + 4 : start + 134] + data[start + 138 :]
    with pytest.raises(DlibFileError, match="expected 32 numbers, got 31"):
        file.read(shorter)


def test_bytes_left_over_are_named(data):
    with pytest.raises(DlibFileError, match="expected the end of the file"):
        file.read(data + b"\x00")


def test_levels_lie_where_the_lesson_lays_them():
    sizes = np.random.default_rng(0).integers(1, 4_000, (300, 2)).tolist()
    for height, width in [*sizes, (1, 1), (5, 5), (122, 76), (512, 512), (16, 700), (700, 16)]:
        ours, lesson = lay_out(height, width), mmod_pyramid.lay_out(height, width)
        assert (ours.height, ours.width) == (lesson.height, lesson.width)
        assert list(ours.levels) == [(at.left, at.top, at.width, at.height) for at in lesson.levels]


def test_a_window_goes_up_the_pyramid_level_by_level():
    canvas = lay_out(512, 512)
    left, top, *_ = canvas.levels[1]
    centre = np.array([[left + 100.0, top + 60.0]])
    # 100 - 39.5 = 60.5 is 1.2 x 60.5 + 0.3 = 72.9 below; right and bottom are excluded.
    assert canvas.to_picture(centre, (80, 80)).tolist() == [[73, 25, 169, 121]]
    assert canvas.to_picture(np.zeros((0, 2)), (80, 80)).shape == (0, 4)


# --- the answers ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fast():
    return detect.load("mmod", fast=True)


def grey(image):
    return np.dstack([imaging.to_grey(image)] * 3)


HEAD = ASTRONAUT[20:220, 120:320]
PICTURES = {
    "astronaut": (ASTRONAUT, 0),
    "hopper": (HOPPER, 0),
    "grey": (grey(HOPPER), 0),
    "small": (imaging.resize(HOPPER, height=233), 0),
    "wide": (imaging.resize(ASTRONAUT, height=301, width=517), 0),
    "narrow": (ASTRONAUT[:, 130:281], 0),
    "turned": (imaging.rotate(ASTRONAUT, 60), 0),
    "two": (np.concatenate([HEAD, HEAD[:, ::-1]], axis=1), 0),
    "four, doubled": (np.tile(imaging.resize(HEAD, height=101, width=99), (2, 2, 1)), 1),
    "doubled": (imaging.resize(ASTRONAUT, height=230), 1),
    "grey, doubled": (grey(imaging.resize(HOPPER, height=151)), 1),
    "doubled twice": (imaging.resize(HEAD, height=57), 2),
    "cut off": (HOPPER[140:260, 200:340], 1),
    "flat strip": (np.zeros((16, 300, 3), np.uint8), 1),
}


@pytest.mark.parametrize("name", PICTURES)
def test_boxes_are_dlibs_and_scores_equal_to_1e_4(name):
    image, upsample = PICTURES[name]
    ours = detect.load("mmod", upsample=upsample, fast=True).detect(image)
    dlibs = detect.load("mmod", upsample=upsample).detect(image)
    assert len(ours) == len(dlibs) == {"two": 2, "four, doubled": 4, "flat strip": 0}.get(name, 1)
    np.testing.assert_allclose(ours.boxes, dlibs.boxes, atol=1)
    np.testing.assert_allclose(ours.scores, dlibs.scores, atol=1e-4)


@pytest.mark.parametrize("strip", [1, 30_000, 100_000, 10**9])
def test_scores_do_not_depend_on_the_strips(fast, strip):
    image = imaging.resize(HOPPER, height=233)
    with fast.model.lent() as model, torch.inference_mode():
        painted = model.paint(image, lay_out(*image.shape[:2]))
        scores = replace(model, strip=strip).score_map(painted)
    lesson = mmod_pyramid.scan(mmod.MmodNetwork.load(), image).scores
    assert scores.shape == lesson.shape
    np.testing.assert_allclose(scores, lesson, atol=1e-4)


# --- settings and failures --------------------------------------------------------------------


def test_the_fast_one_takes_larger_pictures(fast):
    assert fast.max_pixels == 25_000_000
    assert detect.load("mmod").max_pixels == 3_000_000
    assert detect.load("mmod", fast=True, max_pixels=20_000).max_pixels == 20_000


@pytest.mark.parametrize("message", ["can't allocate memory: you tried", "std::bad_alloc"])
def test_where_pytorchs_memory_runs_out_the_picture_is_named(fast, message, monkeypatch):
    def full(*_, **__):
        raise RuntimeError(message)

    monkeypatch.setattr(torch.nn.functional, "conv2d", full)
    with pytest.raises(ImageError, match="not enough memory to search a picture of 512 x 512"):
        fast.detect(ASTRONAUT)
    monkeypatch.undo()
    assert len(fast.detect(HEAD)) == 1


def test_another_error_of_pytorch_stays_what_it_is(fast, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no kernel")

    monkeypatch.setattr(torch.nn.functional, "conv2d", broken)
    with pytest.raises(RuntimeError, match="no kernel"):
        fast.detect(ASTRONAUT)


def test_without_pytorch_the_extra_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "facenet_lite._mmod.in_torch", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"facenet_lite\[train\]"):
        detect.load("mmod", fast=True)


def test_dlibs_own_does_without_pytorch():
    code = "import sys; from facenet_lite import detect; detect.load('mmod'); "
    code += "print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (lambda: detect.load("haar", fast=True), "fast: .* 'haar' has no such setting; mmod have"),
        (lambda: detect.load("ssd", upsample=1), "'ssd' has no such setting; hog, mmod have"),
        (lambda: detect.load("haar", score_threshold=0), "; ssd, hog, mmod have"),
        (lambda: detect.load("ssd", max_pixels=10**6), "max_pixels"),
        (lambda: detect.load("mmod", fast=1), "fast: expected True or False"),
        (lambda: detect.MmodDetector.load(fast="yes"), "fast: expected True or False"),
        (lambda: detect.load("mmod", upsample=9), "at most 4"),
    ],
)
def test_a_setting_that_a_detector_lacks_is_refused(load, message):
    with pytest.raises(InputError, match=message):
        load()


def test_settings_reach_the_detector():
    found = detect.load("hog", upsample=0, score_threshold=0.5, max_pixels=10**6)
    assert (found.upsample, found.score_threshold, found.max_pixels) == (0, 0.5, 10**6)
    assert detect.load("hog").upsample == 1
