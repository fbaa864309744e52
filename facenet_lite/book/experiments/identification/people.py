"""LFW's people as a gallery, as its mates and as strangers, from dlib's recorded embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.builders.training_faces import REFERENCE
from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError
from facenet_lite.types import Picture

SUSPECT: Final = 0.05
"""Two pictures of two people are hardly ever this near: most such pairs are one person, named
differently."""


class Pictures(NamedTuple):
    """All N pictures in which HOG finds a face: ``names``, ``vectors`` float32 (N, 128),
    ``people`` int64 (N,); and ``left_out``, how many have no such face."""

    names: list[Picture]
    vectors: NDArray[np.float32]
    people: NDArray[np.int64]
    left_out: int


@dataclass(frozen=True, eq=False)
class Roles:
    """Who is known and who asks, one picture each: float32 (M, 128), (P, 128), (S, 128).

    ``gallery``: people known; ``mates``: another picture of the first P of them, in their order;
    ``strangers``: of people who are not in the gallery.
    """

    gallery: NDArray[np.float32]
    mates: NDArray[np.float32]
    strangers: NDArray[np.float32]

    @property
    def labels(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Whole numbers for the people of the three."""
        known, unknown = len(self.gallery), len(self.strangers)
        return np.arange(known), np.arange(len(self.mates)), known + np.arange(unknown)


def read(copy: Lfw) -> Pictures:
    """Read the embeddings that lie beside LFW, in ``dlib-reference.npz``.

    Raises AssetMissingError where there are none, AssetDamagedError where the file is damaged.
    """
    path = copy.root / REFERENCE
    if not path.is_file():
        raise AssetMissingError(
            f"{path}: expected dlib's embeddings of LFW's pictures (names, detected, embeddings); "
            "without it nobody can be looked for"
        )
    try:
        with np.load(path, allow_pickle=False) as stored:
            detected = stored["detected"]
            kept = np.flatnonzero(detected)
            files = [str(name) for name in stored["names"][kept]]
            vectors = stored["embeddings"][kept].astype(np.float32)
        names = [(file.split("/")[0], int(file[-8:-4])) for file in files]
    except (KeyError, ValueError, OSError, IndexError) as error:
        raise AssetDamagedError(f"{path}: expected names and embeddings ({error})") from error
    _, people = np.unique([name for name, _ in names], return_inverse=True)
    return Pictures(names, vectors, people, int((~detected).sum()))


def divide(pictures: Pictures, *, rng: np.random.Generator) -> Roles:
    """Give each person a role, by lot.

    Whoever has two pictures or more is in the gallery with one and asks with another. Of all others
    one half is in the gallery too, where nobody asks for them; the other half are strangers. Raises
    InputError where there are not two of each.
    """
    order = rng.permutation(len(pictures.people))
    _, first, count = np.unique(pictures.people[order], return_index=True, return_counts=True)
    several = np.flatnonzero(count > 1)
    # The second place of each person in the shuffled order.
    shuffled = np.lexsort((np.arange(len(order)), pictures.people[order]))
    starts = np.cumsum(count) - count
    second = shuffled[starts[several] + 1]
    singles = rng.permutation(first[count == 1])
    if len(several) < 2 or len(singles) < 4:
        raise InputError(
            f"pictures: expected 2 people with two pictures and 4 with one, got {len(several)} and "
            f"{len(singles)}"
        )
    half = len(singles) // 2
    known = np.concatenate([first[several], singles[:half]])
    rows = (order[some] for some in (known, second, singles[half:]))
    return Roles(*(pictures.vectors[row] for row in rows))


def threshold(copy: Lfw, pictures: Pictures) -> float:
    """The threshold that LFW's ten folds choose: the mean over folds, pairs without a face left
    out of the choice."""
    pairs = copy.pairs("folds")
    by_name = dict(zip(pictures.names, pictures.vectors, strict=True))
    found = evaluate.pair_distances(pairs, by_name, missing="report")
    return float(evaluate.ten_folds(pairs, found.squared, missing=found.missing).thresholds.mean())
