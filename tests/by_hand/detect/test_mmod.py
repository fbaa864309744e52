"""dlib's CNN by hand: its file, its network and its boxes against dlib's own answer."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from facenet_lite import assets, detect, dlib_file, imaging
from facenet_lite.by_hand.detect import mmod, mmod_pyramid
from facenet_lite.by_hand.detect.max_margin import max_margin_loss
from facenet_lite.dlib_file import DlibFileError, DlibReader
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def data():
    return assets.fetch("mmod_detector").read_bytes()


@pytest.fixture(scope="module")
def network(data):
    return mmod.read_network(data)


# --- the file ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [("0150", 80), ("02c004", 1216), ("8104", -4), ("0100", 0), ("8203ff", -65283)],
)
def test_a_control_byte_says_width_and_sign(written, number):
    assert DlibReader(bytes.fromhex(written)).integer() == number


def test_a_real_number_is_mantissa_times_a_power_of_two():
    assert DlibReader(bytes.fromhex("01108104")).real() == 1.0  # 16 x 2^-4
    assert DlibReader(bytes.fromhex("01038101")).real() == 1.5


def test_a_tensor_is_version_sizes_and_plain_floats():
    raw = bytes.fromhex("01020101010101010102") + struct.pack("<2f", 0.5, -2)
    tensor = DlibReader(raw).tensor()
    np.testing.assert_array_equal(tensor, [[[[0.5, -2]]]])
    assert tensor.dtype == np.float32


def test_every_byte_of_the_file_is_accounted_for(data):
    with pytest.raises(DlibFileError, match="expected the end of the file"):
        mmod.read_network(data + b"\x00")


def test_the_network_is_the_published_one(network):
    shapes = [(*layer.weights.shape, layer.stride, layer.pad) for layer in network.convolutions]
    assert shapes == [
        (16, 3, 5, 5, 2, 0),
        (32, 16, 5, 5, 2, 0),
        (32, 32, 5, 5, 2, 0),
        (45, 32, 5, 5, 1, 2),
        (45, 45, 5, 5, 1, 2),
        (45, 45, 5, 5, 1, 2),
        (1, 45, 9, 9, 1, 4),
    ]
    assert len(network.layers) == 19
    assert sum(layer.parameters for layer in network.layers) == 181_141
    assert network.options.window == (80, 80)
    assert network.mean == pytest.approx((122.782, 117.001, 104.298), abs=1e-4)
    assert network.options.nms_iou == pytest.approx(0.338276, abs=1e-6)


@pytest.mark.parametrize("kept", [0, 1, 5, 13, 40, 100, 150, 5_000, 5_200, 300_000, 729_939])
def test_a_file_cut_off_anywhere_says_so(data, kept):
    with pytest.raises(DlibFileError, match="byte"):
        mmod.read_network(data[:kept])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"loss_mmod_", b"loss_xxxx_", "expected 'loss_mmod_'"),
        (b"input_rgb_image_pyramid", b"input_rgb_image_pyramiX", "expected 'input_rgb"),
        (b"con_4", b"con_9", "expected the layer con_4"),
        (b"bn_con2", b"bn_conX", "expected the layer con_4"),
        (b"relu_", b"rel\xff_", "ASCII"),
        (b"\x01\x01\x01\x0aloss", b"\x01\x01\x01\x8aloss", "control byte|expected"),
        (b"\x01\x01\x01\x0aloss", b"\x01\x07\x01\x0aloss", "version 1 of a network"),
        (b"\x0b110", b"\x0b310", "digit 0 or 1"),
        (b"\x01\x02\x02\xc0\x04", b"\x01\x03\x02\xc0\x04", "version 2 of a tensor"),
        (b"\x01\x02\x02\xc0\x04", b"\x01\x02\x82\xc0\x04", "sizes of at least 0"),
        (b"\xb1\x0c\x35\xbb", b"\x00\x00\xc0\x7f", "NaN or infinity"),
        (
            b"\x01\x10\x01\x05\x01\x05\x01\x02",
            b"\x01\x11\x01\x05\x01\x05\x01\x02",
            "square filters",
        ),
        (b"\x01\x01\x01\x01\x01\x10\x01\x01", b"\x01\x01\x01\x01\x01\x11\x01\x01", "expected"),
        (b"\x01\x01\x01\x50", b"\x01\x01\x09\x50", "width of 1 to 8"),
    ],
)
def test_a_damaged_byte_is_named(data, old, new, says):
    assert data.count(old) >= 1
    with pytest.raises(DlibFileError, match=says):
        mmod.read_network(data.replace(old, new, 1))


def test_batch_norm_with_a_wrong_count_is_named(data):
    place = data.index(b"bn_con2") + 7
    head = bytes.fromhex("01020120")
    assert data[place : place + 4] == head
    end = place + 4 + 6 + 32 * 4  # version, 32 x 1 x 1 x 1, the floats; then gamma's alias
    alias = data[end : end + 10]
    assert alias == bytes.fromhex("01010101011001010101")
    damaged = data[:end] + bytes.fromhex("01010101011101010101") + data[end + 10 :]
    with pytest.raises(DlibFileError, match="numbers for 17 channels"):
        mmod.read_network(damaged)


@pytest.mark.parametrize("written", ["01010f7f7f", "017f04ffffff7f"])
def test_a_number_too_large_for_a_float_is_named(written):
    with pytest.raises(DlibFileError):
        DlibReader(bytes.fromhex(written)).real()


def test_a_text_of_absurd_length_is_refused():
    with pytest.raises(DlibFileError, match="length of a text"):
        DlibReader(bytes.fromhex("03ffffff")).text()


def test_other_sources_are_refused(tmp_path):
    with pytest.raises(InputError, match="expected a path or bytes"):
        mmod.read_network(7)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        mmod.read_network(tmp_path / "nothing.dat")
    empty = tmp_path / "empty.dat"
    empty.write_bytes(b"")
    with pytest.raises(DlibFileError, match=r"empty.dat, byte 0"):
        mmod.read_network(empty)


def test_another_file_of_dlib_is_refused():
    with pytest.raises(DlibFileError):
        mmod.read_network(assets.fetch("landmarks_5"))


def test_the_error_is_one_of_the_package():
    assert issubclass(dlib_file.DlibFileError, InputError)


# --- the network ------------------------------------------------------------------------------


def test_batch_norm_is_worked_by_hand():
    layer = mmod.BatchNorm(*(np.array([v], np.float32) for v in (3, 1, 2, 4)), epsilon=0.0)
    np.testing.assert_allclose(layer(np.full((1, 1, 1), 6, np.float32)), 7)  # 3 (6 - 2) / 2 + 1


def test_relu_cuts_at_zero():
    out = mmod.Relu()(np.array([[[-1, 0, 2]]], np.float32))
    np.testing.assert_array_equal(out, [[[0, 0, 2]]])


def test_the_receptive_field_by_hand(network):
    fields = mmod.receptive_field(network.convolutions)
    assert fields == [(5, 2), (13, 4), (29, 8), (61, 8), (93, 8), (125, 8), (189, 8)]


def test_a_cell_sees_exactly_its_receptive_field(network):
    size, cell = 400, (22, 22)
    base = np.zeros((3, size, size), np.float32)
    x, y = mmod.map_output_to_input(network.convolutions, cell[::-1]).astype(int)
    before = network(base)[cell]
    reach = 189 // 2
    for offset, seen in ((reach, True), (reach + 1, False)):
        touched = base.copy()
        touched[:, :, x + offset] = 50  # a whole column, so that no filter's zero hides it
        assert (network(touched)[cell] != before) == seen
    assert y == x


def test_the_input_is_centred_and_divided_by_256(network):
    pixel = np.full((1, 1, 3), 128, np.uint8)
    expected = (128 - np.array(network.mean)) / 256
    np.testing.assert_allclose(network.normalise(pixel).ravel(), expected, atol=1e-6)


def test_an_input_too_small_for_the_filters_is_refused(network):
    with pytest.raises(InputError, match="at least"):
        network(np.zeros((3, 4, 4), np.float32))
    with pytest.raises(InputError, match="maps"):
        network(np.zeros((1, 40, 40), np.float32))


# --- the pyramid ------------------------------------------------------------------------------


def test_each_level_is_five_sixths_of_the_last():
    levels = mmod_pyramid.lay_out(512, 512).levels
    assert [at.height for at in levels[:4]] == [512, 426, 355, 295]
    assert len(levels) == 24


@pytest.mark.parametrize(
    "size", [(512, 512), (600, 512), (80, 300), (300, 80), (5, 5), (1, 1), (122, 76)]
)
def test_levels_lie_on_the_canvas_and_apart(size):
    canvas = mmod_pyramid.lay_out(*size)
    taken = np.zeros((canvas.height, canvas.width), int)
    for at in canvas.levels:
        assert at.left >= 11
        assert at.top >= 11
        taken[at.top : at.top + at.height, at.left : at.left + at.width] += 1
    assert taken.max() == 1
    assert taken.sum() == sum(at.height * at.width for at in canvas.levels)


def test_a_level_without_room_is_left_out():
    # 122 rows shrink 16 times before fewer than 5 are left; the last would lie on the first.
    assert len(mmod_pyramid.lay_out(122, 76).levels) == 16


def test_shrinking_keeps_the_corners():
    maps = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    np.testing.assert_allclose(mmod_pyramid.shrink(maps, height=2, width=2), [[[0, 2], [6, 8]]])
    np.testing.assert_allclose(
        mmod_pyramid.shrink(maps, height=5, width=3)[0, :, 0], [0, 1.5, 3, 4.5, 6]
    )


def test_a_position_goes_up_one_level_at_a_time():
    canvas = mmod_pyramid.lay_out(512, 512)
    at = canvas.levels[2]
    point = np.array([[at.left + 100.0, at.top + 10.0]])
    by_steps = np.array([100.0, 10.0])
    for _ in range(2):
        by_steps = by_steps * 1.2 + 0.3
    np.testing.assert_allclose(canvas.to_picture(point, np.array([2]))[0], by_steps)


def test_a_point_between_two_levels_belongs_to_the_nearer():
    canvas = mmod_pyramid.lay_out(512, 512)
    end = canvas.levels[0].top + 511
    points = np.array([[100.0, end + 1], [100.0, end + 10], [100.0, end + 30]])
    assert canvas.nearest_level(points).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    "picture",
    [
        imaging.astronaut(),
        imaging.grace_hopper(),
        imaging.resize(imaging.grace_hopper(), height=233),
        imaging.resize(imaging.astronaut(), height=301, width=517),
        imaging.rotate(imaging.astronaut(), 60),
        np.zeros((120, 90, 3), np.uint8),
    ],
    ids=["astronaut", "grace_hopper", "small", "wide", "turned", "black"],
)
def test_boxes_are_dlibs_own_and_confidences_agree_to_five_digits(network, picture):
    ours, theirs = mmod_pyramid.find(network, picture), detect.load("mmod").detect(picture)
    np.testing.assert_array_equal(ours.boxes, theirs.boxes)
    np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-5)


def test_a_threshold_above_every_score_finds_nothing(network):
    small = imaging.resize(imaging.grace_hopper(), height=233)
    assert len(mmod_pyramid.find(network, small, score_threshold=2)) == 0


@pytest.mark.parametrize("bad", [None, np.zeros((20, 20), np.uint8), np.zeros((9, 9, 3))])
def test_only_rgb_pictures_are_scanned(network, bad):
    with pytest.raises(InputError, match="image"):
        mmod_pyramid.scan(network, bad)


@pytest.mark.parametrize("size", [(0, 5), (5, -1), (2.5, 5)])
def test_only_sizes_of_pictures_are_laid_out(size):
    with pytest.raises(InputError):
        mmod_pyramid.lay_out(*size)


# --- the loss ---------------------------------------------------------------------------------

APART = [[0, 0, 80, 80], [200, 0, 280, 80], [400, 0, 480, 80]]


def test_the_loss_worked_by_hand():
    # Right answer: 0.2. Worst: miss the face (1), answer the second place (-0.4 + 1): 1.6.
    loss, worst, gradient = max_margin_loss([0.2, -0.4, -1.5], APART, [0])
    assert loss == pytest.approx(1.4)
    assert worst == (1,)
    assert gradient.tolist() == [-1, 1, 0]


def test_places_apart_cost_one_hinge_each():
    scores = np.array([0.2, -0.4, -1.5])
    hinges = np.maximum(0, 1 - scores[0]) + np.maximum(0, 1 + scores[1:]).sum()
    assert max_margin_loss(scores, APART, [0]).loss == pytest.approx(hinges)


def test_no_loss_beyond_the_margin():
    loss, worst, gradient = max_margin_loss([1.01, -1.01, -3], APART, [0])
    assert loss == 0
    assert worst == (0,)
    assert not gradient.any()


def test_a_second_box_on_a_face_is_no_answer():
    # IoU 7/9: the two exclude each other, and either finds the face.
    near = [[0, 0, 80, 80], [10, 0, 90, 80]]
    loss, worst, _ = max_margin_loss([1.2, 1.5], near, [0])
    assert loss == pytest.approx(0.3)
    assert worst == (1,)


def test_two_boxes_may_not_both_claim_one_face():
    half = [[0, 0, 80, 80], [20, 0, 100, 80]]  # IoU 0.6, allowed side by side here
    loss, worst, _ = max_margin_loss([2, 2], half, [0], nms_iou=0.7)
    assert worst == (0, 1)
    assert loss == pytest.approx(3)  # its score 2, and a false alarm


def test_no_places_cost_nothing():
    assert max_margin_loss([], np.zeros((0, 4)), []).loss == 0


@pytest.mark.parametrize(
    ("scores", "truth", "options"),
    [
        ([1, 2], [0], {}),
        ([1, 2, np.nan], [0], {}),
        ([1, 2, 3], [3], {}),
        ([1, 2, 3], [-1], {}),
        ([1, 2, 3], ["0"], {}),
        ([1, 2, 3], [0], {"loss_miss": -1}),
    ],
)
def test_the_loss_refuses_what_it_cannot_read(scores, truth, options):
    with pytest.raises(InputError):
        max_margin_loss(scores, APART, truth, **options)


def test_the_loss_tries_all_answers_and_so_takes_few_places():
    many = [[100 * i, 0, 100 * i + 80, 80] for i in range(13)]
    with pytest.raises(InputError, match="at most 12"):
        max_margin_loss([0] * 13, many, [])
