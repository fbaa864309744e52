"""How, by name: the changes between pictures of one person, split into parts that can be set.

Each part is defined by linear measurements of a face: light, for example, by the brightness of the
skin and its difference from side to side. Given a measurement's value, linear regression predicts
a change of the whole face; that change is the measurement's column. What it explains is removed
from the covariance before the next measurement, so that together the columns of all parts make up
the covariance within people exactly, ``sum of L L' = W``, and their draws are independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


def conditioned(covariance: Floats, measurements: Floats) -> tuple[Floats, Floats]:
    """The columns (D, Q) of ``measurements`` (Q, D), taken in turn, and the remaining covariance.

    Column q is the expected change of all D coefficients if measurement q is one standard deviation
    above its expectation given the measurements before it (so its own effect is positive).
    """
    rest, columns = covariance.copy(), []
    for measurement in measurements:
        effect = rest @ measurement
        variance = float(measurement @ effect)
        column = effect / np.sqrt(max(variance, 1e-300))
        columns.append(column)
        rest -= np.outer(column, column)
    return np.stack(columns, axis=1), (rest + rest.T) / 2


def leading(covariance: Floats, measurements: Floats, count: int) -> tuple[Floats, Floats]:
    """The ``count`` columns that explain most of ``measurements`` (Q, D), and what remains.

    The same as giving the principal components of the measurements to ``conditioned``.
    """
    root = factor(covariance)
    gram = (measurements @ root).T @ (measurements @ root)
    _, directions = np.linalg.eigh(gram)
    columns = root @ directions[:, ::-1][:, :count]
    rest = covariance - columns @ columns.T
    return columns, (rest + rest.T) / 2


def factor(covariance: Floats, count: int | None = None, sizes: Floats | None = None) -> Floats:
    """Columns L (D, count), largest first, with ``L L' = covariance`` if all are taken.

    ``sizes``: (D,), how much each coefficient changes a picture; the largest column is the one that
    changes it most. Without sizes all coefficients count the same.
    """
    scale = np.ones(len(covariance)) if sizes is None else sizes
    values, vectors = np.linalg.eigh(scale[:, None] * covariance * scale)
    columns: Floats = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1] / scale[:, None]
    return columns[:, :count]


def shape_measurements(part: str) -> Floats:
    """A part's measurements of a shape: weights (Q, 68, 2) for a weighted sum of landmarks."""
    makers = {"yaw": _yaw, "pitch": _pitch, "expression": _expression}
    return np.stack(makers[part]())


def light_measurements(skin: NDArray[np.bool_]) -> Floats:
    """The weights (5, H, W, 3) by which ``light`` measures a texture; ``skin``: (H, W)."""
    rows, columns = skin.nonzero()
    x = np.zeros(skin.shape)
    y = np.zeros(skin.shape)
    x[skin] = columns - columns.mean()
    y[skin] = rows - rows.mean()
    grey = np.array([0.299, 0.587, 0.114])
    return np.stack(
        [
            skin[..., None] * grey / skin.sum(),
            -x[..., None] * grey / np.abs(x).sum(),
            -y[..., None] * grey / np.abs(y).sum(),
            skin[..., None] * np.array([1.0, 0.0, -1.0]) / skin.sum(),
            skin[..., None] * np.array([-0.5, 1.0, -0.5]) / skin.sum(),
        ]
    )


def _yaw() -> Sequence[Floats]:
    return [_sum({30: 1, 0: -0.5, 16: -0.5}, 0)]


def _pitch() -> Sequence[Floats]:
    return [_sum({30: 1, 0: -0.5, 16: -0.5}, 1)]


def _expression() -> Sequence[Floats]:
    eyes = {40: 0.25, 41: 0.25, 46: 0.25, 47: 0.25, 37: -0.25, 38: -0.25, 43: -0.25, 44: -0.25}
    brows = {point: -0.1 for point in range(17, 27)} | {36: 0.25, 39: 0.25, 42: 0.25, 45: 0.25}
    return [
        _sum({66: 1, 62: -1}, 1),
        _sum({54: 1, 48: -1}, 0),
        _sum(eyes, 1),
        _sum(brows, 1),
    ]


def _sum(weights: Mapping[int, float], axis: int) -> Floats:
    measurement = np.zeros((68, 2))
    for point, weight in weights.items():
        measurement[point, axis] = weight
    return measurement
