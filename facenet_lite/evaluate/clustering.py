"""How many people are on these pictures? Clusters by a threshold, and scores for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_choice, check_flag, check_number
from facenet_lite.errors import InputError
from facenet_lite.evaluate.exact_search import pairs_within
from facenet_lite.evaluate.neighbours import check_gallery

Linkage: TypeAlias = Literal["single", "average", "complete"]
LINKAGES: Final[tuple[Linkage, ...]] = get_args(Linkage)

MOST: Final = 20_000
"""More pictures than this would take over 1.6 GB for the table of all their distances."""
COARSE: Final = 200
"""This many thresholds are tried first for the best clusters."""
BLOCK: Final = 2048
"""This many pictures are compared with the rest at a time."""


@dataclass(frozen=True)
class ClusterScores:
    """``precision``: the share of what was put together that belongs together; ``recall``: the
    share of what belongs together that was put together; both from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 where both are."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def cluster(
    embeddings: ArrayLike,
    threshold: float,
    *,
    linkage: Linkage = "single",
    progress: bool = False,
    block: int = BLOCK,
) -> NDArray[np.int64]:
    """Put together the pictures that are within ``threshold`` of each other (squared distance).

    ``embeddings`` (N, D); returns a cluster for each, int64 (N,), numbered from 0 in the order of
    their first pictures. ``linkage`` says how near two clusters are, and clusters join, nearest
    first, up to the threshold:

    - ``single``: as near as their two nearest pictures. These are the connected components of the
      graph of accepted pairs. One picture between two people *chains* them: if A is within the
      threshold of B and B of C, then A and C share a cluster at any distance. The more pictures,
      the more such bridges, so a threshold that is right for pairs is too wide for clusters. No
      table of all distances is held: ``block`` pictures are compared with the rest at a time.
    - ``average``: as near as the mean of all distances between them.
    - ``complete``: as near as their two furthest pictures, so that all pairs of a cluster are
      within the threshold.

    The latter two hold all N (N - 1) / 2 distances, 8 bytes each, and take at most 20,000 pictures.
    No pictures are no clusters. Raises InputError for NaN, other shapes, a threshold below 0, an
    unknown linkage, or too many pictures.
    """
    vectors = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
    check_number(threshold, "threshold", low=0)
    check_choice(linkage, "linkage", LINKAGES)
    check_flag(progress, "progress")
    check_number(block, "block", low=1, integer=True)
    labels = np.arange(len(vectors))
    if len(vectors) < 2:
        return labels
    vectors = check_gallery(vectors)
    if linkage != "single":
        return _cut(_tree(vectors, linkage), threshold)
    from tqdm import tqdm

    for start in tqdm(range(0, len(vectors), block), disable=not progress, unit="block"):
        # Each pair once: a block with itself and with what comes after it.
        rest, some = vectors[start:], vectors[start : start + block]
        for rows, columns in pairs_within(rest, some, threshold):
            labels = _joined(labels, rows + start, columns + start)
    return labels


def cluster_threshold(
    embeddings: ArrayLike, people: ArrayLike, *, linkage: Linkage = "average"
) -> tuple[float, ClusterScores]:
    """The threshold with the best clusters of pictures whose people are known, and their scores.

    Best by the harmonic mean of B-cubed precision and recall (``b_cubed``), among up to 200
    thresholds at which clusters join and then all those next to the best; of equal ones the
    lowest. It is another one than that which is best for
    pairs, and it depends on how many people and pictures there are: choose it on an album like the
    one to be clustered. ``embeddings`` (N, D) and ``people``, whole numbers (N,), at most 20,000.
    Raises InputError as ``cluster`` does.
    """
    vectors = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
    who = check_array(people, "people", shape=(len(vectors),), dtype=np.int64)
    check_choice(linkage, "linkage", LINKAGES)
    if len(vectors) < 2:
        raise InputError(f"embeddings: expected at least 2, got {len(vectors)}")
    tree = _tree(check_gallery(vectors), linkage)
    heights = np.unique(np.concatenate(([0.0], tree[:, 2])))
    step = max(1, len(heights) // COARSE)
    best = _best(tree, heights, who, range(0, len(heights), step))
    between = range(max(0, best - step), min(len(heights), best + step + 1))
    best = _best(tree, heights, who, between)
    return float(heights[best]), b_cubed(_cut(tree, heights[best]), who)


def pairwise_scores(clusters: ArrayLike, people: ArrayLike) -> ClusterScores:
    """Score clusters by pairs of pictures.

    ``clusters`` (N,) and ``people`` (N,), whole numbers. Precision: of the pairs in one cluster,
    the share that shows one person; recall: of the pairs of one person, the share in one cluster.
    Where nothing was put together nothing is wrong, and precision is 1; without any pair of one
    person recall is 1. A person with n pictures has n(n - 1)/2 pairs, so a few people with many
    pictures weigh most.
    Raises InputError for other shapes or no pictures.
    """
    counts = _counts(clusters, people)
    together, same, both = (
        int((n * (n - 1) // 2).sum()) for n in (counts.clusters, counts.people, counts.shared)
    )
    return ClusterScores(both / together if together else 1.0, both / same if same else 1.0)


def b_cubed(clusters: ArrayLike, people: ArrayLike) -> ClusterScores:
    """Score clusters picture by picture (B-cubed, Bagga and Baldwin 1998).

    A picture's precision is the share of its cluster that is of its person, its recall the share of
    its person's pictures that are in its cluster, itself counted; the scores are the means over
    pictures. So each picture weighs the same. Shapes and errors as in ``pairwise_scores``.
    """
    counts = _counts(clusters, people)
    # n pictures share cluster and person, and each of them has n / size.
    squares = counts.shared.astype(np.float64) ** 2
    pictures = int(counts.shared.sum())
    return ClusterScores(
        float((squares / counts.of_cluster).sum() / pictures),
        float((squares / counts.of_person).sum() / pictures),
    )


class _Counts(NamedTuple):
    """``shared`` (T,): how many pictures a cluster and a person have in common, for each two that
    have any; ``of_cluster``, ``of_person`` (T,): how many pictures these two have; ``clusters``,
    ``people``: how many each cluster and each person has."""

    shared: NDArray[np.int64]
    of_cluster: NDArray[np.int64]
    of_person: NDArray[np.int64]
    clusters: NDArray[np.int64]
    people: NDArray[np.int64]


def _tree(vectors: NDArray[np.float32], linkage: Linkage) -> NDArray[np.float64]:
    """SciPy's table of joins, (N - 1, 4), by squared distance."""
    from scipy.cluster.hierarchy import linkage as join
    from scipy.spatial.distance import pdist

    if len(vectors) > MOST:
        raise InputError(
            f"embeddings: expected at most {MOST:,} for this, got {len(vectors):,}; "
            "linkage='single' takes more"
        )
    joins: NDArray[np.float64] = join(pdist(vectors, "sqeuclidean"), linkage)
    return joins


def _best(
    tree: NDArray[np.float64], heights: NDArray[np.float64], who: NDArray[np.int64], tried: range
) -> int:
    scores = [b_cubed(_cut(tree, heights[i]), who).f1 for i in tried]
    return tried[int(np.argmax(scores))]


def _cut(tree: NDArray[np.float64], threshold: float) -> NDArray[np.int64]:
    """The clusters below a threshold, numbered in the order of their first pictures."""
    from scipy.cluster.hierarchy import fcluster

    found = fcluster(tree, threshold, "distance")
    _, first, labels = np.unique(found, return_index=True, return_inverse=True)
    order: NDArray[np.int64] = np.argsort(np.argsort(first))[labels].astype(np.int64)
    return order


def _joined(
    labels: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The labels with the clusters of ``a`` and ``b``, pair by pair, made one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, two = labels[a], labels[b]
    other = one != two
    if not other.any():
        return labels
    edges = (np.ones(other.sum(), np.int8), (one[other], two[other]))
    size = len(labels)
    _, part = connected_components(coo_array(edges, shape=(size, size)), directed=False)
    # Components are numbered by their first nodes, so the order of first pictures is kept.
    joined: NDArray[np.int64] = part[labels].astype(np.int64)
    return joined


def _counts(clusters: ArrayLike, people: ArrayLike) -> _Counts:
    a = check_array(clusters, "clusters", shape=(None,), dtype=np.int64)
    b = check_array(people, "people", shape=(len(a),), dtype=np.int64)
    if len(a) == 0:
        raise InputError("clusters: expected at least one picture, got none")
    _, rows, sizes = np.unique(a, return_inverse=True, return_counts=True)
    _, columns, pictures = np.unique(b, return_inverse=True, return_counts=True)
    cells, shared = np.unique(rows * len(pictures) + columns, return_counts=True)
    row, column = np.divmod(cells, len(pictures))
    return _Counts(shared, sizes[row], pictures[column], sizes, pictures)
