"""Pictures that are none: each is refused with its name and a remedy, and nothing crashes."""

import io
import struct
import zlib

import numpy as np
import PIL.Image
import pytest

from facenet_lite import imaging
from facenet_lite.errors import ImageError, InputError


def png():
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    PIL.Image.fromarray(noise).save(buffer, format="PNG")
    return buffer.getvalue()


def jpeg():
    return imaging.jpeg_bytes(imaging.resize(imaging.astronaut(), width=64), quality=90)


def png_of_size(width, height):
    """A PNG whose head promises a size, with no pixels behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


BAD = {
    "nothing": b"",
    "one byte": b"\xff",
    "text": b"This is not a picture.",
    "a web page": b"<!doctype html><title>404</title>",
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "a ZIP": b"PK\x03\x04" + bytes(64),
    "zeros": bytes(4096),
    "only a PNG's signature": b"\x89PNG\r\n\x1a\n",
    "a PNG cut in its head": png()[:20],
    "a PNG cut in its pixels": png()[:200],
    "a PNG without its last bytes": png()[:-30],
    "a PNG with a damaged chunk": png()[:60] + b"\x00\x01\x02\x03" + png()[64:],
    "a PNG of no width": png_of_size(0, 10),
    "a PNG of no height": png_of_size(10, 0),
    "a PNG of 4 terapixels": png_of_size(2_000_000, 2_000_000),
    "a PNG of 150 megapixels": png_of_size(15_000, 10_000),
    "only a JPEG's signature": b"\xff\xd8\xff\xe0",
    "a JPEG cut in half": jpeg()[: len(jpeg()) // 2],
    "a JPEG cut in its head": jpeg()[:40],
    "a GIF cut short": b"GIF89a\x10\x00\x10\x00",
    "a BMP cut short": b"BM" + bytes(30),
    "a TIFF that points nowhere": b"II*\x00\xff\xff\xff\x7f",
    "a WebP cut short": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
}


@pytest.mark.parametrize("kind", BAD)
def test_bytes_that_hold_no_picture_are_refused(kind):
    with pytest.raises(ImageError, match=r"the given bytes: expected .*(;|got)"):
        imaging.read_image(BAD[kind])


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_holds_no_picture_is_named(kind, tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(BAD[kind])
    with pytest.raises(ImageError, match=r"holiday\.jpg"):
        imaging.read_image(path)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (lambda folder: folder, ImageError, "got a folder"),
        (lambda folder: folder / "missing.jpg", FileNotFoundError, "there is no such file"),
        (lambda folder: str(folder / "missing.jpg"), FileNotFoundError, "looked in"),
        (lambda folder: None, ImageError, "expected a path, bytes or a binary file, got None"),
        (lambda folder: 3, ImageError, "got 3"),
        (lambda folder: np.zeros((4, 4, 3)), ImageError, "got an array"),
        (lambda folder: io.StringIO("text"), ImageError, "binary mode"),
        (lambda folder: io.BytesIO(b"text"), ImageError, "the given file"),
    ],
)
def test_sources_that_are_none_are_refused(source, error, message, tmp_path):
    with pytest.raises(error, match=message):
        imaging.read_image(source(tmp_path))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda i, f: imaging.write_image(i, f / "a.txt"), "suffix"),
        (lambda i, f: imaging.write_image(i, f / "a"), "suffix"),
        (lambda i, f: imaging.write_image(i, f / "no" / "a.png"), "does not exist"),
        (lambda i, f: imaging.write_image(i[..., 0], f / "a.png"), "RGB"),
        (lambda i, f: imaging.read_image(b"", max_pixels=0), "max_pixels"),
        (lambda i, f: imaging.resize(i, width=0), "width"),
        (lambda i, f: imaging.resize(i, height=2.5), "whole number"),
        (lambda i, f: imaging.rotate(i, 720), "degrees"),
        (lambda i, f: imaging.rotate(i, "90"), "degrees"),
        (lambda i, f: imaging.jpeg_round_trip(i, quality=0), "quality"),
        (lambda i, f: imaging.jpeg_round_trip(i, quality=101), "at most 100"),
        (lambda i, f: imaging.to_grey(i[..., 0]), "RGB"),
    ],
)
def test_settings_that_make_no_sense_are_refused(call, message, tmp_path):
    with pytest.raises(InputError, match=message):
        call(np.zeros((4, 6, 3), np.uint8), tmp_path)
