"""dlib's embeddings of LFW's pictures, as somebody has computed them beside the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facenet_lite.book.builders.training_faces import REFERENCE
from facenet_lite.data.lfw import Lfw, Part
from facenet_lite.errors import AssetDamagedError, AssetMissingError


@dataclass(frozen=True, eq=False)
class LfwEmbeddings:
    """``train``: float32 (N, 128), the pictures of View 1's training people, whose faces a model is
    built from; ``test``: (M, 128), of its test people, who are others. ``train_people`` and
    ``test_people`` say who is on each, in ascending whole numbers."""

    train: NDArray[np.float32]
    train_people: NDArray[np.int64]
    test: NDArray[np.float32]
    test_people: NDArray[np.int64]

    @property
    def one_each(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The first picture of every person, of training and of test."""
        return tuple(  # type: ignore[return-value]
            vectors[np.unique(people, return_index=True)[1]]
            for vectors, people in (
                (self.train, self.train_people),
                (self.test, self.test_people),
            )
        )

    @property
    def first_two(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The first and the second picture of every training person who has two."""
        first = np.unique(self.train_people, return_index=True)[1]
        first = first[first + 1 < len(self.train)]
        both = first[self.train_people[first] == self.train_people[first + 1]]
        return self.train[both], self.train[both + 1]


def read_all(copy: Lfw) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The embeddings (N, 128) of all pictures, detected or not, and who is on each, (N,).

    People are numbered in the order of their names. Raises as ``read`` does.
    """
    with _opened(copy) as stored:
        owners = [str(name).partition("/")[0] for name in stored["names"]]
        vectors = stored["embeddings"]
    return vectors, np.unique(owners, return_inverse=True)[1].astype(np.int64)


def read(copy: Lfw) -> LfwEmbeddings:
    """Read the embeddings of all detected faces from ``dlib-reference.npz`` in LFW's folder.

    Raises AssetMissingError where there is none, AssetDamagedError where it does not fit the lists.
    """
    with _opened(copy) as stored:
        rows = {str(name): i for i, name in enumerate(stored["names"])}
        embeddings, detected = stored["embeddings"], stored["detected"]
        parts = [_part(copy, part, rows, detected) for part in ("train", "test")]
    (train, train_people), (test, test_people) = parts
    return LfwEmbeddings(embeddings[train], train_people, embeddings[test], test_people)


@contextmanager
def _opened(copy: Lfw) -> Iterator[Any]:
    path = copy.root / REFERENCE
    if not path.is_file():
        raise AssetMissingError(
            f"{path}: expected dlib's embeddings of LFW's pictures (names, detected, embeddings); "
            "without it these faces cannot be compared with LFW's"
        )
    try:
        with np.load(path, allow_pickle=False) as stored:
            yield stored
    except (KeyError, ValueError, OSError) as error:
        raise AssetDamagedError(f"{path}: expected every listed picture ({error})") from error


def _part(
    copy: Lfw, part: Part, rows: dict[str, int], detected: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    found, people = [], []
    for person, (name, count) in enumerate(copy.people(part).items()):
        for number in range(1, count + 1):
            row = rows[f"{name}/{name}_{number:04d}.jpg"]
            if detected[row]:
                found.append(row)
                people.append(person)
    return np.array(found, np.intp), np.array(people, np.int64)
