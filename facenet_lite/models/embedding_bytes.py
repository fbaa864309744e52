"""Embeddings in bytes: 128 numbers in 128 bytes, as FaceNet stores a face (section 5.4)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number, describe
from facenet_lite.errors import InputError

STEPS: Final = 127
"""There are this many steps from 0 to the largest value; -128 is unused, for symmetry."""


def to_int8(embeddings: ArrayLike, *, largest: float = 1.0) -> NDArray[np.int8]:
    """Round embeddings (N, D) to whole steps of ``largest / 127``: int8 (N, D).

    The step is the same for all faces, so that bytes can be compared with bytes: the squared
    distance is the squared step times that of the codes. No value may be larger than ``largest``; 1
    is enough for embeddings of unit length. No value moves by more than half a step. Raises
    InputError for values above ``largest``.
    """
    values = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
    check_number(largest, "largest", low=0, low_included=False)
    beyond = float(np.abs(values).max(initial=0))
    if beyond > largest:
        raise InputError(
            f"embeddings: expected values of at most {largest:g}, got {beyond:g}; "
            "raise largest, or divide each embedding by its length"
        )
    return np.rint(values * (STEPS / largest)).astype(np.int8)


def from_int8(codes: NDArray[np.int8], *, largest: float = 1.0) -> NDArray[np.float32]:
    """The embeddings (N, D), float32, that the codes, int8 (N, D), stand for.

    Raises InputError for codes of another form.
    """
    if not isinstance(codes, np.ndarray) or codes.dtype != np.int8 or codes.ndim != 2:
        raise InputError(
            f"codes: expected an int8 array (N, D), got {describe(codes)}; to_int8 makes one"
        )
    check_number(largest, "largest", low=0, low_included=False)
    return codes.astype(np.float32) * np.float32(largest / STEPS)
