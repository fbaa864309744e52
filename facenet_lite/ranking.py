"""Each anchor's negatives in order of distance, and where its positives stand among them.

All anchor-positive pairs of an anchor share the same negatives. Once these are sorted, a binary
search replaces a walk over every triplet: B² log B steps for a batch of B instead of B³. Anchors
are taken block by block, so that memory never holds more than a few B x B numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from facenet_lite._checks import check_array, check_number, describe
from facenet_lite._extras import named
from facenet_lite.errors import InputError
from facenet_lite.types import Triplets

with named():
    import torch
    from torch import Tensor

MARGIN: Final = 0.2
"""The paper's margin alpha, on squared distances of unit vectors (section 3.1)."""

CELLS: Final = 1 << 17
"""A block of anchors holds about this many distances, so that they fit into a CPU's cache."""

ROWS: Final = 64
"""A block has at least this many anchors, because each block costs a matrix product."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some anchors of a batch of B, with everything that a rule needs to know about them.

    ``anchors`` (R,): their indices in the batch. ``distances`` (R, B): squared distances to all.
    ``positives``, ``negatives`` (R, B): masks; an anchor is not its own positive.
    ``order`` (R, B) int64 and ``sorted`` (R, B): the negatives, nearest first, ties by index, and
    their distances; infinity fills the rest.
    ``row`` (P,), ``positive`` (P,): every anchor-positive pair, by anchor, then by positive: the
    anchor's row in this block, and the positive's index in the batch.
    ``low``, ``high`` (P,): among the sorted negatives, ``[:low]`` are no further than the positive
    (hard) and ``[:high]`` are further by less than the margin (active); ``[low:high]`` is the
    semi-hard band. With a margin of 0, a negative exactly as far as the positive is hard but costs
    nothing: ``high`` may then be below ``low``, and the band is empty.
    """

    anchors: Tensor
    distances: Tensor
    positives: Tensor
    negatives: Tensor
    order: Tensor
    sorted: Tensor
    row: Tensor
    positive: Tensor
    low: Tensor
    high: Tensor

    @property
    def pair_distances(self) -> Tensor:
        """Squared distance of each anchor-positive pair: (P,)."""
        return self.distances[self.row, self.positive]


def blocks(
    embeddings: Tensor,
    labels: Tensor,
    margin: float,
    anchors: Tensor | None = None,
    *,
    size: int | None = None,
) -> Iterator[Block]:
    """Rank the negatives of every anchor, or only of ``anchors`` (A,) if given, block by block.

    ``embeddings`` (B, D) and ``labels`` (B,) as ``check_batch`` returns them; no gradient is kept.
    ``size``: the number of anchors in a block, by default from ``CELLS`` and ``ROWS``.
    """
    rows = torch.arange(len(labels), device=labels.device) if anchors is None else anchors
    size = size or max(ROWS, CELLS // max(1, len(labels)))
    with torch.no_grad():
        x = embeddings.double()
        squares = x.square().sum(1)  # (B,)
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            # |a|² + |b|² - 2ab in float64, then back to the given dtype: equal float32 rows are
            # then equally far from everything, so that ties stay ties.
            both = squares[some, None] + squares
            distances = both.addmm_(x[some], x.T, alpha=-2.0).clamp_min_(0.0)  # (R, B)
            yield _rank(distances.to(embeddings.dtype), labels, some, margin)


def _rank(distances: Tensor, labels: Tensor, anchors: Tensor, margin: float) -> Block:
    same = labels[anchors, None] == labels[None, :]
    positives = same.clone()
    positives[torch.arange(len(anchors), device=labels.device), anchors] = False
    ordered, order = _nearest_first(distances.masked_fill(same, torch.inf))
    row, positive = positives.nonzero(as_tuple=True)  # (P,) each
    low, high = _places(ordered, distances[row, positive], row, margin)
    return Block(
        anchors=anchors,
        distances=distances,
        positives=positives,
        negatives=~same,
        order=order,
        sorted=ordered,
        row=row,
        positive=positive,
        low=low,
        high=high,
    )


def _nearest_first(distances: Tensor) -> tuple[Tensor, Tensor]:
    """Sort each row of distances (R, B), all >= 0, ties by index: values and indices (R, B).

    On a CPU, NumPy sorts integers ten times as fast as torch sorts with indices. The bits of
    non-negative float32 numbers, read as integers, sort in the same order; one 64-bit integer holds
    them with the index in its lower half, which breaks the ties.
    """
    if distances.device.type != "cpu" or distances.dtype != torch.float32:
        values, order = distances.sort(dim=1, stable=True)
        return values, order
    keys = distances.view(torch.int32).to(torch.int64) << 32
    keys += torch.arange(distances.shape[1])
    keys.numpy().sort(axis=1)
    return (keys >> 32).to(torch.int32).view(torch.float32), keys & 0xFFFFFFFF


def _places(
    ordered: Tensor, distances: Tensor, row: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    """For pairs (P,) in ``row`` (P,), count the negatives in ``ordered`` (R, B) below each bound.

    A search in many rows needs the same number of values in each, so short rows are padded.
    """
    each = torch.bincount(row, minlength=len(ordered))
    column = torch.arange(len(row), device=row.device) - (each.cumsum(0) - each)[row]
    values = ordered.new_full((len(ordered), int(each.max()) if len(row) else 0), -torch.inf)
    values[row, column] = distances
    low = torch.searchsorted(ordered, values, side="right")
    high = torch.searchsorted(ordered, values + margin, side="left")
    return low[row, column], high[row, column]


def check_batch(embeddings: Any, labels: Any) -> tuple[Tensor, Tensor]:
    """Return embeddings (B, D), float32 or float64, with labels (B,) int64, or raise InputError."""
    vectors = check_embeddings(embeddings)
    numbers = labels
    if isinstance(labels, np.ndarray | list):
        numbers = torch.tensor(check_array(labels, "labels", shape=(None,), dtype=np.int64))
    whole = isinstance(numbers, Tensor) and not numbers.is_floating_point()
    if not whole or numbers.dtype == torch.bool or numbers.shape != vectors.shape[:1]:
        raise InputError(
            f"labels: expected a whole number for each of {len(vectors)} embeddings, "
            f"got {_describe(numbers)}"
        )
    return vectors, numbers.to(vectors.device, torch.int64)


def check_embeddings(value: Any) -> Tensor:
    """Return a finite tensor (B, D), float32 or float64, or raise InputError.

    Vectors too long for the dtype to hold their squared distances are refused as well. Half
    precision is refused: its three digits cannot separate semi-hard from easy negatives.
    """
    known = isinstance(value, np.ndarray) and value.dtype in (np.float16, np.float32, np.float64)
    tensor = torch.tensor(value) if known else value
    name = "embeddings: expected a float32 or float64 tensor (B, D), got"
    if not isinstance(tensor, Tensor) or tensor.ndim != 2 or tensor.shape[1] == 0:
        raise InputError(f"{name} {_describe(tensor)}")
    if tensor.dtype in (torch.float16, torch.bfloat16):
        raise InputError(f"{name} {_describe(tensor)}; embeddings.float() keeps the gradient")
    if tensor.dtype not in (torch.float32, torch.float64):
        raise InputError(f"{name} {_describe(tensor)}")
    if not tensor.isfinite().all():
        raise InputError(
            "embeddings: expected finite numbers, got NaN or infinity; "
            "the network has diverged: lower the learning rate"
        )
    # Two vectors of length r are at most 2 r apart.
    if len(tensor) and not (4 * tensor.detach().square().sum(1).max()).isfinite():
        raise InputError(
            f"embeddings: expected squared distances that {tensor.dtype} can hold, got longer "
            "vectors; normalise them to length 1, as FaceNet's are"
        )
    return tensor


def check_margin(margin: Any) -> float:
    """Return a margin of at least 0, or raise InputError."""
    return float(check_number(margin, "margin", low=0.0, high=torch.finfo(torch.float32).max))


def _describe(value: object) -> str:
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)} and dtype {value.dtype}"
    return describe(value)


def collect(parts: Sequence[Tensor]) -> Triplets:
    """Join the blocks' rows of (anchor, positive, negative), each (T, 3) int64, in order."""
    rows = torch.cat(list(parts)) if parts else torch.zeros((0, 3), dtype=torch.int64)
    return Triplets.of(rows.cpu().numpy())
