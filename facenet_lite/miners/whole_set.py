"""Mining over a whole data set, with embeddings of a network that has since moved on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias, get_args

import torch
from torch import Tensor

from facenet_lite._checks import check_array, check_choice
from facenet_lite.errors import InputError
from facenet_lite.miners.band import nearest_in_band
from facenet_lite.miners.batch_hard import hardest_of_each
from facenet_lite.ranking import MARGIN, Block, blocks, check_batch, check_margin
from facenet_lite.types import Triplets

Offline: TypeAlias = Literal["semi_hard", "batch_hard"]

OFFLINE: Final[tuple[Offline, ...]] = get_args(Offline)
"""The rules that give at most one triplet a pair."""


def offline(
    embeddings: Any,
    labels: Any,
    *,
    rule: Offline = "semi_hard",
    margin: float = MARGIN,
    anchors: Any = None,
    progress: bool = False,
) -> Triplets:
    """Mine triplets of a whole data set: what ``rule`` picks where all N pictures are the batch.

    ``embeddings`` (N, D), ``labels`` (N,): tensors, or arrays as ``Embedder.embed`` gives them,
    computed once with the weights of that moment: they grow stale with every later step, so mine
    again every few hundred. ``anchors``: indices of the anchors to mine for, all if None; their
    positives and negatives come from the whole set. ``margin`` is read by ``"semi_hard"``.
    ``progress`` shows a bar of anchors.

    A block of anchors at a time: memory grows with N, not N², and is 0.5 GB at N = 100,000.
    (FaceNet, section 3.2, "generate triplets offline every n steps"; there, the extremes of a
    subset.)
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
