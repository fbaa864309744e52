"""Components: what a mirror keeps and turns over, and principal components beside a full SVD."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facenet_lite.book.builders import components
from facenet_lite.errors import InputError

PICTURES = arrays(np.float32, (2, 3, 4, 3), elements=st.integers(0, 255).map(float))


@given(PICTURES)
def test_halves_make_the_picture_whole_again(pictures):
    np.testing.assert_array_equal(components.whole(*components.halves(pictures)), pictures)


@given(PICTURES)
def test_a_mirror_keeps_the_one_half_and_turns_the_other_over(pictures):
    kept, turned = components.halves(pictures)
    kept_mirrored, turned_mirrored = components.halves(pictures[:, :, ::-1])
    np.testing.assert_array_equal(kept_mirrored, kept)
    np.testing.assert_array_equal(turned_mirrored, -turned)


def test_one_row_by_hand():
    row = np.array([10.0, 20.0, 40.0, 30.0], np.float32).reshape(1, 1, 4, 1)
    kept, turned = components.halves(row)
    assert kept.ravel().tolist() == [20, 30]
    assert turned.ravel().tolist() == [-10, -10]


def test_points_on_a_line_have_the_line_for_their_component():
    line = np.outer([-2.0, -1.0, 0.0, 3.0], [3.0, 4.0])
    found = components.principal(line, 1, rng=np.random.default_rng(0))
    assert np.abs(found.vectors[0]).tolist() == pytest.approx([0.6, 0.8], abs=1e-6)
    assert np.abs(found.scores[:, 0]).tolist() == pytest.approx([10, 5, 0, 15], abs=1e-5)
    assert found.share == pytest.approx(1)


def test_it_agrees_with_the_full_decomposition():
    rng = np.random.default_rng(1)
    values = rng.standard_normal((80, 60)) * np.geomspace(30, 0.1, 60)
    found = components.principal(values, 6, rng=rng)
    _, singular, vectors = np.linalg.svd(values, full_matrices=False)
    np.testing.assert_allclose(np.linalg.norm(found.scores, axis=0), singular[:6], rtol=1e-3)
    assert np.abs(np.diag(found.vectors @ vectors[:6].T)).min() > 0.999
    np.testing.assert_allclose(found.vectors @ found.vectors.T, np.eye(6), atol=1e-5)
    np.testing.assert_allclose(found.scores, values @ found.vectors.T, atol=1e-2)
    assert found.share == pytest.approx(np.square(singular[:6]).sum() / np.square(singular).sum())


@pytest.mark.parametrize(
    ("values", "count", "message"),
    [
        (np.zeros(3), 1, "values"),
        (np.zeros((3, 2)), 3, "count: expected a whole number at least 1 and at most 2"),
        (np.full((3, 2), np.nan), 1, "finite"),
    ],
)
def test_malformed_input_is_named(values, count, message):
    with pytest.raises(InputError, match=message):
        components.principal(values, count, rng=np.random.default_rng(0))


def test_a_seed_is_no_generator():
    with pytest.raises(InputError, match="default_rng"):
        components.principal(np.eye(3), 1, rng=0)
