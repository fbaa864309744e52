"""HOG by hand: agrees with scikit-image, and with a cell worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.feature import hog as skimage_hog

from facenet_lite import imaging
from facenet_lite.by_hand.detect import hog
from facenet_lite.errors import InputError

TOLERANCE = 1e-6


def pictures() -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    grey = imaging.to_grey(imaging.astronaut())
    return [
        grey[60:191, 150:247],
        grey[:64, :64],
        rng.random((53, 77)),
        rng.integers(0, 256, (40, 61)),
    ]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("orientations", [1, 4, 7, 9, 12])
@pytest.mark.parametrize("cell", [3, 5, 8, 16])
def test_agrees_with_scikit_image_on_odd_sizes(number: int, orientations: int, cell: int) -> None:
    grey = pictures()[number]
    for block in (1, 2):
        ours = hog.hog(grey, orientations=orientations, cell=cell, block=block)
        theirs = skimage_hog(
            grey, orientations, (cell, cell), (block, block), "L2-Hys", feature_vector=False
        )
        assert ours.shape == (*theirs.shape[:2], block * block * orientations)
        assert np.abs(ours.ravel() - theirs.ravel()).max() < TOLERANCE


def slow_cells(grey: np.ndarray, cell: int, orientations: int, signed: bool) -> np.ndarray:
    """The definition, one pixel after the other."""
    rows, cols = grey.shape[0] // cell, grey.shape[1] // cell
    out = np.zeros((rows, cols, orientations))
    turn = 360 if signed else 180
    for y in range(1, grey.shape[0] - 1):
        for x in range(grey.shape[1]):
            down = float(grey[y + 1, x]) - float(grey[y - 1, x])
            right = 0.0
            if 0 < x < grey.shape[1] - 1:
                right = float(grey[y, x + 1]) - float(grey[y, x - 1])
            if y // cell < rows and x // cell < cols:
                angle = np.degrees(np.arctan2(down, right)) % turn
                out[y // cell, x // cell, int(angle // (turn / orientations))] += np.hypot(
                    down, right
                )
    for y in (0, grey.shape[0] - 1):
        for x in range(1, grey.shape[1] - 1):
            right = float(grey[y, x + 1]) - float(grey[y, x - 1])
            if y // cell < rows and x // cell < cols:
                angle = np.degrees(np.arctan2(0.0, right)) % turn
                out[y // cell, x // cell, int(angle // (turn / orientations))] += abs(right)
    return out / cell**2


@pytest.mark.parametrize("signed", [False, True])
def test_signed_and_unsigned_votes_equal_the_plain_loops(signed: bool) -> None:
    grey = pictures()[1]
    for cell, orientations in ((4, 8), (8, 9), (10, 12)):
        ours = hog.cells(grey, cell=cell, orientations=orientations, signed=signed)
        assert np.allclose(ours, slow_cells(grey, cell, orientations, signed), atol=1e-9)


def test_a_vertical_edge_votes_to_the_right_with_its_height() -> None:
    grey = np.zeros((8, 8))
    grey[:, 4:] = 100.0  # two columns see the edge: 8 rows x 2 x 100 / 64 pixels
    histogram = hog.cells(grey, cell=8, orientations=9)
    assert histogram[0, 0].tolist() == [25.0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_signed_votes_tell_light_to_dark_from_dark_to_light() -> None:
    grey = np.zeros((8, 8))
    grey[:, 4:] = 100.0
    up, down = (hog.cells(g, cell=8, orientations=4, signed=True)[0, 0] for g in (grey, 100 - grey))
    assert up.tolist() == [25.0, 0, 0, 0]
    assert down.tolist() == [0, 0, 25.0, 0]
    same = [hog.cells(g, cell=8, orientations=4)[0, 0].tolist() for g in (grey, 100 - grey)]
    assert same[0] == same[1]


def test_a_flat_picture_has_no_votes_and_no_nan() -> None:
    assert not hog.hog(np.full((32, 32), 7)).any()


def test_brightness_changes_nothing_and_contrast_next_to_nothing() -> None:
    grey = pictures()[0].astype(np.float64)
    plain = hog.hog(grey)
    assert np.allclose(hog.hog(grey + 40), plain, atol=1e-12)
    assert np.abs(hog.hog(grey * 0.25) - plain).max() < 1e-3


def test_pool_of_votes_is_cells() -> None:
    grey = pictures()[0]
    bins, weight = hog.votes(grey, orientations=6)
    assert np.array_equal(
        hog.pool(bins, weight, cell=8, orientations=6), hog.cells(grey, cell=8, orientations=6)
    )


def test_a_window_of_the_map_is_the_descriptor_of_its_inside() -> None:
    grey = pictures()[0]
    whole = hog.blocks(hog.cells(grey, cell=8))
    bins, weight = hog.votes(grey)
    part = hog.blocks(hog.pool(bins[16:64, 24:72], weight[16:64, 24:72], cell=8))
    assert np.allclose(whole[2:7, 3:8], part)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hog.gradients(np.zeros((4, 4, 3))), "grey: expected"),
        (lambda: hog.gradients("picture"), "grey: expected"),
        (lambda: hog.gradients(np.array([[np.nan, 1.0]])), "finite"),
        (lambda: hog.votes(np.zeros((4, 4)), orientations=0), "orientations: expected"),
        (lambda: hog.votes(np.zeros((4, 4)), orientations=2.5), "orientations: expected"),
        (lambda: hog.cells(np.zeros((7, 40)), cell=8), "at least one cell"),
        (lambda: hog.cells(np.zeros((40, 7)), cell=8), "at least one cell"),
        (lambda: hog.cells(np.zeros((40, 40)), cell=0), "cell: expected"),
        (lambda: hog.blocks(np.zeros((1, 5, 9)), block=2), "2 x 2 cells"),
        (lambda: hog.blocks(np.zeros((5, 9))), "histograms: expected"),
        (lambda: hog.blocks(np.zeros((5, 5, 9)), block=0), "block: expected"),
        (lambda: hog.hog(np.zeros((9, 9)), cell=8, block=2), "2 x 2 cells"),
    ],
)
def test_malformed_input_is_named(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
