"""Squared Euclidean distances between embeddings: the only distance that the book uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import as_array, describe
from facenet_lite.errors import InputError


def squared_distances(a: ArrayLike, b: ArrayLike) -> NDArray[np.float32]:
    r"""Squared L2 distance :math:`\lVert a - b \rVert_2^2` along the last axis, row by row.

    ``a`` and ``b``: (..., D), the leading axes broadcast; the result is float32 without the last
    axis. Raises InputError where the dimensions differ, and for NaN, infinity, or numbers whose
    squared distance is beyond float32 (FaceNet, section 3.1).
    """
    first, second = _vectors(a, "a", 1), _vectors(b, "b", 1)
    _same_dimension(first, second)
    try:
        difference = first - second
    except ValueError as error:
        raise InputError(
            f"a and b: expected shapes that fit together, got {first.shape} and {second.shape}; "
            "pairwise_squared_distances compares every row with every other"
        ) from error
    with np.errstate(over="ignore"):
        return _float32(np.einsum("...d,...d->...", difference, difference))


def pairwise_squared_distances(a: ArrayLike, b: ArrayLike | None = None) -> NDArray[np.float32]:
    """Squared L2 distance of every row of ``a`` (N, D) to every row of ``b`` (M, D): (N, M).

    Without ``b``, of ``a`` to itself: symmetric, with an exact zero on the diagonal.
    Computed as ``|a|² + |b|² - 2ab`` in float64, so that near-equal rows keep their digits.
    Raises InputError as ``squared_distances`` does.
    """
    first = _vectors(a, "a", 2).astype(np.float64)
    second = first if b is None else _vectors(b, "b", 2).astype(np.float64)
    _same_dimension(first, second)
    squares = np.square(first).sum(1)[:, None] + np.square(second).sum(1)[None, :]
    out = np.clip(squares - 2.0 * (first @ second.T), 0.0, None)
    if b is None:
        out = (out + out.T) / 2
        np.fill_diagonal(out, 0.0)
    return _float32(out)


def _vectors(value: ArrayLike, name: str, least: int) -> NDArray[np.floating]:
    array = as_array(value, name)
    exact = least == 2
    fits = array.ndim == 2 if exact else array.ndim >= 1
    if array.dtype.kind not in "iuf" or not fits or array.shape[-1] == 0:
        form = "(N, D)" if exact else "(..., D)"
        raise InputError(f"{name}: expected embeddings, numbers {form}, got {describe(array)}")
    if not np.isfinite(array).all():
        raise InputError(f"{name}: expected finite numbers, got NaN or infinity; remove them first")
    return array.astype(np.promote_types(array.dtype, np.float32))


def _float32(squared: NDArray[np.floating]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        small = np.asarray(squared, np.float32)
    if not np.isfinite(small).all():
        raise InputError(
            "a and b: expected squared distances of at most 3.4e38, the largest float32; got "
            "longer vectors: normalise them to length 1, as FaceNet's are"
        )
    return small


def _same_dimension(a: NDArray[np.floating], b: NDArray[np.floating]) -> None:
    if a.shape[-1] != b.shape[-1]:
        raise InputError(
            f"a and b: expected embeddings of one dimension, got {a.shape[-1]} and {b.shape[-1]}; "
            "embeddings of two models cannot be compared"
        )
