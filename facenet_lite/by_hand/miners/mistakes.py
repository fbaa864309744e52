"""Two widely copied rules that are wrong, kept to show what a network learns from them."""

from __future__ import annotations

from torch import Tensor

from facenet_lite.by_hand.miners.loops import distances, pairs, positives, strangers
from facenet_lite.types import Triplets


def farthest_negative(embeddings: Tensor, labels: Tensor) -> Triplets:
    """Each anchor with its farthest positive and its *farthest* negative: argmax for argmin.

    ``embeddings`` (B, D), ``labels`` (B,). The farthest negative is the easiest one.
    """
    people = labels.tolist()
    d = distances(embeddings.detach().numpy(), people)
    found = []
    for a in range(len(people)):
        friends, others = positives(people, a), strangers(people, a)
        if friends and others:
            found.append(
                (a, max(friends, key=lambda p: d[a][p]), max(others, key=lambda n: d[a][n]))
            )
    return Triplets.of(found)


def reversed_semi_hard(embeddings: Tensor, labels: Tensor) -> Triplets:
    """Every pair with the farthest negative *nearer* than the positive: d_n < d_p for d_p < d_n.

    Arguments are as for ``farthest_negative``. These negatives are hard; none is semi-hard.
    """
    people = labels.tolist()
    d = distances(embeddings.detach().numpy(), people)
    found = []
    for a, p in pairs(people):
        nearer = [n for n in strangers(people, a) if d[a][n] < d[a][p]]
        if nearer:
            found.append((a, p, max(nearer, key=lambda n: d[a][n])))
    return Triplets.of(found)
