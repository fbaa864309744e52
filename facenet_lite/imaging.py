"""Read and write pictures; no other file of the package reads them.

Everywhere else a picture is an RGB array, uint8 (height, width, 3).
"""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import IO, Any, Final, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageDraw, ImageOps, UnidentifiedImageError

from facenet_lite import assets
from facenet_lite._checks import check_image, check_number, describe
from facenet_lite._files import whole
from facenet_lite.errors import ImageError, InputError
from facenet_lite.types import Detections, GreyImage, Image

Source: TypeAlias = str | os.PathLike[str] | bytes | IO[bytes]

MAX_PIXELS: Final = 100_000_000
"""The largest picture that is read: 100 megapixels take 300 MB in memory."""

WRITTEN: Final = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"))
"""The suffixes of the formats that pictures are written in."""

WHITE: Final = (255, 255, 255)
BOX: Final = (10, 138, 156)
"""The colour of a drawn box: the book's first colour, visible on light and on dark pictures."""


def read_image(source: Source, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Read a picture from a path, from bytes or from an open binary file: RGB uint8 (H, W, 3).

    The picture is turned upright according to its EXIF orientation and converted to RGB: grey is
    repeated three times; a palette is looked up; transparent pixels are laid on white; 16-bit grey
    keeps its upper 8 bits; CMYK and other modes use Pillow's own conversion. An animation gives its
    first picture.

    Raises FileNotFoundError if there is no such file. Raises ImageError, naming the source and the
    remedy, if it is not a picture, is cut off, or has no pixels or more than ``max_pixels``.
    """
    check_number(max_pixels, "max_pixels", low=1, integer=True)
    name, stream = _open(source)
    try:
        with stream, warnings.catch_warnings():
            # Pillow's own limit only warns; ours refuses before any pixel is decoded.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # about EXIF data that nobody asked for
            return _decode(stream, name, max_pixels)
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{name}: expected a picture (JPEG, PNG, WebP, ...), got something else; "
            "open it in a viewer, and convert it if that shows a picture"
        ) from error
    except PIL.Image.DecompressionBombError as error:
        raise _too_large(name, str(error), max_pixels) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError(
            f"{name}: expected a whole picture, got a damaged or cut-off one ({error}); "
            "copy or download it again"
        ) from error


def write_image(image: Image, path: str | os.PathLike[str], *, quality: int = 92) -> Path:
    """Write an RGB picture to ``path``, in the format of its suffix; ``quality`` is for JPEG.

    Raises ImageError for a suffix that names no format or a folder that does not exist.
    """
    check_image(image)
    target = Path(path)
    formats = PIL.Image.registered_extensions()
    if target.suffix.lower() not in formats:
        raise ImageError(f"{target}: expected a suffix such as .png or .jpg, got {target.suffix!r}")
    if not target.parent.is_dir():
        raise ImageError(f"{target}: the folder {target.parent} does not exist; make it first")
    form = formats[target.suffix.lower()]
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
        if path.is_dir():
            raise ImageError(f"{path}: expected a picture, got a folder; name a file in it")
        if not path.exists():
            raise FileNotFoundError(
                f"{path}: there is no such file (looked in {path.absolute().parent})"
            )
        try:
            return str(path), path.open("rb")
        except OSError as error:
            raise ImageError(f"{path}: cannot be opened ({error.strerror})") from error
    if callable(getattr(source, "read", None)):
        data = source.read()
        if not isinstance(data, bytes):
            raise ImageError("the given file: expected one opened in binary mode ('rb')")
        return str(getattr(source, "name", "the given file")), io.BytesIO(data)
    raise ImageError(f"source: expected a path, bytes or a binary file, got {describe(source)}")


def _decode(stream: IO[bytes], name: str, max_pixels: int) -> Image:
    with PIL.Image.open(stream) as picture:
        width, height = picture.size
        if width == 0 or height == 0:
            raise ImageError(f"{name}: expected at least one pixel, got {width} x {height}")
        if width * height > max_pixels:
            raise _too_large(name, f"{width} x {height} pixels", max_pixels)
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        return np.array(_to_rgb(upright), np.uint8)


def _to_rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "I;16N"):
        levels = np.asarray(picture).astype(np.int64)
        return PIL.Image.fromarray(np.clip(levels >> 8, 0, 255).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        return PIL.Image.alpha_composite(
            PIL.Image.new("RGBA", layer.size, (*WHITE, 255)), layer
        ).convert("RGB")
    return picture.convert("RGB")


def _too_large(name: str, size: str, max_pixels: int) -> ImageError:
    return ImageError(
        f"{name}: expected at most {max_pixels:,} pixels, got {size}; "
        "make it smaller, or raise max_pixels if you trust it"
    )


def _image(array: Any) -> NDArray[np.uint8]:
    return np.asarray(array, np.uint8)
