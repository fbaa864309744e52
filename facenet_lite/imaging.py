"""Read and write pictures; no other file of the package reads them.

Everywhere else a picture is an RGB array, uint8 (height, width, 3).
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, Any, Final, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageDraw

from facenet_lite import _decoding, _formats, _paths, assets
from facenet_lite._checks import check_image, check_number, describe
from facenet_lite._files import whole
from facenet_lite.errors import ImageError, ImageMissingError, InputError
from facenet_lite.types import Detections, GreyImage, Image

Source: TypeAlias = str | os.PathLike[str] | bytes | IO[bytes]

MAX_PIXELS: Final = 100_000_000
"""The largest picture that is read: 100 megapixels take 300 MB in memory."""

WRITTEN: Final = _formats.written()
"""The suffixes of the formats that pictures are written in."""

BOX: Final = (10, 138, 156)
"""The colour of a drawn box: the book's first colour, visible on light and on dark pictures."""


def read_image(source: Source, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Read a picture from a path, from bytes or from an open binary file: RGB uint8 (H, W, 3).

    The picture is turned upright according to its EXIF orientation and converted to RGB: grey is
    repeated three times; a palette is looked up; transparent pixels are laid on white; CMYK and
    other modes use Pillow's own conversion. An animation gives its first picture. HEIC is read
    where pillow-heif is installed, AVIF from Pillow 11.3 on.

    Grey of more than 8 bits is scaled. Whole numbers have the fewest of 8, 10, 12 or 16 bits that
    hold the largest of them (all 16 where the format itself says how many it uses, as PGM does),
    and keep their upper 8; floats are from 0, black, to 1, white. What is outside of these ranges
    is refused, and so is 16-bit colour of which no value is above 4,095, as it would be black.

    Raises ImageMissingError, which is a FileNotFoundError too, if there is no such file. Raises
    ImageError, naming the source and the remedy, if it is not a picture, is cut off, or has no
    pixels or more than ``max_pixels``; no limit of Pillow's is in the way of a higher one.
    """
    check_number(max_pixels, "max_pixels", low=1, integer=True)
    name, stream = _open(source)
    with stream:
        return _decoding.decode(stream, name, max_pixels)


def write_image(image: Image, path: str | os.PathLike[str], *, quality: int = 92) -> Path:
    """Write an RGB picture to ``path``, in the format of its suffix; ``quality`` is for JPEG.

    Raises ImageError for a suffix that is not in ``WRITTEN``, for a folder that does not exist, and
    for a file that cannot be written, with the system's reason.
    """
    check_image(image)
    target = Path(path)
    if not is_written(target):
        raise ImageError(
            f"{target}: expected a suffix such as .png or .jpg, got {target.suffix!r}; these are "
            f"written: {', '.join(sorted(WRITTEN))}"
        )
    if (there := _paths.what(target.parent)) != _paths.FOLDER:
        wrong = "does not exist; make it first" if there == _paths.NOTHING else f"is none: {there}"
        raise ImageError(f"{target}: the folder {target.parent} {wrong}")
    form = _formats.PHOTOGRAPHS[target.suffix.lower()]
    try:
        with whole(target) as part:
            PIL.Image.fromarray(image).save(part, format=form, quality=quality)
    except (OSError, ValueError) as error:
        raise ImageError(f"{target}: cannot be written ({error})") from error
    return target


def is_written(path: str | os.PathLike[str]) -> bool:
    """Whether ``path`` has the suffix of a format that ``write_image`` writes."""
    return Path(path).suffix.lower() in WRITTEN


def resize(image: Image, *, height: int | None = None, width: int | None = None) -> Image:
    """Resize to ``height`` and ``width`` pixels; if one is missing, the proportions are kept.

    Averages areas when it shrinks and interpolates linearly when it enlarges.
    """
    import cv2

    check_image(image)
    rows, columns = image.shape[:2]
    for value, name in ((height, "height"), (width, "width")):
        if value is not None:
            check_number(value, name, low=1, integer=True)
    if height is None:
        if width is None:
            raise InputError("height, width: expected at least one of them")
        height = max(1, round(rows * width / columns))
    elif width is None:
        width = max(1, round(columns * height / rows))
    smaller = height * width < rows * columns
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return _image(cv2.resize(image, (width, height), interpolation=how))


def to_grey(image: Image) -> GreyImage:
    """The luma of an RGB picture, uint8 (H, W): 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).

    The same numbers as OpenCV's ``cvtColor(..., COLOR_RGB2GRAY)``.
    """
    import cv2

    return np.asarray(cv2.cvtColor(check_image(image), cv2.COLOR_RGB2GRAY), np.uint8)


def rotate(image: Image, degrees: float, *, fill: tuple[int, int, int] = (127, 127, 127)) -> Image:
    """Turn a picture counter-clockwise about its centre, keep its size, fill the corners."""
    import cv2

    check_image(image)
    check_number(degrees, "degrees", low=-360, high=360)
    rows, columns = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), float(degrees), 1.0)
    return _image(
        cv2.warpAffine(image, matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderValue=fill)
    )


def jpeg_bytes(image: Image, *, quality: int) -> bytes:
    """Encode a picture as JPEG of ``quality`` 1 to 100 (chroma at half resolution, as is usual)."""
    check_image(image)
    check_number(quality, "quality", low=1, high=100, integer=True)
    buffer = io.BytesIO()
    PIL.Image.fromarray(image).save(buffer, format="JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def jpeg_round_trip(image: Image, *, quality: int) -> Image:
    """The picture as it looks after JPEG of ``quality`` 1 to 100."""
    return read_image(jpeg_bytes(image, quality=quality))


def with_boxes(image: Image, found: Detections) -> Image:
    """A copy of an RGB picture with each box drawn on it, and its score inside."""
    canvas = PIL.Image.fromarray(check_image(image))
    draw = ImageDraw.Draw(canvas)
    line = max(1, round(min(image.shape[:2]) / 200))
    for (x1, y1, x2, y2), score in found:
        draw.rectangle((x1, y1, x2 - 1, y2 - 1), outline=BOX, width=line)
        draw.text((x1 + line + 1, y1 + line), f"{score:.2f}", fill=BOX)
    return np.asarray(canvas, np.uint8)


def astronaut() -> Image:
    """Eileen Collins, NASA, 512 x 512: the book's first photograph (public domain)."""
    return read_image(assets.fetch("astronaut"))


def grace_hopper() -> Image:
    """Grace Hopper, US Navy, 600 high and 512 wide: the second photograph (public domain)."""
    return read_image(assets.fetch("grace_hopper"))


def _open(source: Source) -> tuple[str, IO[bytes]]:
    if isinstance(source, bytes):
        return "the given bytes", io.BytesIO(source)
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        try:
            stream = path.open("rb")
            if stream.seekable():
                return str(path), stream
            with stream:  # a pipe
                return str(path), io.BytesIO(stream.read())
        except (OSError, ValueError) as error:
            raise _not_opened(path, error) from error
    if callable(getattr(source, "read", None)):
        data = source.read()
        if not isinstance(data, bytes):
            raise ImageError("the given file: expected one opened in binary mode ('rb')")
        return str(getattr(source, "name", "the given file")), io.BytesIO(data)
    raise ImageError(f"source: expected a path, bytes or a binary file, got {describe(source)}")


def _not_opened(path: Path, error: OSError | ValueError) -> ImageError:
    there = _paths.what(path)
    if there == _paths.FOLDER:
        return ImageError(f"{path}: expected a picture, got a folder; name a file in it")
    if there == _paths.NOTHING:
        where = path.absolute().parent
        return ImageMissingError(f"{path}: there is no such file (looked in {where})")
    if there == _paths.LINK_TO_NOTHING:
        return ImageMissingError(
            f"{path}: there is no such file; this is a link to {os.readlink(path)}"
        )
    return ImageError(f"{path}: cannot be opened ({getattr(error, 'strerror', None) or error})")


def _image(array: Any) -> NDArray[np.uint8]:
    return np.asarray(array, np.uint8)
