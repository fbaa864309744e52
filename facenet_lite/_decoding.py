"""Decode a picture's file to RGB, and say of one that cannot be decoded what it is."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

import numpy as np
import PIL.Image
from PIL import ImageOps, UnidentifiedImageError

from facenet_lite import _depth, _formats
from facenet_lite.errors import ImageError
from facenet_lite.types import Image

WHITE: Final = (255, 255, 255)
DEEP: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
"""Pillow's modes with more than 8 bits a pixel, all of them grey."""
DECLARED: Final = ("PPM", "JPEG2000")
"""The formats whose files say how many bits they use, so that Pillow scales them to 16."""
NO_PHOTOGRAPHS: Final = {
    "EPS": "a page in PostScript (EPS)",
    "WMF": "a drawing (WMF or EMF)",
    "MPEG": "a video",
    **dict.fromkeys(("BUFR", "GRIB", "HDF5"), "a file of measurements"),
}
"""What Pillow opens and cannot decode by itself. Another program would have to be started."""
DNG_VERSION, SUBFILE, PHOTOMETRIC, SUB_FILES = 50706, 254, 262, 330
MOSAICS: Final = (32803, 34892)
"""Tags of TIFF, and the photometric interpretations of what a sensor saw."""

_RAISED = threading.Lock()


def decode(stream: IO[bytes], name: str, max_pixels: int) -> Image:
    """The picture in an open file, as ``imaging.read_image`` describes it.

    Raises ImageError, which calls the file ``name``.
    """
    head = stream.read(_formats.HEAD)
    stream.seek(0)
    _formats.open_heic(head)
    try:
        with warnings.catch_warnings(), _pillow_reads(max_pixels):
            # Pillow's own limit only warns; ours refuses before any pixel is decoded.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # about EXIF data that nobody asked for
            return _pixels(stream, name, max_pixels)
    except ImageError:
        raise
    except PIL.Image.DecompressionBombError as error:
        pixels = re.search(r"\d+", str(error))
        size = f"{int(pixels[0]):,} pixels" if pixels else str(error)
        raise _too_large(name, size, max_pixels) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if known := _formats.recognised(head):
            raise _no_photograph(name, *known) from error
        if isinstance(error, UnidentifiedImageError):
            remedy = "open it in a viewer, and convert it if that shows a picture"
            raise _no_photograph(name, "something else", remedy) from error
        raise ImageError(
            f"{name}: expected a whole picture, got a damaged or cut-off one ({error}); "
            "copy or download it again"
        ) from error


@contextmanager
def _pillow_reads(max_pixels: int) -> Iterator[None]:
    """Raise Pillow's own limit to ``max_pixels`` if it is lower: twice its ``MAX_IMAGE_PIXELS``.

    One thread at a time; the others wait, so that none puts the limit back under another.
    """
    with _RAISED:
        limit = PIL.Image.MAX_IMAGE_PIXELS
        if limit is not None and 2 * limit < max_pixels:
            PIL.Image.MAX_IMAGE_PIXELS = (max_pixels + 1) // 2
            try:
                yield
            finally:
                PIL.Image.MAX_IMAGE_PIXELS = limit
            return
    yield


def _pixels(stream: IO[bytes], name: str, max_pixels: int) -> Image:
    with PIL.Image.open(stream) as picture:
        width, height = picture.size
        if kind := NO_PHOTOGRAPHS.get(picture.format or ""):
            raise _no_photograph(name, kind, "export it as PNG or JPEG")
        if picture.format == "TIFF" and _is_raw(picture, name):
            raise _no_photograph(name, _formats.RAW_FILE, _formats.DEVELOP)
        if width == 0 or height == 0:
            raise ImageError(f"{name}: expected at least one pixel, got {width} x {height}")
        if width * height > max_pixels:
            raise _too_large(name, f"{width} x {height} pixels", max_pixels)
        cut = any(";16" in str(tile) for tile in picture.tile)  # Pillow will keep 8 bits
        picture.load()
        if cut and picture.mode not in DEEP:
            _depth.check_colours(np.asarray(picture.convert("RGB")), name)
        upright = ImageOps.exif_transpose(picture)
        if picture.mode in DEEP:
            depth = 16 if picture.format in DECLARED else None
            grey = _depth.to_8_bits(np.asarray(upright), name, depth=depth)
            return np.repeat(grey[..., None], 3, axis=2)
        return np.array(_to_rgb(upright), np.uint8)


def _is_raw(picture: Any, name: str) -> bool:
    """Whether a TIFF is a camera's raw file, of which Pillow would read a preview at most."""
    tags = picture.tag_v2
    is_preview = bool(tags.get(SUBFILE, 0) & 1) and SUB_FILES in tags
    is_mosaic = tags.get(PHOTOMETRIC) in MOSAICS
    return is_preview or is_mosaic or DNG_VERSION in tags or _formats.is_raw(name)


def _to_rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        return PIL.Image.alpha_composite(
            PIL.Image.new("RGBA", layer.size, (*WHITE, 255)), layer
        ).convert("RGB")
    return picture.convert("RGB")


def _no_photograph(name: str, kind: str, remedy: str) -> ImageError:
    return ImageError(f"{name}: expected a picture (JPEG, PNG, WebP, ...), got {kind}; {remedy}")


def _too_large(name: str, size: str, max_pixels: int) -> ImageError:
    return ImageError(
        f"{name}: expected at most {max_pixels:,} pixels, got {size}; "
        "make it smaller, or raise max_pixels if you trust it"
    )
