"""A linear support vector machine, trained in the primal: a dozen lines of NumPy and L-BFGS.

For features x (D,), labels y in {-1, +1} and a weight w (D,) with an intercept b, minimise

    0.5 * (w . w + b^2) + C * sum over samples of max(0, 1 - y (w . x + b))^2

The squared hinge has a gradient everywhere, so that a general minimiser may be used. The intercept
is shrunk like any other weight, as LIBLINEAR (Fan et al. 2008) and scikit-learn's ``LinearSVC``
do; the two then have the same minimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped,unused-ignore]

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearSvm:
    """A direction and a threshold: ``weights`` float64 (D,), ``intercept`` a float.

    Raises InputError on weights that are no vector, or are not finite.
    """

    weights: Floats
    intercept: float

    def __post_init__(self) -> None:
        check_array(self.weights, "weights", shape=(None,), dtype=np.float64)

    def scores(self, features: ArrayLike) -> Floats:
        """``features`` (N, D): the signed scores (N,), positive for the class +1."""
        x = check_array(features, "features", shape=(None, self.weights.size), dtype=np.float64)
        return np.asarray(x @ self.weights + self.intercept)


def objective(
    parameters: Floats, features: Floats, labels: Floats, penalty: float
) -> tuple[float, Floats]:
    """The sum to be minimised and its gradient by every parameter.

    ``parameters`` (D + 1,): the weights and, last, the intercept. ``features`` (N, D); ``labels``
    (N,) of -1 and +1; ``penalty`` is C. Returns a float and float64 (D + 1,).
    """
    margins = labels * (features @ parameters[:-1] + parameters[-1])  # (N,)
    missing = np.maximum(0.0, 1.0 - margins)  # how far each sample is from being safe
    value = 0.5 * parameters @ parameters + penalty * missing @ missing
    pull = -2.0 * penalty * missing * labels  # (N,): zero for every safe sample
    gradient = parameters + np.append(pull @ features, pull.sum())
    return float(value), gradient


def train(features: ArrayLike, labels: ArrayLike, *, penalty: float = 1.0) -> LinearSvm:
    """Find the weights that minimise :func:`objective`, starting from zero, without chance.

    ``features`` (N, D), ``labels`` (N,) of -1 and +1, both present; ``penalty`` is C, above 0.
    Raises InputError otherwise.
    """
    x = check_array(features, "features", shape=(None, None), dtype=np.float64)
    y = check_array(labels, "labels", shape=(len(x),), dtype=np.float64)
    check_number(penalty, "penalty", low=0, low_included=False)
    if set(np.unique(y)) != {-1.0, 1.0}:
        raise InputError(
            f"labels: expected -1 and +1, each at least once, got {np.unique(y)[:5].tolist()}; "
            "np.where(is_face, 1, -1) makes them"
        )
    options: dict[str, Any] = {"maxiter": 2000, "maxcor": 30, "ftol": 1e-14, "gtol": 1e-7}
    start = np.zeros(x.shape[1] + 1)
    found = minimize(
        objective, start, args=(x, y, penalty), jac=True, method="L-BFGS-B", options=options
    ).x
    return LinearSvm(found[:-1], float(found[-1]))
