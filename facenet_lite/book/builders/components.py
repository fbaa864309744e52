"""Principal components of mirrored data: symmetric ones and those whose sign a mirror reverses.

The data contain the mirror image of every picture. Then ``x = s + a``, where ``s`` is the mean of a
picture and its mirror image and ``a`` is the rest. The covariance between ``s`` and ``a`` is zero,
so each has its own components. Half a picture determines either of them: the other half is its
mirror image, with the opposite sign for ``a``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError


class Components(NamedTuple):
    """``vectors``: (K, D), orthonormal rows; ``scores``: (N, K), the data's coefficients;
    ``share``: the share of the total variance that the K components explain."""

    vectors: NDArray[np.float32]
    scores: NDArray[np.float32]
    share: float


def principal(
    values: ArrayLike, count: int, *, rng: np.random.Generator, rounds: int = 3
) -> Components:
    """The first ``count`` principal components of centred ``values`` (N, D), largest first.

    A randomised range finder with ``rounds`` power iterations (Halko, Martinsson and Tropp 2011,
    algorithms 4.4 and 5.1). It is exact up to rounding if the spectrum falls quickly or ``count``
    is the smaller of N and D.
    """
    x = check_array(values, "values", shape=(None, None), dtype=np.float32)
    check_number(count, "count", low=1, high=min(x.shape), integer=True)
    if not isinstance(rng, np.random.Generator):
        raise InputError("rng: expected a numpy.random.Generator; numpy.random.default_rng(0)")
    width = min(count + 20, min(x.shape))
    probe = rng.standard_normal((x.shape[1], width), np.float32)
    basis, _ = np.linalg.qr(x @ probe)
    for _ in range(rounds):
        basis, _ = np.linalg.qr(x @ (x.T @ basis))
    u, singular, vectors = np.linalg.svd(basis.T @ x, full_matrices=False)
    scores = (basis @ u[:, :count]) * singular[:count]
    share = float(np.square(singular[:count], dtype=float).sum() / np.square(x, dtype=float).sum())
    return Components(vectors[:count], scores, share)


def halves(pictures: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Left halves (N, H, W/2, C) of the symmetric and antisymmetric parts of pictures (N, H, W, C).

    ``whole(kept, turned)`` puts them back together.
    """
    middle = pictures.shape[2] // 2
    left, right = pictures[:, :, :middle], pictures[:, :, : middle - 1 : -1]
    half = np.float32(0.5)
    return (left + right) * half, (left - right) * half


def whole(kept: NDArray[np.float32], turned: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pictures (N, H, W, C) from the left halves (N, H, W/2, C) that ``halves`` gives."""
    return np.concatenate([kept + turned, (kept - turned)[:, :, ::-1]], axis=2)
