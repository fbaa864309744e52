"""Histograms of oriented gradients in NumPy, as Dalal and Triggs described them (CVPR 2005).

::

    grey (H, W)
      -> gradients      two differences per pixel
      -> cells          (rows, cols, orientations): every pixel votes for its gradient's direction
      -> blocks         (rows, cols, block * block * orientations): groups of cells, normalised

The numbers are those of ``skimage.feature.hog``: hard votes, weighted by the gradient's length and
divided by the cell's number of pixels. Dalal and Triggs share each vote between neighbouring
directions and cells; :mod:`facenet_lite.by_hand.detect.fhog` shares it between cells.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.errors import InputError

Floats = NDArray[np.float64]

EPSILON: Final = 1e-5
"""Added to lengths, so that nothing is divided by zero."""
CLIP: Final = 0.2
"""L2-Hys limits a normalised vote to this, then normalises again (section 6.4)."""


def gradients(grey: ArrayLike) -> tuple[Floats, Floats]:
    """The slopes of a grey picture (H, W): downwards and to the right, float64 (H, W) each.

    ``[-1, 0, 1]`` without smoothing: the difference of the two neighbours, in grey levels per two
    pixels. Where a neighbour is missing, on the border, the slope is 0.
    Raises InputError unless ``grey`` is a finite array of two dimensions.
    """
    pixels = check_array(grey, "grey", shape=(None, None), dtype=np.float64)
    down, right = np.zeros_like(pixels), np.zeros_like(pixels)
    down[1:-1] = pixels[2:] - pixels[:-2]
    right[:, 1:-1] = pixels[:, 2:] - pixels[:, :-2]
    return down, right


def votes(
    grey: ArrayLike, *, orientations: int = 9, signed: bool = False
) -> tuple[NDArray[np.intp], Floats]:
    """What each pixel of a grey picture (H, W) votes for, and with what weight: two arrays (H, W).

    Bins are counted clockwise from the direction "brighter to the right", since rows run
    downwards. Unsigned bins cover 180 degrees (dark-to-light and light-to-dark are the same edge),
    signed ones 360. The weight is the gradient's length in grey levels.
    """
    check_number(orientations, "orientations", low=1, high=360, integer=True)
    down, right = gradients(grey)
    half_or_full_turn = 360.0 if signed else 180.0
    angle = np.rad2deg(np.arctan2(down, right)) % half_or_full_turn  # (H, W)
    width = half_or_full_turn / orientations
    bins = np.floor(angle / width).astype(np.intp)
    edges = width * np.arange(orientations + 1)
    bins = np.clip(bins, 0, orientations - 1)
    bins -= angle < edges[bins]  # subtle: a quotient can round across an edge; the edges decide
    bins += angle >= edges[bins + 1]
    return np.minimum(bins, orientations - 1), np.hypot(right, down)


def pool(bins: NDArray[np.intp], weight: Floats, *, cell: int = 8, orientations: int = 9) -> Floats:
    """Count the votes of each cell: float64 (H // cell, W // cell, orientations).

    ``bins`` and ``weight`` (H, W) are what :func:`votes` gives, or a part of it. Rows and columns
    left over at the bottom and the right vote for nothing. An entry is the summed weight, divided
    by the cell's number of pixels. Raises InputError where the picture holds no whole cell.
    """
    check_number(cell, "cell", low=1, integer=True)
    rows, cols = bins.shape[0] // cell, bins.shape[1] // cell
    if rows == 0 or cols == 0:
        raise InputError(
            f"grey: expected at least one cell of {cell} x {cell} pixels, got a picture of "
            f"{bins.shape[0]} x {bins.shape[1]}; enlarge it or choose smaller cells"
        )
    bins, weight = bins[: rows * cell, : cols * cell], weight[: rows * cell, : cols * cell]
    row = np.arange(rows * cell)[:, None] // cell
    col = np.arange(cols * cell)[None, :] // cell
    place = (row * cols + col) * orientations + bins  # the histogram entry that each pixel adds to
    summed = np.bincount(place.ravel(), weight.ravel(), minlength=rows * cols * orientations)
    return summed.reshape(rows, cols, orientations) / cell**2


def cells(grey: ArrayLike, *, cell: int = 8, orientations: int = 9, signed: bool = False) -> Floats:
    """One histogram of directions per cell: float64 (H // cell, W // cell, orientations).

    ``cell`` is its side in pixels; ``grey`` (H, W). Raises InputError as :func:`votes` and
    :func:`pool`.
    """
    bins, weight = votes(grey, orientations=orientations, signed=signed)
    return pool(bins, weight, cell=cell, orientations=orientations)


def normalise(vectors: Floats) -> Floats:
    """Divide each vector (N, D) by its length, so that contrast cancels: float64 (N, D).

    This is L2-Hys (section 6.4 of Dalal and Triggs).
    """
    unit = vectors / np.sqrt((vectors**2).sum(axis=1, keepdims=True) + EPSILON**2)
    unit = np.minimum(unit, CLIP)
    return np.asarray(unit / np.sqrt((unit**2).sum(axis=1, keepdims=True) + EPSILON**2))


def blocks(histograms: ArrayLike, *, block: int = 2) -> Floats:
    """Group cells (rows, cols, orientations) into overlapping squares and normalise each.

    ``block`` is the square's side in cells. Returns float64
    ``(rows - block + 1, cols - block + 1, block * block * orientations)``: a map over which a
    window slides without computing anything twice. Raises InputError where no block fits.
    """
    check_number(block, "block", low=1, integer=True)
    h = check_array(histograms, "histograms", shape=(None, None, None), dtype=np.float64)
    if h.shape[0] < block or h.shape[1] < block:
        raise InputError(
            f"histograms: expected at least {block} x {block} cells for one block, "
            f"got {h.shape[0]} x {h.shape[1]}; enlarge the picture or choose smaller cells"
        )
    grouped = sliding_window_view(h, (block, block), axis=(0, 1))  # (R, C, orientations, b, b)
    grouped = grouped.transpose(0, 1, 3, 4, 2)  # (R, C, b, b, orientations), scikit-image's order
    rows, cols = grouped.shape[:2]
    return normalise(grouped.reshape(rows * cols, -1)).reshape(rows, cols, -1)


def hog(
    grey: ArrayLike, *, orientations: int = 9, cell: int = 8, block: int = 2, signed: bool = False
) -> Floats:
    """The descriptor of a grey picture (H, W) as a map of blocks: float64 (rows, cols, dims).

    ``hog(...).ravel()`` is what ``skimage.feature.hog`` returns for the same settings, where
    ``signed`` is False. Raises InputError as the steps do.
    """
    histograms = cells(grey, cell=cell, orientations=orientations, signed=signed)
    return blocks(histograms, block=block)
