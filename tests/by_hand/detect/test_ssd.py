"""The SSD by hand gives what OpenCV's own layers give, and refuses what is not its input."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
import pytest

from facenet_lite import assets, imaging
from facenet_lite.by_hand.detect import ssd
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.detect.prototxt import with_field
from facenet_lite.detect.ssd import SsdDetector
from facenet_lite.errors import InputError

SIDE_TOLERANCE = 1e-5  # of the picture's side; measured 1.2e-7
SCORE_TOLERANCE = 1e-6  # measured 3e-8


@pytest.fixture(scope="module")
def network():
    return ssd.RawNetwork.load()


def _sheet():
    a, g = imaging.astronaut(), imaging.grace_hopper()[:512]
    return np.vstack([np.hstack([a, g[:, ::-1]]), np.hstack([g, a[::-1]])])


PICTURES = {
    "astronaut": imaging.astronaut,
    "grace_hopper": imaging.grace_hopper,
    "sheet": _sheet,
    # Not a flat picture: there scores are equal but for rounding, and their order is chance.
    "noise": lambda: np.random.default_rng(0).integers(0, 256, (90, 64, 3), dtype=np.uint8),
}


def _opencv(network, image):
    """The rows of OpenCV's own detection_out: score, x1, y1, x2, y2."""
    blob = cv2.dnn.blobFromImage(image[..., ::-1], 1.0, (300, 300), (104, 177, 123))
    network.network.setInput(blob)
    rows = network.network.forward("detection_out")[0, 0]
    return rows[rows[:, 2] > 0][:, 2:]


def _by_hand(network, image):
    raw = network.forward(input_blob(image))
    kept = ssd.detection_out(raw.boxes(), raw.scores(), network.settings)
    return raw, kept


@pytest.mark.parametrize("name", PICTURES)
def test_same_boxes_in_the_same_order_as_opencvs_detection_out(network, name):
    image = PICTURES[name]()
    theirs = _opencv(network, image)
    raw, kept = _by_hand(network, image)
    assert len(kept) == len(theirs)
    np.testing.assert_allclose(raw.scores()[kept], theirs[:, 0], atol=SCORE_TOLERANCE)
    np.testing.assert_allclose(raw.boxes()[kept], theirs[:, 1:], atol=SIDE_TOLERANCE)


def test_photographs_have_more_candidates_than_the_settings_let_through(network):
    # subtle: without this, the test above could pass although top_k was never reached.
    raw, kept = _by_hand(network, imaging.astronaut())
    above = int((raw.scores() > network.settings.confidence_threshold).sum())
    assert above > network.settings.top_k > len(kept) > 100


def test_priors_variances_and_scores_equal_the_networks_own_layers(network):
    blob = input_blob(imaging.astronaut())
    raw = network.forward(blob)
    network.network.setInput(blob)
    priors, confidences = network.network.forward(["mbox_priorbox", "mbox_conf_flatten"])
    theirs, variances = priors[0].reshape(2, -1, 4)
    np.testing.assert_allclose(raw.priors, theirs, atol=2e-7)
    np.testing.assert_array_equal(raw.variances, variances)
    np.testing.assert_allclose(raw.scores(), confidences.reshape(-1, 2)[:, 1], atol=SCORE_TOLERANCE)


def test_detect_gives_the_boxes_in_pixels_of_the_original_picture(network):
    image = imaging.grace_hopper()
    found = network.detect(image)
    row = _opencv(network, image)[0]
    assert len(found) == 1
    height, width = image.shape[:2]
    np.testing.assert_allclose(found.boxes[0], row[1:] * [width, height, width, height], atol=0.01)
    assert found.scores[0] == pytest.approx(row[0], abs=SCORE_TOLERANCE)


@pytest.mark.parametrize("name", PICTURES)
def test_detect_finds_what_the_packages_detector_finds(network, name):
    image = PICTURES[name]()
    ours, theirs = network.detect(image, score_threshold=0.3), SsdDetector.load(score_threshold=0.3)
    np.testing.assert_allclose(ours.boxes, theirs.detect(image).boxes, atol=0.01)


def test_candidates_are_all_prior_boxes_surest_first(network):
    found = network.candidates(imaging.astronaut())
    raw = network.forward(input_blob(imaging.astronaut()))
    assert len(found) == len(raw.priors) == 8892
    assert found.scores[0] == raw.scores().max()


@pytest.mark.parametrize("side", [200, 300, 416])
def test_priors_follow_the_input_size(network, side):
    blob = np.zeros((1, 3, side, side), np.float32)
    raw = network.forward(blob)
    network.network.setInput(blob)
    theirs = network.network.forward("mbox_priorbox")[0, 0].reshape(-1, 4)
    np.testing.assert_allclose(raw.priors, theirs, atol=5e-7)


def test_settings_come_from_the_prototxt(network):
    assert network.settings == ssd.OutputSettings(
        confidence_threshold=0.01, nms_threshold=0.45, top_k=400, keep_top_k=200
    )


def _unpadded():
    text = assets.fetch("ssd_res10_prototxt").read_text()
    for layer in ("conv8_2_h", "conv9_2_h"):
        text = with_field(text, layer, "pad", 0)
    return ssd.RawNetwork.load(text)


def test_the_file_sees_many_faces_in_a_close_up_and_without_two_pads_one(network):
    close_up = imaging.grace_hopper()[100:350, 141:390]
    assert len(network.detect(close_up)) > 5
    mended = _unpadded()
    assert len(mended.detect(close_up)) == 1
    raw = mended.forward(input_blob(close_up))
    assert raw.shapes[-2:] == ((3, 3), (1, 1))
    assert len(raw.priors) == 8732  # as many as in the paper


@pytest.mark.parametrize("name", ["astronaut", "grace_hopper"])
def test_without_two_pads_the_usual_pictures_have_the_same_face(network, name):
    image = PICTURES[name]()
    np.testing.assert_allclose(
        _unpadded().detect(image).boxes, network.detect(image).boxes, atol=0.01
    )


# Decoding, worked by hand


def test_decode_moves_and_stretches_as_the_equation_says():
    prior = [[0.2, 0.4, 0.4, 0.8]]  # centre (0.3, 0.6), sides 0.2 and 0.4
    location = [[1.0, -0.5, 5 * math.log(2), 0.0]]
    variance = [[0.1, 0.1, 0.2, 0.2]]
    # centre (0.3 + 0.1 * 0.2, 0.6 - 0.05 * 0.4), sides 2 * 0.2 and 0.4
    expected = [[0.32 - 0.2, 0.58 - 0.2, 0.32 + 0.2, 0.58 + 0.2]]
    np.testing.assert_allclose(ssd.decode(location, prior, variance), expected, atol=1e-7)


def test_decoding_zeros_gives_the_priors_back():
    priors = np.array([[0.1, 0.2, 0.5, 0.9], [4.0, 4.0, 5.0, 5.0]], np.float32)
    zeros = np.zeros((2, 4))
    np.testing.assert_allclose(ssd.decode(zeros, priors, zeros + 0.1), priors, atol=1e-6)


def test_decode_scales_with_the_units_of_the_priors():
    rng = np.random.default_rng(0)
    corner = rng.random((20, 2))
    priors = np.hstack([corner, corner + 0.1 + rng.random((20, 2))])
    location, variance = rng.normal(size=(20, 4)), np.full((20, 4), 0.1)
    np.testing.assert_allclose(
        ssd.decode(location, priors * 300, variance),
        ssd.decode(location, priors, variance) * 300,
        rtol=1e-3,
    )


def test_decode_of_nothing_is_nothing():
    nothing = np.zeros((0, 4), np.float32)
    assert ssd.decode(nothing, nothing, nothing).shape == (0, 4)


def test_softmax_of_equal_logits_is_one_half_and_of_a_difference_the_logistic():
    np.testing.assert_allclose(ssd.softmax([[3.0, 3.0]]), [[0.5, 0.5]])
    np.testing.assert_allclose(ssd.softmax([[0.0, 2.0]])[0, 1], 1 / (1 + math.exp(-2)), rtol=1e-6)


def test_softmax_of_huge_logits_does_not_overflow():
    np.testing.assert_allclose(ssd.softmax([[1000.0, 0.0]]), [[1.0, 0.0]])


def test_softmax_of_nothing_is_nothing():
    assert ssd.softmax(np.zeros((0, 2))).shape == (0, 2)


# The last layer's rule, worked by hand

SETTINGS = ssd.OutputSettings(
    confidence_threshold=0.1, nms_threshold=0.45, top_k=400, keep_top_k=200
)
BOXES = np.array(
    [[0, 0, 10, 10], [0, 0, 10, 5], [20, 0, 30, 10], [0, 0, 10, 9], [50, 50, 60, 60]], np.float32
)
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.05], np.float32)
# IoU with the first: 0.5 (dropped), 0, 0.9 (dropped); the last is below the threshold.


def _kept(**changed):
    settings = dataclasses.replace(SETTINGS, **changed)
    return ssd.detection_out(BOXES, SCORES, settings).tolist()


def test_suppression_drops_what_overlaps_a_surer_box():
    assert _kept() == [0, 2]


def test_a_box_that_was_dropped_suppresses_nothing():
    # Box 1 (IoU 5/9 with box 3) is itself dropped by box 0, and box 3 is compared with box 0 only.
    boxes = np.array([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]], np.float32)
    # 0 with 1: 60/140 = 0.43; 1 with 2: 0.43; 0 with 2: 20/180 = 0.11
    settings = dataclasses.replace(SETTINGS, nms_threshold=0.4)
    assert ssd.detection_out(boxes, [0.9, 0.8, 0.7], settings).tolist() == [0, 2]


def test_an_overlap_equal_to_the_threshold_is_kept():
    assert _kept(nms_threshold=0.5) == [0, 1, 2]


def test_top_k_counts_before_suppression_and_keep_top_k_after():
    assert _kept(top_k=2) == [0]
    assert _kept(keep_top_k=1) == [0]
    assert _kept(top_k=3) == [0, 2]


def test_a_score_equal_to_the_confidence_threshold_is_dropped():
    assert _kept(confidence_threshold=float(SCORES[2])) == [0]


def test_nothing_above_the_threshold_is_no_box():
    assert _kept(confidence_threshold=1.0) == []


def test_scale_uses_width_for_x_and_height_for_y():
    image = np.zeros((600, 512, 3), np.uint8)
    box = np.array([[0.5, 0.5, 1.0, 1.0]], np.float32)
    assert ssd.scale(box, image).tolist() == [[256, 300, 512, 600]]


# What is not an input


@pytest.mark.parametrize(
    "image",
    [
        None,
        "astronaut.png",
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        np.zeros((0, 8, 3), np.uint8),
    ],
    ids=["none", "path", "grey", "alpha", "float", "empty"],
)
def test_what_is_no_rgb_picture_is_refused(network, image):
    with pytest.raises(InputError, match="RGB picture"):
        network.detect(image)
    with pytest.raises(InputError, match="RGB picture"):
        network.candidates(image)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, None, True, float("nan")])
def test_a_score_threshold_outside_0_to_1_is_refused(network, threshold):
    with pytest.raises(InputError, match="score_threshold"):
        network.detect(imaging.astronaut(), score_threshold=threshold)


@pytest.mark.parametrize(
    "blob",
    [
        np.zeros((3, 300, 300), np.float32),
        np.zeros((1, 300, 300, 3), np.float32),
        np.full((1, 3, 30, 30), np.nan, np.float32),
        "blob",
    ],
    ids=["no batch axis", "channels last", "nan", "text"],
)
def test_what_is_no_blob_is_refused(network, blob):
    with pytest.raises(InputError, match="blob"):
        network.forward(blob)


def test_decode_refuses_arrays_that_do_not_belong_together():
    with pytest.raises(InputError, match="locations"):
        ssd.decode(np.zeros((2, 4)), np.zeros((3, 4)), np.zeros((3, 4)))
    with pytest.raises(InputError, match="variances"):
        ssd.decode(np.zeros((3, 4)), np.zeros((3, 4)), np.zeros(4))


def test_detection_out_refuses_boxes_that_do_not_belong_to_the_scores():
    with pytest.raises(InputError, match="boxes"):
        ssd.detection_out(BOXES[:2], SCORES, SETTINGS)
    with pytest.raises(InputError, match="scores"):
        ssd.detection_out(BOXES, [[0.1]], SETTINGS)


def test_settings_of_a_prototxt_without_the_last_layer_are_refused():
    with pytest.raises(InputError, match="one DetectionOutput layer, got 0"):
        ssd.read_output_settings('layer { name: "a" type: "PriorBox" }')


def test_settings_that_are_missing_are_named():
    text = assets.fetch("ssd_res10_prototxt").read_text().replace("keep_top_k: 200", "")
    with pytest.raises(InputError, match="keep_top_k"):
        ssd.read_output_settings(text)
