"""Pictures in and out, in every form that people have them."""

import io

import cv2
import numpy as np
import PIL.Image
import pytest

from facenet_lite import imaging
from facenet_lite.errors import ImageError, InputError
from facenet_lite.types import Detections


def encoded(array, form="PNG", **options):
    buffer = io.BytesIO()
    PIL.Image.fromarray(array).save(buffer, format=form, **options)
    return buffer.getvalue()


@pytest.fixture
def small():
    return np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3) * 3


def test_the_astronaut_is_rgb_and_her_suit_is_orange():
    image = imaging.astronaut()
    assert image.shape == (512, 512, 3)
    assert image.dtype == np.uint8
    red, green, blue = image[300, 150].astype(int)
    assert red > green > blue


def test_grace_hopper_has_her_size():
    assert imaging.grace_hopper().shape == (600, 512, 3)


def test_a_path_bytes_and_a_file_give_the_same(tmp_path, small):
    path = tmp_path / "small.png"
    path.write_bytes(encoded(small))
    with path.open("rb") as stream:
        ways = [path, str(path), path.read_bytes(), stream]
        assert all(np.array_equal(imaging.read_image(way), small) for way in ways)


def test_grey_is_repeated(small):
    read = imaging.read_image(encoded(small[..., 0]))
    assert read.shape == (4, 6, 3)
    assert np.array_equal(read[..., 2], small[..., 0])


def test_a_palette_is_looked_up(small):
    picture = PIL.Image.fromarray(small).quantize(24)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    assert np.array_equal(imaging.read_image(buffer.getvalue()), np.array(picture.convert("RGB")))


def test_transparent_pixels_become_white():
    image = np.zeros((2, 2, 4), np.uint8)
    image[0, 0] = (10, 20, 30, 255)
    read = imaging.read_image(encoded(image))
    assert read[0, 0].tolist() == [10, 20, 30]
    assert read[1, 1].tolist() == [255, 255, 255]


def test_sixteen_bits_keep_their_upper_eight():
    image = np.array([[0, 255, 256, 65535]], np.uint16)
    assert imaging.read_image(encoded(image))[0, :, 0].tolist() == [0, 0, 1, 255]


def test_black_and_white_is_read():
    picture = PIL.Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    assert imaging.read_image(buffer.getvalue())[0, :, 1].tolist() == [0, 255]


def test_cmyk_is_read():
    buffer = io.BytesIO()
    PIL.Image.new("CMYK", (3, 2)).save(buffer, format="JPEG")
    assert imaging.read_image(buffer.getvalue()).shape == (2, 3, 3)


@pytest.mark.parametrize(("orientation", "turns"), [(3, 2), (6, 3), (8, 1)])
def test_exif_orientation_is_honoured(small, orientation, turns):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    read = imaging.read_image(encoded(small, exif=exif))
    assert np.array_equal(read, np.rot90(small, turns))


def test_the_first_picture_of_an_animation_is_taken(small):
    frames = [PIL.Image.fromarray(small), PIL.Image.fromarray(255 - small)]
    buffer = io.BytesIO()
    frames[0].save(buffer, format="PNG", save_all=True, append_images=frames[1:])
    assert np.array_equal(imaging.read_image(buffer.getvalue()), small)


def test_written_pictures_are_read_back(tmp_path, small):
    path = imaging.write_image(small, tmp_path / "out.png")
    assert np.array_equal(imaging.read_image(path), small)
    assert [p.name for p in tmp_path.iterdir()] == ["out.png"]


def test_a_failed_write_leaves_what_was_there(tmp_path, small, monkeypatch):
    path = imaging.write_image(small, tmp_path / "out.png")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PIL.Image.Image, "save", full)
    with pytest.raises(ImageError, match="No space left"):
        imaging.write_image(255 - small, path)
    assert np.array_equal(imaging.read_image(path), small)
    assert [p.name for p in tmp_path.iterdir()] == ["out.png"]


def test_boxes_are_drawn_into_a_copy_of_the_pixels():
    image = np.full((100, 120, 3), 200, np.uint8)
    drawn = imaging.with_boxes(image, Detections([[20, 30, 60, 70]], [1]))
    where = np.argwhere((drawn == imaging.BOX).all(axis=2))
    assert where.min(axis=0).tolist() == [30, 20]
    assert where.max(axis=0).tolist() == [69, 59]
    assert image.min() == image.max() == 200


def test_resize_keeps_proportions(small):
    assert imaging.resize(small, width=3).shape == (2, 3, 3)
    assert imaging.resize(small, height=8).shape == (8, 12, 3)
    assert imaging.resize(small, height=5, width=5).shape == (5, 5, 3)


def test_shrinking_by_two_averages_four_pixels():
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0] = 100
    assert imaging.resize(image, height=1, width=1).tolist() == [[[25, 25, 25]]]


def test_grey_is_opencvs_grey_of_the_right_channels():
    image = imaging.astronaut()
    assert np.array_equal(
        imaging.to_grey(image), cv2.cvtColor(image[..., ::-1].copy(), cv2.COLOR_BGR2GRAY)
    )
    assert imaging.to_grey(np.full((1, 1, 3), (255, 0, 0), np.uint8))[0, 0] == 76  # 0.299 * 255


def test_four_quarter_turns_are_none():
    image = imaging.resize(imaging.astronaut(), height=64, width=64)
    assert np.array_equal(imaging.rotate(image, 90), np.rot90(image))
    assert np.array_equal(imaging.rotate(image, 0), image)


def test_corners_that_turning_leaves_empty_are_filled():
    image = np.zeros((20, 20, 3), np.uint8)
    assert imaging.rotate(image, 45, fill=(1, 2, 3))[0, 0].tolist() == [1, 2, 3]


def test_lower_jpeg_quality_means_fewer_bytes_and_more_error():
    image = imaging.astronaut()
    sizes = [len(imaging.jpeg_bytes(image, quality=q)) for q in (10, 50, 90)]
    errors = [
        np.abs(imaging.jpeg_round_trip(image, quality=q).astype(int) - image).mean()
        for q in (10, 50, 90)
    ]
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)


def test_a_decompression_bomb_is_refused_before_it_is_decoded(monkeypatch):
    bomb = encoded(np.zeros((200, 200), np.uint8))
    with pytest.raises(ImageError, match="at most 1,000 pixels"):
        imaging.read_image(bomb, max_pixels=1000)
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ImageError, match="at most"):
        imaging.read_image(bomb)


def test_a_file_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    path = tmp_path / "locked.png"
    path.write_bytes(b"x")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refused)
    with pytest.raises(ImageError, match=r"locked\.png.*Permission denied"):
        imaging.read_image(path)


def test_a_size_is_needed_to_resize(small):
    with pytest.raises(InputError, match="at least one"):
        imaging.resize(small)
