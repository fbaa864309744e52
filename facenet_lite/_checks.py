"""Checks of arguments, one line each where they are used.

Every message says what was expected, what came, and what to do.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Collection
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from facenet_lite.errors import InputError

LARGEST: Final = 1e9
"""No box lies further away than this many pixels."""

Shape: TypeAlias = tuple[int | None, ...]


def describe(value: object) -> str:
    """Say in a few words what a value is: an array's shape and dtype, or a type."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, str | int | float | bool) or value is None:
        return repr(value)[:80]
    return f"a {type(value).__name__}"


def check_array(
    value: Any, name: str, *, shape: Shape, dtype: DTypeLike, finite: bool = True
) -> NDArray[Any]:
    """Return ``value`` as an array of ``shape`` (None: any) and ``dtype``, or raise InputError.

    Only safe conversions are made: numbers to floats, never floats to integers.
    """
    wanted = np.dtype(dtype)
    sizes = " x ".join("any" if size is None else str(size) for size in shape)
    expected = f"{name}: expected a {wanted} array of shape ({sizes}), got "
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InputError(f"{expected}{describe(value)} of unequal lengths") from error
    number = array.dtype.kind in "iuf" and (wanted.kind == "f" or array.dtype.kind != "f")
    fits = array.ndim == len(shape) and all(
        size is None or size == actual for size, actual in zip(shape, array.shape, strict=True)
    )
    if array.size == 0 and array.dtype == np.float64 and fits:
        number = True  # an empty list has no dtype of its own
    if not number or not fits:
        raise InputError(expected + describe(array if isinstance(value, list) else value))
    if finite and array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"{name}: expected finite numbers, got NaN or infinity; remove them first")
    return np.ascontiguousarray(array, dtype=wanted)


def as_array(value: Any, name: str) -> NDArray[Any]:
    """Return ``value`` as an array of whatever it holds, or raise InputError for ragged lists."""
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InputError(
            f"{name}: expected an array, got {describe(value)} of unequal lengths"
        ) from error


def check_image(value: Any, name: str = "image") -> NDArray[np.uint8]:
    """Return an RGB picture, uint8 (H, W, 3) with at least one pixel, or raise InputError."""
    remedy = "imaging.read_image gives what is needed"
    if not isinstance(value, np.ndarray):
        raise InputError(
            f"{name}: expected an RGB picture, uint8 (H, W, 3), got {describe(value)}; {remedy}"
        )
    if value.dtype != np.uint8 and value.ndim == 3:
        remedy = "scale it to 0..255 and convert it with .astype('uint8')"
    elif value.ndim == 2:
        remedy = "repeat a grey picture three times: np.dstack([grey] * 3)"
    elif value.ndim == 3 and value.shape[2] == 4:
        remedy = "drop the alpha channel: image[..., :3]"
    if value.dtype != np.uint8 or value.ndim != 3 or value.shape[2] != 3 or value.size == 0:
        raise InputError(
            f"{name}: expected an RGB picture, uint8 (H, W, 3), got {describe(value)}; {remedy}"
        )
    return value


def check_grey(value: Any, name: str = "grey") -> NDArray[np.uint8]:
    """Return a grey picture, uint8 (H, W) with at least one pixel, or raise InputError."""
    if (
        not isinstance(value, np.ndarray)
        or value.dtype != np.uint8
        or value.ndim != 2
        or value.size == 0
    ):
        raise InputError(
            f"{name}: expected a grey picture, uint8 (H, W), got {describe(value)}; "
            "imaging.to_grey makes one from RGB"
        )
    return value


def check_boxes(value: Any, name: str = "boxes") -> NDArray[np.float32]:
    """Return boxes, float32 (N, 4) with x1 < x2 and y1 < y2, or raise InputError."""
    boxes = check_array(value, name, shape=(None, 4), dtype=np.float32)
    if np.abs(boxes).max(initial=0) > LARGEST:
        raise InputError(
            f"{name}: expected coordinates in pixels, at most {LARGEST:g}, got "
            f"{np.abs(boxes).max():g}"
        )
    wrong = np.flatnonzero((boxes[:, 0] >= boxes[:, 2]) | (boxes[:, 1] >= boxes[:, 3]))
    if wrong.size:
        raise InputError(
            f"{name}: expected x1 < x2 and y1 < y2, got {boxes[wrong[0]].tolist()} "
            f"in row {wrong[0]}; "
            "boxes.xywh_to_xyxy converts x, y, width, height"
        )
    return boxes


def check_number(
    value: Any,
    name: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    integer: bool = False,
    low_included: bool = True,
    infinite: bool = False,
) -> Any:
    """Return a number within [low, high], or raise InputError; booleans are no numbers.

    NaN is refused, and infinity as well unless ``infinite`` allows it.
    """
    kind = numbers.Integral if integer else numbers.Real
    inside = isinstance(value, kind) and not isinstance(value, bool | np.bool_)
    inside = inside and (infinite or isinstance(value, numbers.Integral) or math.isfinite(value))
    if inside:
        inside = bool((low <= value if low_included else low < value) and value <= high)
    if not inside:
        what = "a whole number" if integer else "a number"
        edge = "at least" if low_included else "above"
        span = f" {edge} {low:g}" if low > -math.inf else ""
        span += f"{' and' if span else ''} at most {high:g}" if high < math.inf else ""
        raise InputError(f"{name}: expected {what}{span}, got {describe(value)}")
    return value


def check_choice(value: Any, name: str, choices: Collection[Any]) -> Any:
    """Return one of ``choices``, or raise InputError that lists them."""
    if not isinstance(value, str | int) or value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise InputError(f"{name}: expected one of {listed}, got {describe(value)}")
    return value


def check_flag(value: Any, name: str) -> bool:
    """Return True or False, or raise InputError for anything else."""
    if not isinstance(value, bool):
        raise InputError(f"{name}: expected True or False, got {describe(value)}")
    return value
