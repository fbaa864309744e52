"""Exercises of the chapter on embeddings: angles, a layer's cost, L2 pooling, a branch, an axis."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.exercises import Array, Number, Several, exercise
from facenet_lite.by_hand.models.counting import cost
from facenet_lite.by_hand.models.inception import convolve, l2_pool, max_pool, windows

COSINE: Final = 0.6
"""The colleague in the first exercise calls two faces the same from this cosine on."""
INSIDE, OUT, KERNEL, SIDE, STRIDE = 192, 48, 5, 28, 2
"""The layer of the second exercise: channels in and out, kernel, side of its input, stride."""

_rng = np.random.default_rng(10)
MAP: Final = _rng.normal(size=(2, 6, 7)).round(1)
"""A map of two channels, 6 x 7, for the exercise on pooling."""
KERNELS: Final = tuple(
    (_rng.normal(size=shape).round(1), _rng.normal(size=shape[0]).round(1))
    for shape in ((3, 2, 1, 1), (4, 3, 3, 3))
)
"""Weights and bias of a branch: 1 x 1 from two channels to three, 3 x 3 from three to four."""
BATCH: Final = np.vstack([_rng.normal(size=(5, 128)) * np.arange(1, 6)[:, None], np.zeros(128)])
"""Six embeddings after the last linear layer, (6, 128); the last one is zero."""


@exercise
def check_cosine() -> Number:
    """The squared distance, of unit vectors, that is the same threshold as ``COSINE``."""
    right = 2 - 2 * COSINE
    other_sign = 2 + 2 * COSINE
    return Number(
        answer=right,
        right="And what was *at least* 0.6 becomes *at most* 0.8: the order turns round.",
        wrong={
            "That is 1 minus the cosine, the cosine distance. The squared distance is another.": (
                1 - COSINE
            ),
            "That is the plain distance. Ours is its square.": right**0.5,
            "That is the cosine itself, which falls where the distance grows.": COSINE,
            "A sign: the vectors are subtracted, so the product comes in with a minus.": other_sign,
            "Twice the cosine is what has to be taken away, and from what?": 2 * COSINE,
            "Both vectors have the squared length 1: the two ones add up to 2.": 1 - 2 * COSINE,
        },
        otherwise="Multiply out the square of a - b, where both have length 1.",
    )


@exercise
def check_cost() -> Several:
    """Weights and multiply-adds of the layer ``KERNEL`` x ``KERNEL``, ``INSIDE`` to ``OUT``."""
    places = SIDE // STRIDE
    right = cost(INSIDE, OUT, KERNEL, rows=places, columns=places)
    weights, madds = right.weights, right.madds
    for_weights = Number(
        answer=weights,
        wrong={
            "That is with the biases. The paper's tables leave them out.": weights + OUT,
            "A kernel has height and width: 5 x 5, not 5.": weights // KERNEL,
            "These are one channel's kernels. "
            "Every kernel sees all the channels that come in.": weights // INSIDE,
            "That is one kernel. There is one for every channel that goes out.": weights // OUT,
            "That is what a 1 x 1 kernel would have.": weights // KERNEL**2,
            "These are the multiply-adds: the two numbers have changed places.": madds,
        },
        otherwise="Not the weights. Kernel times kernel times in times out.",
    )
    flops = 2 * madds
    one_side = weights * places
    with_biases = madds + OUT * places * places
    for_madds = Number(
        answer=madds,
        wrong={
            "The weights are right. "
            "With a stride of 2 the kernel stops at every other place.": weights * SIDE * SIDE,
            "The weights are right. That is FLOPs, where one multiply-add counts as two.": flops,
            "The weights are right. The map has rows and columns: square the places.": one_side,
            "The weights are right. A bias is added, not multiplied: leave it out.": with_biases,
        },
        otherwise="The weights are right. Multiply them by the places of the map that comes out.",
    )
    return Several(
        parts={0: for_weights, 1: for_madds},
        wants="two whole numbers: the weights and the multiply-adds",
        right="Each weight works once at each place of the map that comes out.",
    )


@exercise
def check_l2_pool() -> Array:
    """L2 pooling of ``MAP`` over 3 x 3 at stride 1, with zeros beyond the border: (2, 6, 7)."""
    right, around = l2_pool(MAP), windows(MAP, 3)
    together = np.broadcast_to(np.sqrt(np.square(right).sum(0)), right.shape)
    of_mean = right / 3
    of_sizes = np.abs(around).sum(axis=(3, 4))
    return Array(
        answer=right,
        wants="an array (2, 6, 7), as large as the map",
        right="The package's own L2 pool gives the same.",
        wrong={
            "Squared and added up, but the root is missing.": np.square(right),
            "That is the largest value, which NN2's other pools take.": max_pool(MAP),
            "That is the root of the mean of the squares. Here they are added: no ninth.": of_mean,
            "That is the sum of the values. Square each before.": around.sum(axis=(3, 4)),
            "That is the mean of the values: neither squared nor rooted.": around.mean(axis=(3, 4)),
            "That is the sum of the sizes. Square each, and take the root of the sum.": of_sizes,
            "The channels were added up too. A pool keeps each channel to itself.": together,
        },
        shapes={(2, 4, 5): "The border is missing. Put one row of zeros around the map first."},
        otherwise="Square, add up each window of 3 x 3, take the root.",
    )


@exercise
def check_branch() -> Array:
    """``MAP`` after ``KERNELS``: 1 x 1, ReLU, 3 x 3 with zero padding, ReLU: (4, 6, 7)."""
    small, large = KERNELS
    inner = convolve(MAP, small)
    unbiased = [(weights, np.zeros_like(bias)) for weights, bias in KERNELS]
    both_missing = _linear(_linear(MAP, small), large)
    flipped = convolve(inner, (large[0][..., ::-1, ::-1], large[1]))
    return Array(
        answer=convolve(inner, large),
        wants="an array (4, 6, 7): four channels, as large as the map",
        right="One of the four ways through a module. The others differ in their kernels.",
        wrong={
            "The ReLU after the 3 x 3 convolution is missing.": _linear(inner, large),
            "The ReLU between the two is missing: they are then one single linear map.": (
                np.maximum(both_missing, 0)
            ),
            "Both ReLUs are missing.": both_missing,
            "The biases are missing.": convolve(convolve(MAP, unbiased[0]), unbiased[1]),
            "The kernels were turned round. Networks do not flip them.": flipped,
        },
        shapes={
            (4, 4, 5): "The 3 x 3 convolution needs a row of zeros around its map.",
            (3, 6, 7): "That is what the 1 x 1 convolution gives. The 3 x 3 comes after it.",
        },
        otherwise="Take the four steps one by one, and compare shapes after each.",
    )


@exercise
def check_unit() -> Array:
    """``BATCH`` scaled to length 1 per embedding, with the zero one still zero: (6, 128)."""
    lengths = np.linalg.norm(BATCH, axis=1, keepdims=True)
    right = BATCH / np.maximum(lengths, 1e-9)
    unguarded = np.vstack([right[:-1], np.full(128, np.nan)])
    by_sum = BATCH / np.maximum(np.abs(BATCH).sum(1, keepdims=True), 1e-9)
    by_square = BATCH / np.maximum(lengths**2, 1e-9)
    return Array(
        answer=right,
        wants="an array (6, 128) of finite numbers",
        right="Now no embedding depends on who else is in the batch.",
        wrong={
            "The last embedding is zero, and zero by zero is no number. Guard it.": unguarded,
            "Still column by column: axis 0 is the batch. "
            "Which axis holds one face's numbers?": BATCH / np.linalg.norm(BATCH, axis=0),
            "Divided by the length of the whole batch: without an axis, "
            "norm takes everything.": BATCH / np.linalg.norm(BATCH),
            "Divided by the squared length. The root is missing.": by_square,
            "Divided by the sum of the sizes. "
            "The length is the root of the sum of squares.": by_sum,
            "That is the batch as it came.": BATCH,
            "Five are right. The sixth is zero and has no direction: "
            "leave it zero.": lambda given: np.allclose(given[:-1], right[:-1], atol=1e-5),
        },
        otherwise="Divide each row by the root of the sum of its own squares.",
        within=1e-5,
        wrong_within=1e-6,
    )


def _linear(x: NDArray[Any], kernel: tuple[NDArray[Any], NDArray[Any]]) -> NDArray[Any]:
    """A convolution without its ReLU: the result for a kernel minus the result for its negative."""
    weights, bias = kernel
    return np.asarray(convolve(x, kernel) - convolve(x, (-weights, -bias)))
