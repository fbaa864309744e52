"""Pictures in and out, in every form that people have them."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFile
import pytest

from facenet_lite import _formats, imaging
from facenet_lite.errors import ImageError, ImageMissingError, InputError
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


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("TIFF", lambda grey: (grey / 255).astype(np.float32)),
        ("TIFF", lambda grey: grey.astype(np.int32)),
        ("TIFF", lambda grey: grey.astype(np.int32) * 257),
        ("PNG", lambda grey: grey.astype(np.uint16)),
        ("PNG", lambda grey: grey.astype(np.uint16) << 2),
        ("PNG", lambda grey: grey.astype(np.uint16) << 4),
        ("TIFF", lambda grey: grey.astype(np.uint16) << 4),
        ("PNG", lambda grey: grey.astype(np.uint16) << 8),
    ],
    ids=["float", "int32", "16 in int32", "8 in 16", "10 in 16", "12 in 16", "12 in TIFF", "16"],
)
def test_grey_of_any_depth_is_scaled_to_the_same_picture(form, numbers):
    grey = imaging.to_grey(imaging.astronaut())
    read = imaging.read_image(encoded(numbers(grey), form))
    assert np.array_equal(read, np.dstack([grey] * 3))


def test_a_depth_that_the_format_declares_is_not_guessed():
    plain = b"P5 2 1 65535\n" + np.array([255, 4095], ">u2").tobytes()
    assert imaging.read_image(plain)[0, :, 0].tolist() == [0, 15]
    of_12_bits = b"P5 2 1 4095\n" + np.array([255, 4095], ">u2").tobytes()
    assert imaging.read_image(of_12_bits)[0, :, 0].tolist() == [15, 255]


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (np.array([[0, 1.5]], np.float32), "from 0 to 1 in a picture of floats, got 0 to 1.5;"),
        (np.array([[-0.5, 1]], np.float32), "got -0.5 to 1; save it with 8 bits"),
        (np.array([[np.nan, 1]], np.float32), "got nan to nan"),
        (np.array([[0, 1 << 20]], np.int32), "at most 16 bits, 0 to 65,535, got 0 to 1,048,576;"),
        (np.array([[-1, 7]], np.int32), "got -1 to 7"),
    ],
)
def test_grey_levels_that_fit_no_rule_are_refused(levels, message):
    with pytest.raises(ImageError, match=f"the given bytes: expected grey levels.*{message}"):
        imaging.read_image(encoded(levels, "TIFF"))


def colours_of_16_bits(levels):
    """A PNG of two pixels in colour, of 16 bits each."""
    ok, data = cv2.imencode(".png", np.asarray(levels, np.uint16).reshape(1, 2, 3))
    assert ok
    return data.tobytes()


def test_colours_of_16_bits_that_would_be_black_are_refused():
    with pytest.raises(ImageError, match="none brighter than 4,095 of 65,535"):
        imaging.read_image(colours_of_16_bits([0, 0, 0, 100, 200, 4095]))
    read = imaging.read_image(colours_of_16_bits([0, 0, 0, 0, 0, 4096]))
    assert read.tolist() == [[[0, 0, 0], [16, 0, 0]]]


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
    monkeypatch.setattr(PIL.ImageFile.ImageFile, "load", None)
    with pytest.raises(ImageError, match="at most 1,000 pixels, got 200 x 200 pixels"):
        imaging.read_image(bomb, max_pixels=1000)


def test_pillows_own_limit_is_in_the_way_of_no_higher_one(monkeypatch):
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 100)
    picture = encoded(np.zeros((200, 200), np.uint8))
    assert imaging.read_image(picture, max_pixels=40_000).shape == (200, 200, 3)
    assert PIL.Image.MAX_IMAGE_PIXELS == 100
    with pytest.raises(ImageError, match=r"at most 9,999 pixels, got 40,000 pixels; make it sm"):
        imaging.read_image(picture, max_pixels=9_999)
    assert PIL.Image.MAX_IMAGE_PIXELS == 100


def test_threads_that_raise_pillows_limit_put_it_back(monkeypatch):
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 100)
    picture = encoded(np.zeros((200, 200), np.uint8))
    with ThreadPoolExecutor(8) as pool:
        limits = [10**9 + number for number in range(64)]
        shapes = pool.map(lambda most: imaging.read_image(picture, max_pixels=most).shape, limits)
        assert set(shapes) == {(200, 200, 3)}
    assert PIL.Image.MAX_IMAGE_PIXELS == 100


def test_a_file_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    path = tmp_path / "locked.png"
    path.write_bytes(b"x")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refused)
    with pytest.raises(ImageError, match=r"locked\.png.*Permission denied"):
        imaging.read_image(path)


def test_a_pipe_is_read_to_its_end(small):
    reading, writing = os.pipe()
    os.write(writing, encoded(small))
    os.close(writing)
    try:
        assert np.array_equal(imaging.read_image(f"/dev/fd/{reading}"), small)
    except ImageMissingError:
        pytest.skip("this system gives pipes no names")
    finally:
        os.close(reading)


def test_every_suffix_that_is_written_gives_its_own_format(tmp_path):
    image = imaging.resize(imaging.astronaut(), height=64)
    for suffix in imaging.WRITTEN:
        path = imaging.write_image(image, tmp_path / f"x{suffix}")
        with PIL.Image.open(path) as picture:
            assert picture.format == _formats.PHOTOGRAPHS[suffix]
        assert np.abs(imaging.read_image(path).astype(int) - image).mean() < 8
    assert {".jpg", ".png", ".webp", ".bmp", ".tif", ".gif"} <= imaging.WRITTEN


@pytest.mark.parametrize("suffix", [".pdf", ".pgm", ".mpo", ".heic", ".h5", ".txt", ""])
def test_no_other_suffix_is_written(tmp_path, small, suffix):
    path = tmp_path / f"x{suffix}"
    assert not imaging.is_written(path)
    with pytest.raises(ImageError, match=rf"x{suffix}: expected a suffix.* these are written: "):
        imaging.write_image(small, path)
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_disk_hides_no_error(tmp_path, small, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    def read_only(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(PIL.Image.Image, "save", full)
    unlink, calls = Path.unlink, []

    def second_fails(path, *arguments, **options):
        calls.append(path)
        (unlink if len(calls) == 1 else read_only)(path, *arguments, **options)

    monkeypatch.setattr(Path, "unlink", second_fails)
    with pytest.raises(ImageError, match=r"out\.png: cannot be written .*No space left"):
        imaging.write_image(small, tmp_path / "out.png")
    assert len(calls) == 2


def test_a_size_is_needed_to_resize(small):
    with pytest.raises(InputError, match="at least one"):
        imaging.resize(small)
