"""The formats of pictures: which are photographs, what is read and written here, and what else.

This is the one list of suffixes. Pillow reads more kinds of picture than these; a file of another
kind is still read when it is named, but it is not looked for in a folder.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PHOTOGRAPHS: Final[Mapping[str, str]] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), "JPEG"),
    ".mpo": "MPO",
    ".png": "PNG",
    ".webp": "WEBP",
    **dict.fromkeys((".bmp", ".dib"), "BMP"),
    **dict.fromkeys((".tif", ".tiff"), "TIFF"),
    ".gif": "GIF",
    **dict.fromkeys((".pgm", ".ppm", ".pnm"), "PPM"),
    **dict.fromkeys((".jp2", ".j2k", ".jpx"), "JPEG2000"),
    ".avif": "AVIF",
    **dict.fromkeys((".heic", ".heif", ".hif"), "HEIF"),
}
"""A photograph's suffixes, in lower case, and Pillow's names of their formats."""

NEEDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "HEIF": ("HEIC", "pillow-heif", "pip install pillow-heif, or convert it to JPEG"),
    "AVIF": ("AVIF", "Pillow 11.3", 'pip install "pillow>=11.3", or convert it to JPEG'),
    "JPEG2000": ("JPEG 2000", "OpenJPEG", "install a Pillow with OpenJPEG, or convert it to JPEG"),
    "WEBP": ("WebP", "libwebp", "install a Pillow with libwebp, or convert it to JPEG"),
}
"""The formats that not every Pillow reads: their names, what reads them, and what to do."""

RAW: Final = frozenset(
    (
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mrw", ".nef"),
        *(".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
    )
)
"""The suffixes of the raw files of cameras, which Pillow does not develop."""
RAW_FILE: Final = "a camera's raw file"
DEVELOP: Final = "develop it to JPEG or TIFF with a raw converter"

HEAD: Final = 32
"""The number of bytes at a file's beginning that say what it is."""
CONTAINERS: Final[Mapping[bytes, str]] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "HEIF"),
    **dict.fromkeys((b"mif1", b"msf1"), "HEIF"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
"""The formats in the container of MP4 videos, by the brand in their bytes 8 to 11."""
OTHERS: Final[tuple[tuple[int, bytes, str, str], ...]] = (
    (0, b"%PDF", "a PDF document", "export its page as PNG or JPEG"),
    (0, b"PK\x03\x04", "a ZIP archive", "unpack it"),
    (0, b"\x00\x05\x16\x07", "what macOS notes about another file", "name that file"),
    (0, b"\xff\x0a", "a JPEG XL picture", "convert it to JPEG or PNG"),
    (4, b"JXL ", "a JPEG XL picture", "convert it to JPEG or PNG"),
    (0, b"<svg", "a drawing (SVG)", "export it as PNG"),
    (0, b"<?xml", "a drawing (SVG) or other XML", "export it as PNG if it is a drawing"),
    (0, b"<!doctype html", "a web page", "download the picture itself"),
    (0, b"<html", "a web page", "download the picture itself"),
    (0, b"version https://git-lfs", "a pointer to a file in Git LFS", "fetch it: git lfs pull"),
    (8, b"CR\x02", RAW_FILE, DEVELOP),
    (0, b"FUJIFILMCCD-RAW", RAW_FILE, DEVELOP),
    (0, b"IIU\x00", RAW_FILE, DEVELOP),
    (0, b"IIRO", RAW_FILE, DEVELOP),
    (0, b"IIRS", RAW_FILE, DEVELOP),
    (0, b"FOVb", RAW_FILE, DEVELOP),
    (0, b"\x00MRM", RAW_FILE, DEVELOP),
    (4, b"ftypcrx ", RAW_FILE, DEVELOP),
    (4, b"ftyp", "a video", "export one of its pictures as JPEG"),
)
"""Other kinds of file: where their mark is, the mark, what they are, and what to do about it."""


def has_reader(form: str) -> bool:
    """Whether the installed Pillow reads a format."""
    from PIL import features

    if form == "HEIF":
        try:
            return importlib.util.find_spec("pillow_heif") is not None
        except ValueError:  # a module without a specification
            return True
    codec = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}.get(form)
    if codec is None:
        return True
    known = codec in features.modules or codec in features.codecs
    return known and bool(features.check(codec))


def photographs() -> Mapping[str, str]:
    """By suffix, why a photograph is not read here; an empty string where it is."""
    return {
        suffix: "" if has_reader(form) else "{} picture without {}".format(*NEEDS[form])
        for suffix, form in PHOTOGRAPHS.items()
    }


@functools.cache
def written() -> frozenset[str]:
    """The suffixes that pictures are written under, in the formats that the installed Pillow has.

    ``.pgm`` holds grey alone, an ``.mpo`` several pictures, and HEIC is another package's.
    """
    return frozenset(
        suffix
        for suffix, form in PHOTOGRAPHS.items()
        if suffix != ".pgm" and form not in ("MPO", "HEIF") and has_reader(form)
    )


def is_raw(path: str | os.PathLike[str]) -> bool:
    """Whether a file is called as the raw files of cameras are."""
    return Path(path).suffix.lower() in RAW


def recognised(head: bytes) -> tuple[str, str] | None:
    """Say by its first bytes what a file is that is not read, and what to do about it."""
    if not head:
        return "an empty file (0 bytes)", "copy or download it again"
    if form := _contained(head):
        kind, _, remedy = NEEDS[form]
        return None if has_reader(form) else (f"a picture in {kind}", remedy)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for offset, mark, kind, remedy in OTHERS:
        if head.startswith(mark, offset) or (mark.startswith(b"<") and text.startswith(mark)):
            return kind, remedy
    return None


def open_heic(head: bytes) -> None:
    """If a file is HEIC by its first bytes, have Pillow read such files, by pillow-heif if that is
    installed. It is loaded for such a file alone."""
    if _contained(head) == "HEIF" and has_reader("HEIF"):
        with contextlib.suppress(ImportError):  # as where its own libraries are missing
            importlib.import_module("pillow_heif").register_heif_opener()


def _contained(head: bytes) -> str | None:
    return CONTAINERS.get(head[8:12]) if head[4:8] == b"ftyp" else None
