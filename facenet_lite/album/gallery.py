"""Known people, and who a face is: open-set identification with the rates of its threshold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite.album.table import FaceTable
from facenet_lite.album.verification import largest
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import InputError

BLOCK: Final = 1024
"""This many faces are compared with the gallery at a time."""


@dataclass(frozen=True)
class Match:
    """Who a face is: ``name``, or None for nobody of the gallery.

    ``nearest`` and ``squared_distance``: the gallery's nearest person, also beyond the threshold;
    ``second`` and ``second_distance``: the next person, None and infinity in a gallery of one.
    """

    name: str | None
    nearest: str
    squared_distance: float
    second: str | None
    second_distance: float


@dataclass(frozen=True)
class GalleryRates:
    """How a threshold does on the gallery's own photographs, each asked about in turn.

    Of ``probes`` photographs of people who have another one: ``right`` were named rightly,
    ``wrong`` as somebody else, the rest not named. Of ``strangers``, all photographs with their
    own person taken out of the gallery, ``alarms`` were named as somebody.
    """

    threshold: float
    people: int
    probes: int
    right: int
    wrong: int
    strangers: int
    alarms: int

    def __str__(self) -> str:
        known = (
            f"of {self.probes:,} photographs with another one of the same person {self.right:,} "
            f"are named rightly and {self.wrong:,} wrongly"
            if self.probes
            else "nobody has two photographs, so how many would be named rightly is not estimable"
        )
        return (
            f"asked about its own photographs, this gallery of {self.people:,} people at a "
            f"threshold of {self.threshold:.4g}: {known}; with their own person taken out, "
            f"{self.alarms:,} of {self.strangers:,} are named as somebody else"
        )


@dataclass(frozen=True, eq=False)
class Gallery:
    """One face for each photograph of known people: a table whose photographs have names."""

    table: FaceTable

    def __post_init__(self) -> None:
        if not self.table.people or len(self.table) == 0:
            raise InputError(
                "table: expected at least one face of a named person; facenet-lite enroll FOLDER "
                "makes a gallery of a folder with one sub-folder a person"
            )

    @classmethod
    def of(cls, table: FaceTable) -> Gallery:
        """A gallery of the largest face in each photograph of a table with names."""
        faces: list[int] = []
        for row in np.unique(table.photo):
            own = np.flatnonzero(table.photo == row)
            faces.append(int(own[largest(table.boxes[own])]))
        return cls(table.take(np.array(faces, np.intp)))

    @property
    def people(self) -> list[str]:
        """The names, in alphabetical order."""
        return sorted(set(self.table.names))

    def identify(self, embeddings: ArrayLike, threshold: float) -> list[Match]:
        """Who each of Q faces is; ``embeddings`` (Q, D) of the gallery's network.

        A person is as near as their nearest photograph, and is named within ``threshold``, a
        squared distance. Raises InputError for embeddings of another dimension.
        """
        vectors = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
        check_number(threshold, "threshold", low=0)
        names, who = np.unique(self.table.names, return_inverse=True)
        found = []
        for start in range(0, len(vectors), BLOCK):
            some = vectors[start : start + BLOCK]
            squared = pairwise_squared_distances(some, self.table.embeddings)
            for row in _by_person(squared, who, len(names)):
                first, *rest = np.argsort(row, kind="stable")[:2].tolist()
                match = Match(
                    None,
                    str(names[first]),
                    float(row[first]),
                    str(names[rest[0]]) if rest else None,
                    float(row[rest[0]]) if rest else float("inf"),
                )
                within = match.squared_distance <= threshold
                found.append(replace(match, name=match.nearest) if within else match)
        return found

    def rates(self, threshold: float) -> GalleryRates:
        """Ask about each of the gallery's own photographs, without that photograph in it."""
        check_number(threshold, "threshold", low=0)
        names, who = np.unique(self.table.names, return_inverse=True)
        vectors = self.table.embeddings
        probes = right = wrong = alarms = 0
        for start in range(0, len(vectors), BLOCK):
            rows = np.arange(start, min(start + BLOCK, len(vectors)))
            squared = pairwise_squared_distances(vectors[rows], vectors)
            squared[np.arange(len(rows)), rows] = np.inf
            by_person = _by_person(squared, who, len(names))
            own = by_person[np.arange(len(rows)), who[rows]].copy()
            by_person[np.arange(len(rows)), who[rows]] = np.inf
            other = by_person.min(axis=1)
            mated = np.isfinite(own)
            probes += int(mated.sum())
            right += int((mated & (own <= threshold) & (own <= other)).sum())
            wrong += int((mated & (other <= threshold) & (other < own)).sum())
            alarms += int((other <= threshold).sum())
        strangers = len(vectors) if len(names) > 1 else 0
        return GalleryRates(threshold, len(names), probes, right, wrong, strangers, alarms)


def _by_person(
    squared: NDArray[np.float32], who: NDArray[np.intp], people: int
) -> NDArray[np.float32]:
    """The distance to the nearest photograph of each person, (Q, people)."""
    order = np.argsort(who, kind="stable")
    starts = np.searchsorted(who[order], np.arange(people))
    nearest: NDArray[np.float32] = np.minimum.reduceat(squared[:, order], starts, axis=1)
    return nearest
