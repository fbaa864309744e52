"""How alike two sets of pictures are: Fréchet's distance between their embeddings."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array
from facenet_lite.errors import InputError


def frechet_distance(a: ArrayLike, b: ArrayLike) -> float:
    """The distance between two normal distributions fitted to ``a`` (N, D) and to ``b`` (M, D).

    ``|m_a - m_b|^2 + trace(C_a + C_b - 2 (C_a C_b)^(1/2))`` (Dowson and Landau 1982). With the
    activations of one particular network it is the FID (Heusel et al. 2017). It falls as N and M
    grow, so compare only values from sets of the same size. Raises InputError for fewer than 2
    rows.
    """
    x = check_array(a, "a", shape=(None, None), dtype=np.float64)
    y = check_array(b, "b", shape=(None, x.shape[1]), dtype=np.float64)
    if min(len(x), len(y)) < 2:
        raise InputError(f"a, b: expected 2 rows or more in each, got {len(x)} and {len(y)}")
    cov_x, cov_y = (np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (x, y))
    root = _root(cov_x)
    # The eigenvalues of C_a C_b are those of the symmetric root * C_b * root.
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cov_y @ root), 0)).sum()
    apart = np.square(x.mean(axis=0) - y.mean(axis=0)).sum()
    return float(max(0.0, apart + np.trace(cov_x) + np.trace(cov_y) - 2 * shared))


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root
