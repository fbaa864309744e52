"""Who and how: the covariance between people, and that between pictures of one person.

This is probabilistic LDA (Prince and Elder 2007) with full covariances: a picture's coefficients
are ``x = who + how`` with ``who ~ N(0, B)``, drawn once per person, and ``how ~ N(0, W)``, drawn
for each picture.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError


class Covariances(NamedTuple):
    """``between``: B (D, D), between people; ``within``: W (D, D), between a person's pictures."""

    between: NDArray[np.float64]
    within: NDArray[np.float64]


def two_covariances(values: ArrayLike, people: ArrayLike, *, rounds: int = 30) -> Covariances:
    """Estimate B and W by expectation maximisation, starting from moment estimates.

    ``values``: (N, D), centred by the caller; ``people``: whole numbers (N,), who is in each.
    People with one picture also count, because they carry information about B + W. Raises
    InputError if nobody has two pictures, because W cannot be estimated without them.
    """
    x = check_array(values, "values", shape=(None, None), dtype=np.float64)
    named = check_array(people, "people", shape=(len(x),), dtype=np.int64)
    check_number(rounds, "rounds", low=0, integer=True)
    _, who, counts = np.unique(named, return_inverse=True, return_counts=True)
    if counts.max(initial=0) < 2:
        raise InputError("people: expected some with two pictures or more, got one picture each")
    sums = np.zeros((len(counts), x.shape[1]))
    np.add.at(sums, who, x)
    scatter = x.T @ x
    b, w = _moments(x, who, sums / counts[:, None], counts)
    for _ in range(rounds):
        b, w = _step(b, w, sums, counts, scatter)
    return Covariances(b, w)


def _moments(
    x: NDArray[np.float64],
    who: NDArray[np.intp],
    means: NDArray[np.float64],
    counts: NDArray[np.intp],
) -> Covariances:
    repeated = counts[who] >= 2
    rest = (x - means[who])[repeated]
    w = rest.T @ rest / (repeated.sum() - (counts >= 2).sum())
    values, vectors = np.linalg.eigh(x.T @ x / len(x) - w)
    floor = 1e-3 * float(np.trace(w)) / len(w)
    b = (vectors * np.maximum(values, floor)) @ vectors.T
    return Covariances(b, w + floor * np.eye(len(w)))


def _step(
    b: NDArray[np.float64],
    w: NDArray[np.float64],
    sums: NDArray[np.float64],
    counts: NDArray[np.intp],
    scatter: NDArray[np.float64],
) -> Covariances:
    """One round: estimate each person's ``who``, then the covariances that fit best."""
    b_inverse, w_inverse = np.linalg.inv(b), np.linalg.inv(w)
    new_b, cross, spread = (np.zeros_like(b) for _ in range(3))
    for n in np.unique(counts):
        some = sums[counts == n]
        doubt = np.linalg.inv(b_inverse + n * w_inverse)  # (D, D): of who, given n pictures
        guess = some @ w_inverse @ doubt  # (people, D)
        second = guess.T @ guess + len(some) * doubt
        new_b += second
        cross += some.T @ guess
        spread += n * second
    total = int(counts.sum())
    return Covariances(
        _symmetric(new_b / len(counts)), _symmetric((scatter - cross - cross.T + spread) / total)
    )


def _symmetric(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    half: NDArray[np.float64] = (matrix + matrix.T) / 2
    return half
