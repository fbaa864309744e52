"""Prior boxes: sizes, places and order as OpenCV's PriorBox layer has them."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
import pytest

from facenet_lite import assets
from facenet_lite.by_hand.detect import prior_boxes
from facenet_lite.errors import InputError

LAYER = prior_boxes.PriorBoxLayer(
    name="prior",
    source="map",
    min_size=30,
    max_size=60,
    aspect_ratios=(2,),
    flip=True,
    clip=False,
    step=8,
    offset=0.5,
    variances=(0.1, 0.1, 0.2, 0.2),
)

NET = """
input: "data" input_shape {{ dim: 1 dim: 3 dim: {height} dim: {width} }}
layer {{ name: "map" type: "Pooling" bottom: "data" top: "map"
  pooling_param {{ pool: MAX kernel_size: 10 stride: 10 }} }}
layer {{ name: "prior" type: "PriorBox" bottom: "map" bottom: "data" top: "prior"
  prior_box_param {{ {parameters} variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 }} }}
"""


@pytest.mark.parametrize(
    "parameters",
    [
        "min_size: 30 max_size: 60 aspect_ratio: 2 flip: true clip: false step: 8 offset: 0.5",
        "min_size: 30 aspect_ratio: 2 aspect_ratio: 3 flip: false clip: false step: 8 offset: 0.5",
        "min_size: 40 max_size: 50 aspect_ratio: 2 flip: true clip: true offset: 0.5",
        "min_size: 40 max_size: 50 aspect_ratio: 3 offset: 0.3 step: 12.5",
        "min_size: 12",
    ],
    ids=["as in res10", "no flip", "clip, no step", "offset", "defaults"],
)
@pytest.mark.parametrize("size", [(100, 100), (60, 120)], ids=str)
def test_any_layer_agrees_with_opencvs_own(parameters, size):
    height, width = size
    text = NET.format(height=height, width=width, parameters=parameters)
    net = cv2.dnn.readNetFromCaffe(np.frombuffer(text.encode(), np.uint8))
    net.setInput(np.zeros((1, 3, height, width), np.float32))
    theirs, variances = net.forward("prior")[0].reshape(2, -1, 4)
    (layer,) = prior_boxes.read_prior_box_layers(text)
    np.testing.assert_allclose(layer.boxes((height // 10, width // 10), size), theirs, atol=1e-6)
    assert layer.variances == pytest.approx(variances[0])


def test_the_smallest_boxes_of_res10_worked_by_hand():
    root = math.sqrt(2)
    expected = [[30, 30], [math.sqrt(1800)] * 2, [30 * root, 30 / root], [30 / root, 30 * root]]
    np.testing.assert_allclose(LAYER.sizes(), expected, rtol=1e-6)
    np.testing.assert_allclose(LAYER.boxes((38, 38))[0] * 300, [-11, -11, 19, 19], rtol=1e-5)


def test_centres_run_row_by_row():
    assert LAYER.centres((2, 3)).tolist() == [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]


def test_without_step_the_centres_fill_the_picture():
    layer = dataclasses.replace(LAYER, step=0)
    assert layer.centres((2, 3), (40, 90)).tolist()[-1] == [75, 30]


def test_clip_cuts_at_the_picture():
    boxes = dataclasses.replace(LAYER, clip=True).boxes((38, 38))
    assert boxes.min() == 0
    assert boxes.max() == 1


def test_res10_has_six_layers_and_the_last_two_reach_beyond_the_picture():
    layers = prior_boxes.read_prior_box_layers(assets.fetch("ssd_res10_prototxt").read_text())
    assert [len(layer.sizes()) for layer in layers] == [4, 6, 6, 6, 4, 4]
    assert layers[5].source == "conv9_2_h"
    # Its map is 5 x 5 and its step 300: only one of 25 centres lies in the picture.
    assert (layers[5].centres((5, 5)) < 300).all(axis=1).sum() == 1
    assert (layers[4].centres((5, 5)) < 300).all(axis=1).sum() == 9


@pytest.mark.parametrize("shape", [(0, 3), (3,), None, (2.5, 3), "38", (-1, 2)])
def test_a_map_without_cells_is_refused(shape):
    with pytest.raises(InputError, match="shape"):
        LAYER.boxes(shape)


def test_a_picture_without_size_is_refused():
    with pytest.raises(InputError, match="picture"):
        LAYER.boxes((2, 2), (0, 300))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "PriorBox layers, got none"),
        ('layer { name: "a" type: "ReLU" }', "PriorBox layers, got none"),
        ('layer { name: "a" type: "PriorBox" bottom: "m" }', "min_size and four variances in 'a'"),
        (
            'layer { name: "a" type: "PriorBox" prior_box_param { min_size: 3 variance: 0.1 } }',
            "four variances",
        ),
    ],
    ids=["empty", "no prior box", "no parameters", "one variance"],
)
def test_a_prototxt_without_prior_boxes_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        prior_boxes.read_prior_box_layers(text)
