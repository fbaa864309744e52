"""The embeddings of LFW's pictures that ``data.lfw_reference`` reads, with who is in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data import lfw_reference
from facenet_lite.data.lfw import Lfw
from facenet_lite.types import Picture


class Embedded(NamedTuple):
    """``pictures``, N of them; ``vectors``, their embeddings, float32 (N, 128); ``people``, int64
    (N,), numbered in the order of their names; ``left_out``, the number of further pictures, in
    which HOG finds no face."""

    pictures: list[Picture]
    vectors: NDArray[np.float32]
    people: NDArray[np.int64]
    left_out: int


@dataclass(frozen=True, eq=False)
class LfwEmbeddings:
    """``train``: float32 (N, 128), embeddings of View 1's training people, for building a model;
    ``test``: (M, 128), those of its test people, none of whom is in ``train``. ``train_people`` and
    ``test_people``: who is in each picture, in ascending whole numbers."""

    train: NDArray[np.float32]
    train_people: NDArray[np.int64]
    test: NDArray[np.float32]
    test_people: NDArray[np.int64]

    @property
    def one_each(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The first picture of every training person and of every test person."""
        train = self.train[np.unique(self.train_people, return_index=True)[1]]
        return train, self.test[np.unique(self.test_people, return_index=True)[1]]

    @property
    def first_two(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The first and the second picture of every training person with at least two."""
        first = np.unique(self.train_people, return_index=True)[1]
        first = first[first + 1 < len(self.train)]
        both = first[self.train_people[first] == self.train_people[first + 1]]
        return self.train[both], self.train[both + 1]


def embedded(copy: Lfw, *, undetected: bool = False) -> Embedded:
    """The embeddings of all pictures in which HOG finds a face; with ``undetected`` also those of
    the others, from the box where funneling puts a face. Raises as ``lfw_reference.read`` does."""
    names = lfw_reference.read(copy, "names")
    kept = np.ones(len(names), bool) if undetected else lfw_reference.read(copy, "detected")
    try:
        pictures = [(file.split("/")[0], int(file[-8:-4])) for file in names[kept].tolist()]
    except ValueError as error:
        raise lfw_reference.damaged(lfw_reference.path(copy), "names", error) from error
    people = np.unique([name for name, _ in pictures], return_inverse=True)[1].astype(np.int64)
    vectors = lfw_reference.read(copy, "embeddings")[kept].astype(np.float32)
    return Embedded(pictures, vectors, people, int((~kept).sum()))


def by_view1(copy: Lfw) -> LfwEmbeddings:
    """The embeddings of all detected faces in View 1. Raises as ``lfw_reference.read`` does."""
    found = []
    for part in ("train", "test"):
        listed = enumerate(copy.people(part).items())
        rows = [(who, (name, n)) for who, (name, count) in listed for n in range(1, count + 1)]
        pictures = [picture for _, picture in rows]
        seen = lfw_reference.read(copy, "detected", pictures)
        people = np.array([who for who, _ in rows], np.int64)
        found += [lfw_reference.read(copy, "embeddings", pictures)[seen], people[seen]]
    return LfwEmbeddings(*found)
