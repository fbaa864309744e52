"""The input blob by hand is OpenCV's, to the last bit where OpenCV uses its own arithmetic."""

from __future__ import annotations

import platform

import cv2
import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.by_hand.detect.blob import input_blob, resize_linear
from facenet_lite.errors import InputError

# On other processors OpenCV may call the maker's own resize, which rounds otherwise.
LEVELS = 0 if platform.machine() in ("x86_64", "AMD64") else 1


@pytest.mark.parametrize("picture", [imaging.astronaut, imaging.grace_hopper])
def test_the_blob_is_blob_from_image(picture):
    image = picture()
    theirs = cv2.dnn.blobFromImage(image[..., ::-1], 1.0, (300, 300), (104, 177, 123))
    ours = input_blob(image)
    assert ours.shape == theirs.shape == (1, 3, 300, 300)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() <= LEVELS


@pytest.mark.parametrize("size", [(77, 100), (1200, 300), (5, 3), (1, 1), (301, 299)], ids=str)
@pytest.mark.parametrize("new", [(300, 300), (640, 20), (1, 1)], ids=str)
def test_resize_is_cv2_resize(size, new):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    theirs = cv2.resize(image, new).astype(int)
    ours = resize_linear(image, height=new[1], width=new[0])
    assert np.abs(ours - theirs).max() <= LEVELS


def test_resize_to_its_own_size_changes_nothing():
    image = imaging.astronaut()
    np.testing.assert_array_equal(resize_linear(image, height=512, width=512), image)


def test_size_is_width_then_height_as_opencv_has_it():
    assert input_blob(np.zeros((10, 20, 3), np.uint8), size=(8, 4)).shape == (1, 3, 4, 8)


def test_the_first_channel_is_blue_less_its_mean():
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert input_blob(red, size=(2, 2))[0, :, 0, 0].tolist() == [-104, -177, 255 - 123]


@pytest.mark.parametrize("size", [300, (300,), None, (0, 300), (300.0, 300)])
def test_a_size_that_is_not_two_whole_numbers_is_refused(size):
    with pytest.raises(InputError, match=r"size|height|width"):
        input_blob(np.zeros((4, 4, 3), np.uint8), size=size)


def test_a_grey_picture_is_refused():
    with pytest.raises(InputError, match="grey"):
        input_blob(np.zeros((4, 4), np.uint8))
