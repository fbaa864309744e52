"""Mine a whole data set, with embeddings from an earlier state of the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias, get_args

import torch
from torch import Tensor

from facenet_lite._checks import check_array, check_choice
from facenet_lite.errors import InputError
from facenet_lite.miners.band import nearest_in_band
from facenet_lite.miners.hardest import hardest_of_each
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin
from facenet_lite.types import Triplets

Offline: TypeAlias = Literal["semi_hard", "batch_hard"]

OFFLINE: Final[tuple[Offline, ...]] = get_args(Offline)
"""The rules that pick at most one triplet per pair."""


def offline(
    embeddings: Any,
    labels: Any,
    *,
    rule: Offline = "semi_hard",
    margin: float = MARGIN,
    anchors: Any = None,
    progress: bool = False,
) -> Triplets:
    """Mine triplets of a whole data set, as ``rule`` would with all N pictures in one batch.

    ``embeddings`` (N, D), ``labels`` (N,): tensors, or arrays as ``Embedder.embed`` gives them.
    They are computed once with the current weights and become stale as training goes on, so mine
    again every few hundred steps. ``anchors``: indices of the anchors to mine for, all if None;
    positives and negatives come from the whole set. Only ``"semi_hard"`` uses ``margin``.
    ``progress`` shows a progress bar of anchors.

    Works on one block of anchors at a time, so memory grows with N, not N²: 0.5 GB at N = 100,000.
    (FaceNet, section 3.2, "generate triplets offline every n steps"; the paper takes the hardest
    triplets of a subset.)
    Raises InputError as the rules do, and for anchors beyond the data set.
    """
    check_choice(rule, "rule", OFFLINE)
    vectors, numbers = check_batch(embeddings, labels)
    chosen = None
    if anchors is not None:
        chosen = _check_anchors(anchors, numbers)
    found = blocks(vectors, numbers, check_margin(margin), chosen)
    watched = _with_bar(found, len(numbers) if chosen is None else len(chosen), progress)
    return nearest_in_band(watched) if rule == "semi_hard" else hardest_of_each(watched)


def _check_anchors(anchors: Any, labels: Tensor) -> Tensor:
    given = anchors.cpu().numpy() if isinstance(anchors, Tensor) else anchors
    rows = check_array(given, "anchors", shape=(None,), dtype="int64")
    if rows.min(initial=0) < 0 or rows.max(initial=-1) >= len(labels):
        raise InputError(f"anchors: expected indices of {len(labels)} pictures, got one beyond")
    return torch.from_numpy(rows).to(labels.device)


def _with_bar(found: Iterator[Block], anchors: int, progress: bool) -> Iterator[Block]:
    from tqdm import tqdm

    with tqdm(total=anchors, disable=not progress, unit="anchor") as bar:
        for block in found:
            yield block
            bar.update(len(block.anchors))
