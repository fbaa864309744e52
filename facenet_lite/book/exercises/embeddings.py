"""Checkers for the chapter on embeddings: angles, a layer's cost, L2 pooling, a branch, an axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises.feedback import STUB, Feedback, is_stub, not_yet, passed
from facenet_lite.by_hand.models.counting import cost
from facenet_lite.by_hand.models.inception import convolve, l2_pool, max_pool, windows

COSINE: Final = 0.6
"""From this cosine on, the colleague of the first exercise calls two faces the same."""
INSIDE, OUT, KERNEL, SIDE, STRIDE = 192, 48, 5, 28, 2
"""The layer of the second exercise: its channels, kernel, input map and stride."""

_rng = np.random.default_rng(10)
MAP: Final = _rng.normal(size=(2, 6, 7)).round(1)
"""A map of two channels, 6 x 7, to be pooled."""
KERNELS: Final = tuple(
    (_rng.normal(size=shape).round(1), _rng.normal(size=shape[0]).round(1))
    for shape in ((3, 2, 1, 1), (4, 3, 3, 3))
)
"""Weights and bias of a branch: 1 x 1 from two channels to three, 3 x 3 from three to four."""
BATCH: Final = np.vstack([_rng.normal(size=(5, 128)) * np.arange(1, 6)[:, None], np.zeros(128)])
"""Six embeddings as they leave the last linear layer, the last one zero: (6, 128)."""


def check_cosine(answer: Any) -> Feedback:
    """The squared distance, of unit vectors, that is the same threshold as ``COSINE``."""
    if is_stub(answer):
        return STUB
    given = _array(answer, ())
    if given is None:
        return not_yet("One number is wanted.")
    right = 2 - 2 * COSINE
    if np.isclose(given, right, atol=1e-6):
        return passed("And what was *at least* 0.6 becomes *at most* 0.8: the order turns round.")
    wrong = {
        "That is 1 minus the cosine, the cosine distance. The squared distance is another.": (
            1 - COSINE
        ),
        "That is the plain distance. Ours is its square.": right**0.5,
        "That is the cosine itself, which falls where the distance grows.": COSINE,
        "A sign: the vectors are subtracted, so the product comes in with a minus.": 2 + 2 * COSINE,
        "Twice the cosine is what has to be taken away, and from what?": 2 * COSINE,
        "Both vectors have the squared length 1: the two ones add up to 2.": 1 - 2 * COSINE,
    }
    return not_yet(
        _matching(given, wrong) or "Multiply out the square of a - b, where both have length 1."
    )


def check_cost(answer: Any) -> Feedback:
    """Weights and multiply-adds of the layer ``KERNEL`` x ``KERNEL``, ``INSIDE`` to ``OUT``."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (2,))
    if given is None:
        return not_yet("Two whole numbers are wanted: the weights and the multiply-adds.")
    places = SIDE // STRIDE
    right = cost(INSIDE, OUT, KERNEL, rows=places, columns=places)
    weights, madds = right.weights, right.madds
    if np.array_equal(given, (weights, madds)):
        return passed("Each weight works once at each place of the map that comes out.")
    wrong_weights = {
        "That is with the biases. The paper's tables leave them out.": weights + OUT,
        "A kernel has height and width: 5 x 5, not 5.": weights // KERNEL,
        "These are one channel's kernels. Every kernel sees all the channels that come in.": (
            weights // INSIDE
        ),
        "That is one kernel. There is one for every channel that goes out.": weights // OUT,
        "A 1 x 1 kernel would have so many.": weights // KERNEL**2,
        "These are the multiply-adds: the two numbers have changed places.": madds,
    }
    hint = _matching(given[0], wrong_weights)
    if given[0] != weights:
        return not_yet(hint or "Not the weights. Kernel times kernel times in times out.")
    wrong_madds = {
        "The weights are right. With a stride of 2 the kernel stops at every other place.": (
            weights * SIDE * SIDE
        ),
        "The weights are right. That is FLOPs, where one multiply-add counts as two.": 2 * madds,
        "The weights are right. The map has rows and columns: square the places.": weights * places,
        "The weights are right. A bias is added, not multiplied: leave it out.": (
            madds + OUT * places * places
        ),
    }
    return not_yet(
        _matching(given[1], wrong_madds)
        or "The weights are right. Multiply them by the places of the map that comes out."
    )


def check_l2_pool(answer: Any) -> Feedback:
    """L2 pooling of ``MAP`` over 3 x 3 at stride 1, with zeros beyond the border: (2, 6, 7)."""
    if is_stub(answer):
        return STUB
    given = _array(answer, MAP.shape)
    if given is None:
        if _array(answer, (2, 4, 5)) is not None:
            return not_yet("The border is missing. Put one row of zeros around the map first.")
        return not_yet("An array (2, 6, 7) is wanted, as large as the map.")
    right = l2_pool(MAP)
    if np.allclose(given, right, atol=1e-6):
        return passed("The package's own L2 pool gives the same.")
    around = windows(MAP, 3)
    wrong = {
        "Squared and added up, but the root is missing.": np.square(right),
        "That is the largest value, which NN2's other pools take.": max_pool(MAP),
        "That is the root of the mean of the squares. Here they are added: no ninth.": right / 3,
        "That is the sum of the values. Square each before.": around.sum(axis=(3, 4)),
        "That is the mean of the values: neither squared nor rooted.": around.mean(axis=(3, 4)),
        "That is the sum of the sizes. Square each, and take the root of the sum.": (
            np.abs(around).sum(axis=(3, 4))
        ),
        "The channels were added up too. A pool keeps each channel to itself.": np.broadcast_to(
            np.sqrt(np.square(right).sum(0)), right.shape
        ),
    }
    return not_yet(_matching(given, wrong) or "Square, add up each window of 3 x 3, take the root.")


def check_branch(answer: Any) -> Feedback:
    """What ``KERNELS`` make of ``MAP``: 1 x 1, ReLU, 3 x 3 with zeros around, ReLU: (4, 6, 7)."""
    if is_stub(answer):
        return STUB
    given = _array(answer, (4, 6, 7))
    if given is None:
        if _array(answer, (4, 4, 5)) is not None:
            return not_yet("The 3 x 3 convolution needs a row of zeros around its map.")
        if _array(answer, (3, 6, 7)) is not None:
            return not_yet("That is what the 1 x 1 convolution gives. The 3 x 3 comes after it.")
        return not_yet("An array (4, 6, 7) is wanted: four channels, as large as the map.")
    small, large = KERNELS
    right = convolve(convolve(MAP, small), large)
    if np.allclose(given, right, atol=1e-6):
        return passed("One of the four ways through a module. The others differ in their kernels.")
    plain = [(weights, np.zeros_like(bias)) for weights, bias in KERNELS]
    wrong = {
        "The ReLU after the 3 x 3 convolution is missing.": _linear(convolve(MAP, small), large),
        "The ReLU between the two is missing: they are then one single linear map.": np.maximum(
            _linear(_linear(MAP, small), large), 0
        ),
        "Both ReLUs are missing.": _linear(_linear(MAP, small), large),
        "The biases are missing.": convolve(convolve(MAP, plain[0]), plain[1]),
        "The kernels were turned round. Networks do not flip them.": convolve(
            convolve(MAP, small), (large[0][..., ::-1, ::-1], large[1])
        ),
    }
    return not_yet(
        _matching(given, wrong) or "Take the four steps one by one, and compare shapes after each."
    )


def check_unit(answer: Any) -> Feedback:
    """``BATCH`` with every embedding of length 1, and the one that is zero still zero: (6, 128)."""
    if is_stub(answer):
        return STUB
    try:
        if np.isnan(np.asarray(answer, np.float64)).any():
            return not_yet("The last embedding is zero, and zero by zero is no number. Guard it.")
    except Exception:
        return not_yet("An array (6, 128) is wanted.")
    given = _array(answer, BATCH.shape)
    if given is None:
        return not_yet("An array (6, 128) of finite numbers is wanted.")
    lengths = np.linalg.norm(BATCH, axis=1, keepdims=True)
    right = BATCH / np.maximum(lengths, 1e-9)
    if np.allclose(given, right, atol=1e-5):
        return passed("Now no embedding depends on who else is in the batch.")
    wrong = {
        "Still column by column: axis 0 is the batch. Which axis holds one face's numbers?": (
            BATCH / np.linalg.norm(BATCH, axis=0)
        ),
        "Divided by the length of the whole batch: without an axis, norm takes everything.": (
            BATCH / np.linalg.norm(BATCH)
        ),
        "Divided by the squared length. The root is missing.": (
            BATCH / np.maximum(lengths**2, 1e-9)
        ),
        "Divided by the sum of the sizes. The length is the root of the sum of squares.": (
            BATCH / np.maximum(np.abs(BATCH).sum(1, keepdims=True), 1e-9)
        ),
        "That is the batch as it came.": BATCH,
    }
    if hint := _matching(given, wrong):
        return not_yet(hint)
    if np.allclose(given[:-1], right[:-1], atol=1e-5):
        return not_yet("Five are right. The sixth is zero and has no direction: leave it zero.")
    return not_yet("Divide each row by the root of the sum of its own squares.")


def _linear(x: NDArray[Any], kernel: tuple[NDArray[Any], NDArray[Any]]) -> NDArray[Any]:
    """A convolution without its ReLU: what it makes of the map less what it makes of minus it."""
    weights, bias = kernel
    sums: NDArray[Any] = convolve(x, kernel) - convolve(x, (-weights, -bias))
    return sums


def _matching(given: NDArray[np.float64], wrong: Mapping[str, Any]) -> str | None:
    """The hint for the wrong answer that was given, if it is a known one."""
    for hint, candidate in wrong.items():
        if np.allclose(given, candidate, rtol=1e-9, atol=1e-6):
            return hint
    return None


def _array(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The answer as finite numbers of that shape, else None."""
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf" or array.shape != shape:
            return None
        numbers = array.astype(np.float64)
        return numbers if np.isfinite(numbers).all() and np.abs(numbers).max() < 1e15 else None
    except Exception:
        return None
