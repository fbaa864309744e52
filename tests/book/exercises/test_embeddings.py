"""The chapter's checkers: they pass on the answer, and know the typical wrong ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from facenet_lite.book.exercises import embeddings
from facenet_lite.models.blocks import L2Pool


def expect(feedback, hint):
    assert not feedback
    assert hint in feedback.message


def convolved(x, kernel, padding=True):
    """PyTorch's convolution of ``x`` (C, H, W), without ReLU."""
    weights, bias = (torch.tensor(value) for value in kernel)
    pad = weights.shape[-1] // 2 if padding else 0
    return torch.nn.functional.conv2d(x[None], weights, bias, padding=pad)[0]


MAP = torch.tensor(embeddings.MAP)
UNIT = torch.nn.functional.normalize(torch.tensor(embeddings.BATCH)).numpy()


def test_the_right_answers_pass():
    small, large = embeddings.KERNELS
    assert embeddings.check_cosine(0.8)
    assert embeddings.check_cost((230_400, 45_158_400))
    assert embeddings.check_l2_pool(L2Pool()(MAP[None])[0].numpy())
    assert embeddings.check_branch(convolved(convolved(MAP, small).relu(), large).relu().numpy())
    assert embeddings.check_unit(UNIT)
    assert embeddings.check_unit(UNIT.tolist())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0.4, "cosine distance"),
        (0.8**0.5, "plain distance"),
        (0.6, "cosine itself"),
        (3.2, "A sign"),
        (1.2, "taken away"),
        (-0.2, "two ones"),
        (7, "Multiply out"),
    ],
)
def test_wrong_cosines_are_known(answer, hint):
    expect(embeddings.check_cosine(answer), hint)


@pytest.mark.parametrize(
    ("weights", "madds", "hint"),
    [
        (230_448, 1, "with the biases"),
        (46_080, 1, "5 x 5, not 5"),
        (1_200, 1, "all the channels"),
        (4_800, 1, "That is one kernel"),
        (9_216, 1, "a 1 x 1 kernel"),
        (45_158_400, 230_400, "changed places"),
        (77, 1, "Not the weights"),
        (230_400, 230_400 * 28 * 28, "every other place"),
        (230_400, 90_316_800, "FLOPs"),
        (230_400, 230_400 * 14, "square the places"),
        (230_400, 45_158_400 + 48 * 196, "A bias is added"),
        (230_400, 1, "Multiply them"),
    ],
)
def test_wrong_costs_are_known(weights, madds, hint):
    expect(embeddings.check_cost((weights, madds)), hint)


def test_wrong_pools_are_known():
    right = L2Pool()(MAP[None])[0].numpy()
    pool = torch.nn.functional.avg_pool2d
    mean = pool(MAP[None], 3, 1, 1)[0].numpy()
    largest = torch.nn.functional.max_pool2d(MAP[None], 3, 1, 1)[0].numpy()
    together = np.repeat(np.sqrt((right**2).sum(0, keepdims=True)), 2, axis=0)
    for answer, hint in (
        (right**2, "root is missing"),
        (largest, "largest value"),
        (right / 3, "no ninth"),
        (9 * mean, "sum of the values"),
        (mean, "mean of the values"),
        (9 * pool(MAP[None].abs(), 3, 1, 1)[0].numpy(), "sum of the sizes"),
        (together, "channels were added"),
        (right[:, 1:-1, 1:-1], "border is missing"),
        (right + 1, "Square, add up"),
        (right[0], "as large as the map"),
    ):
        expect(embeddings.check_l2_pool(answer), hint)


def test_wrong_branches_are_known():
    small, large = embeddings.KERNELS
    first = convolved(MAP, small)
    right = convolved(first.relu(), large)
    bare = [(weights, np.zeros_like(bias)) for weights, bias in embeddings.KERNELS]
    turned = (large[0][..., ::-1, ::-1].copy(), large[1])
    for answer, hint in (
        (right, "after the 3 x 3"),
        (convolved(first, large).relu(), "between the two"),
        (convolved(first, large), "Both ReLUs"),
        (convolved(convolved(MAP, bare[0]).relu(), bare[1]).relu(), "biases are missing"),
        (convolved(first.relu(), turned).relu(), "turned round"),
        (convolved(first.relu(), large, padding=False).relu(), "row of zeros"),
        (first.relu(), "The 3 x 3 comes after"),
        (right.relu() + 1, "one by one"),
        (right[:2], "four channels"),
    ):
        expect(embeddings.check_branch(answer.numpy()), hint)


def test_wrong_lengths_are_known():
    batch = embeddings.BATCH
    lengths = np.linalg.norm(batch, axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        broken = batch / lengths
    odd = UNIT.copy()
    odd[-1, 0] = 1
    for answer, hint in (
        (broken, "zero by zero"),
        (batch / np.linalg.norm(batch, axis=0), "axis 0 is the batch"),
        (batch / np.linalg.norm(batch), "without an axis"),
        (batch / np.maximum(lengths**2, 1e-6), "squared length"),
        (batch / np.maximum(np.abs(batch).sum(1, keepdims=True), 1e-6), "sum of the sizes"),
        (batch, "as it came"),
        (odd, "Five are right"),
        (2 * UNIT, "each row"),
        (UNIT[:5], "(6, 128) of finite numbers"),
        ("no", "should be an array (6, 128)"),
    ):
        expect(embeddings.check_unit(answer), hint)


def test_no_two_wrong_answers_look_alike():
    assert not np.allclose(np.abs(embeddings.MAP), embeddings.MAP), (
        "signs tell sums from sums of sizes"
    )
    assert np.array_equal(embeddings.BATCH[-1], np.zeros(128))
