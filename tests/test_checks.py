"""The borders' checks: what passes, what does not, and what the message says."""

import numpy as np
import pytest

from facenet_lite import _checks as c
from facenet_lite.errors import FacenetLiteError, InputError

RGB = np.zeros((2, 3, 3), np.uint8)


def test_every_error_of_ours_has_one_base_and_is_a_value_error():
    with pytest.raises(FacenetLiteError) as caught:
        c.check_image(None)
    assert isinstance(caught.value, ValueError)


def test_what_is_right_is_handed_through():
    assert c.check_image(RGB) is RGB
    assert c.check_grey(RGB[..., 0]).shape == (2, 3)
    assert c.check_boxes([[0, 0, 1, 1]]).dtype == np.float32
    assert c.check_number(np.float64(0.5), "share", low=0, high=1) == 0.5
    assert c.check_number(np.int32(3), "count", integer=True) == 3
    assert c.check_choice("a", "letter", ("a", "b")) == "a"


def test_whole_numbers_become_floats_and_floats_stay_out_of_integer_arrays():
    assert c.check_array([1, 2], "x", shape=(2,), dtype=np.float32).dtype == np.float32
    with pytest.raises(InputError, match="expected a int64 array"):
        c.check_array([1.5, 2.0], "labels", shape=(2,), dtype=np.int64)


def test_an_empty_list_has_any_dtype():
    assert c.check_array([], "labels", shape=(None,), dtype=np.int64).dtype == np.int64


def test_infinity_passes_only_where_it_is_allowed():
    assert c.check_array([np.inf], "x", shape=(1,), dtype=np.float64, finite=False)[0] == np.inf
    with pytest.raises(InputError, match="finite"):
        c.check_array([np.inf], "x", shape=(1,), dtype=np.float64)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros((2, 3)), "an array of shape (2, 3) and dtype float64"),
        ("photo.jpg", "'photo.jpg'"),
        (None, "None"),
        (object(), "a object"),
    ],
)
def test_values_are_described_in_a_few_words(value, words):
    assert c.describe(value) == words


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: c.check_image([[1, 2, 3]]), "read_image"),
        (lambda: c.check_image(RGB[..., 0]), r"np\.dstack"),
        (lambda: c.check_image(np.zeros((2, 2, 4), np.uint8)), r"image\[\.\.\., :3\]"),
        (lambda: c.check_image(RGB.astype(float)), r"astype\('uint8'\)"),
        (lambda: c.check_image(np.zeros((2, 2, 2), np.uint8), "left"), r"left: .*\(2, 2, 2\)"),
        (lambda: c.check_image(np.zeros((0, 2, 3), np.uint8)), r"\(0, 2, 3\)"),
        (lambda: c.check_grey(RGB), "to_grey"),
        (lambda: c.check_grey(None), "got None"),
        (lambda: c.check_grey(np.zeros((0, 2), np.uint8)), r"\(0, 2\)"),
        (lambda: c.check_grey(np.zeros((2, 2), np.float32)), "float32"),
        (lambda: c.check_boxes([1, 2, 3, 4]), "any x 4"),
        (lambda: c.check_boxes([[1, 2, 3]]), "any x 4"),
        (lambda: c.check_boxes([[1, 2, 3, 4], [1]]), "unequal lengths"),
        (lambda: c.check_boxes([["a", "b", "c", "d"]]), "float32 array"),
        (lambda: c.check_boxes([[0, 0, np.nan, 1]]), "finite"),
        (lambda: c.check_boxes([[0, 0, 9, 9], [5, 5, 5, 9]]), "in row 1"),
        (lambda: c.check_boxes([[0, 9, 5, 3]]), "xywh_to_xyxy"),
        (lambda: c.check_boxes(None), "got None"),
        (lambda: c.check_number("1", "share"), "share: expected a number, got '1'"),
        (lambda: c.check_number(True, "share"), "got True"),
        (lambda: c.check_number(np.bool_(True), "share"), "expected a number"),
        (lambda: c.check_number(1.5, "count", integer=True), "a whole number"),
        (lambda: c.check_number(float("nan"), "share", low=0), "at least 0"),
        (lambda: c.check_number(-1, "share", low=0, high=1), "at least 0 and at most 1"),
        (lambda: c.check_number(0, "share", low=0, low_included=False), "above 0"),
        (lambda: c.check_number(9, "share", high=1), "a number at most 1"),
        (lambda: c.check_choice("c", "letter", ("a", "b")), "one of 'a', 'b', got 'c'"),
        (lambda: c.check_choice([], "letter", ("a", "b")), "got a list"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_expected(check, message):
    with pytest.raises(InputError, match=message):
        check()
