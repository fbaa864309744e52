"""What travels with the weights."""

import dataclasses
import json

import numpy as np
import pytest

from facenet_lite.errors import InputError
from facenet_lite.models import ModelSpec

SPEC = ModelSpec("net", 2, 0.25, (10.0, 20.0, 30.0), 0.5, 128, True, 1.1)


def test_prepared_pictures_are_scaled_and_have_their_channels_first():
    crop = np.array([[[[10, 20, 30], [12, 20, 30]], [[10, 30, 30], [10, 20, 0]]]], np.uint8)
    ready = SPEC.prepare(crop)
    assert ready.dtype == np.float32
    assert ready.tolist() == [[[[0, 1], [0, 0]], [[0, 0], [5, 0]], [[0, 0], [0, -15]]]]


def test_no_crops_prepare_to_no_pictures():
    assert SPEC.prepare(np.zeros((0, 2, 2, 3), np.uint8)).shape == (0, 3, 2, 2)


def test_crops_of_another_size_are_refused():
    with pytest.raises(InputError, match=r"crops: expected a uint8 array of shape \(any x 2 x 2"):
        SPEC.prepare(np.zeros((1, 3, 3, 3), np.uint8))


def test_a_spec_comes_back_from_json_as_it_was():
    assert ModelSpec.from_json(SPEC.to_json()) == SPEC
    assert isinstance(ModelSpec.from_json(SPEC.to_json()).mean, tuple)


def test_numpys_numbers_become_json_too():
    spec = dataclasses.replace(SPEC, image_size=np.int64(2), scale=np.float32(0.5))
    assert ModelSpec.from_json(spec.to_json()) == SPEC


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", '{"name": "net"}'])
def test_what_is_no_spec_is_refused(text):
    with pytest.raises(InputError, match="spec: expected"):
        ModelSpec.from_json(text)


def test_a_field_that_is_unknown_is_refused_by_name():
    text = json.dumps({**dataclasses.asdict(SPEC), "crop": 3})
    with pytest.raises(InputError, match=r"spec: expected the fields .*, got crop, crop_margin"):
        ModelSpec.from_json(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("image_size", 0),
        ("image_size", 96.5),
        ("crop_margin", -0.1),
        ("mean", (1.0, 2.0)),
        ("mean", (1.0, 2.0, float("nan"))),
        ("scale", 0),
        ("embedding_dim", 0),
        ("unit_norm", 1),
        ("threshold", -1),
        ("threshold", float("nan")),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(field, value):
    with pytest.raises(InputError, match=f"^{field}: expected"):
        dataclasses.replace(SPEC, **{field: value})
