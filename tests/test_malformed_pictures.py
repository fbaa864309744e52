"""Pictures that are none: each is refused with its name and a remedy, and nothing crashes."""

import io
import struct
import sys
import types
import zlib

import numpy as np
import PIL.Image
import PIL.ImageFile
import PIL.TiffImagePlugin
import pytest

from facenet_lite import _formats, imaging
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


def link(folder):
    (folder / "link.jpg").symlink_to("gone")
    return folder / "link.jpg"


def file(folder):
    (folder / "file").touch()
    return folder / "file"


def ftyp(brand):
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1" + brand + bytes(40)


def eps():
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(buffer, "EPS")
    return buffer.getvalue()


def tiff(**tags):
    """A TIFF of one grey picture with tags of its own."""
    buffer = io.BytesIO()
    found = PIL.TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        found[int(tag.lstrip("t"))] = value
    PIL.Image.fromarray(np.full((4, 4), 9, np.uint8)).save(buffer, "TIFF", tiffinfo=found)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"got an empty file \(0 bytes\); copy or download it again"),
        (BAD["a PDF"], "got a PDF document; export its page as PNG"),
        (BAD["a ZIP"], "got a ZIP archive; unpack it"),
        (BAD["a web page"], "got a web page; download the picture itself"),
        (b'<?xml version="1.0"?><svg/>', "drawing"),
        (eps(), r"got a page in PostScript \(EPS\); export it as PNG or JPEG"),
        (b"\x00\x05\x16\x07" + bytes(60), "what macOS notes about another file"),
        (ftyp(b"mp42"), "got a video; export one of its pictures"),
        (ftyp(b"crx "), "got a camera's raw file; develop it"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(60), "got a camera's raw file; develop it"),
        (b"FUJIFILMCCD-RAW 0201" + bytes(60), "got a camera's raw file; develop it"),
        (tiff(t50706=b"\x01\x04\x00\x00"), "got a camera's raw file; develop it"),
        (tiff(t254=1, t330=8), "got a camera's raw file; develop it"),
        (b"\xff\x0a" + bytes(60), "got a JPEG XL picture; convert it"),
    ],
)
def test_what_is_no_photograph_is_named_with_the_remedy(data, message):
    with pytest.raises(ImageError, match=f"the given bytes: expected a picture.*{message}"):
        imaging.read_image(data)


def test_a_raw_file_is_known_by_its_suffix_where_pillow_would_read_its_preview(tmp_path):
    path = tmp_path / "P1.NEF"
    path.write_bytes(tiff())
    with pytest.raises(ImageError, match=r"P1\.NEF: expected a picture.*camera's raw file"):
        imaging.read_image(path)
    assert imaging.read_image(tiff()).max() == 9


@pytest.mark.parametrize(
    ("brand", "message"),
    [
        (b"heic", "got a picture in HEIC; pip install pillow-heif, or convert it to JPEG"),
        (b"mif1", "got a picture in HEIC; pip install pillow-heif"),
        (b"avif", 'got a picture in AVIF; pip install "pillow>=11.3", or convert it'),
    ],
)
def test_a_format_without_a_reader_is_named_with_what_reads_it(brand, message, monkeypatch):
    monkeypatch.setattr(_formats, "has_reader", lambda form: False)
    with pytest.raises(ImageError, match=message):
        imaging.read_image(ftyp(brand))


def test_a_damaged_file_of_a_format_that_is_read_is_not_sent_to_another_reader(monkeypatch):
    monkeypatch.setattr(_formats, "has_reader", lambda form: True)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # which cannot be imported
    for brand in (b"heic", b"avif"):
        with pytest.raises(ImageError) as caught:
            imaging.read_image(ftyp(brand))
        assert "pip install" not in str(caught.value)


def test_heic_is_read_where_pillow_heif_is_installed(monkeypatch):
    """A stand-in for pillow-heif: its opener gives one grey pixel for any HEIC file."""

    class Opener(PIL.ImageFile.ImageFile):
        format = "STAND-IN"

        def _open(self):
            self._size, self._mode, self.tile = (1, 1), "L", []
            self.im = PIL.Image.new("L", (1, 1), 77).im

    def register_heif_opener():
        PIL.Image.register_open("STAND-IN", Opener, lambda head: head[8:12] == b"heic")

    module = types.ModuleType("pillow_heif")
    module.register_heif_opener = register_heif_opener
    monkeypatch.setitem(sys.modules, "pillow_heif", module)
    monkeypatch.setattr(PIL.Image, "OPEN", dict(PIL.Image.OPEN))
    monkeypatch.setattr(PIL.Image, "ID", list(PIL.Image.ID))
    assert imaging.read_image(ftyp(b"heic")).tolist() == [[[77, 77, 77]]]


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (lambda folder: folder, ImageError, "got a folder"),
        (lambda folder: folder / "missing.jpg", FileNotFoundError, "there is no such file"),
        (lambda folder: str(folder / "missing.jpg"), FileNotFoundError, "looked in"),
        (lambda folder: link(folder), FileNotFoundError, "no such file; this is a link to .*gone"),
        (lambda folder: link(folder), ImageError, "no such file"),
        (
            lambda folder: folder / ("x" * 5000),
            ImageError,
            r"cannot be opened \(File name",
        ),
        (lambda folder: "a\0b", ImageError, "cannot be opened"),
        (lambda folder: file(folder) / "a.jpg", FileNotFoundError, "there is no such file"),
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
        (lambda i, f: imaging.write_image(i, file(f) / "a.png"), "is none: a file"),
        (lambda i, f: imaging.write_image(i, f / ("x" * 5000) / "a.png"), "File name too long"),
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
