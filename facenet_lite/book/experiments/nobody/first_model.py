"""Faces of Nobody as first tried: what the model of today is measured against.

No mirror images, covariances by moments, the frame's edge for a border, Delaunay's triangles found
anew for every picture, and 0.8 of the variation within people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite.data.nobody.components import principal

Floats: TypeAlias = NDArray[np.float64]

SIZE: Final = 96
TEXTURES: Final = 160
SHAPES: Final = 24
SPREAD: Final = 0.8
EDGE: Final = (0, SIZE / 2, SIZE - 1)
BORDER: Final = np.array([[x, y] for x in EDGE for y in EDGE if (x, y) != (SIZE / 2, SIZE / 2)])
"""Eight points on the edge of the picture."""


@dataclass(frozen=True, eq=False)
class FirstFaces:
    """``mean_shape``: (76, 2) with the border; ``mean_texture`` and ``textures``: 0 to 1, flat;
    ``shapes``: (S, 136); ``weight``: of a pixel against a grey level; ``who`` and ``how``: (D, D).
    """

    mean_shape: Floats
    mean_texture: NDArray[np.float32]
    textures: NDArray[np.float32]
    shapes: NDArray[np.float32]
    weight: float
    who: Floats
    how: Floats

    @classmethod
    def fit(
        cls,
        pictures: NDArray[np.uint8],
        landmarks: Floats,
        people: NDArray[np.int64],
        *,
        rng: np.random.Generator,
    ) -> FirstFaces:
        """Fit to pictures (N, 96, 96, 3) with 68 landmarks each (N, 68, 2) of people (N,)."""
        mean_shape = np.vstack([landmarks.mean(axis=0), BORDER])
        vertex, weight = _found_in(mean_shape)
        flat = np.empty((len(pictures), SIZE * SIZE * 3), np.float32)
        for row, picture, points in zip(flat, pictures, landmarks, strict=True):
            where = np.einsum("nk,nkd->nd", weight, np.vstack([points, BORDER])[vertex])
            row[:] = (_remapped(picture, where) / np.float32(255)).ravel()
        mean_texture = flat.mean(axis=0)
        flat -= mean_texture
        texture = principal(flat, min(TEXTURES, len(flat) - 1), rng=rng, rounds=2)
        moved = (landmarks - mean_shape[:68]).reshape(len(landmarks), -1)
        shape = principal(moved, min(SHAPES, len(flat) - 1), rng=rng)
        ratio = np.sqrt(np.square(texture.scores).sum() / np.square(shape.scores).sum())
        scores = np.concatenate([texture.scores, shape.scores * ratio], axis=1).astype(float)
        between, within = _by_moments(scores, people)
        return cls(
            mean_shape,
            mean_texture,
            texture.vectors,
            shape.vectors,
            float(ratio),
            _root(between),
            _root(within),
        )

    def sample(
        self, people: int, each: int, *, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], Floats]:
        """Pictures (people * each, 96, 96, 3) and their landmarks (people * each, 68, 2)."""
        who = rng.standard_normal((people, len(self.who))) @ self.who.T
        how = rng.standard_normal((people * each, len(self.who))) @ self.how.T
        return self.draw(np.repeat(who, each, axis=0) + SPREAD * how)

    def draw(self, coefficients: Floats) -> tuple[NDArray[np.uint8], Floats]:
        """Pictures and landmarks for coefficients (N, D)."""
        split = len(self.textures)
        pictures = np.empty((len(coefficients), SIZE, SIZE, 3), np.uint8)
        landmarks = np.empty((len(coefficients), 68, 2))
        for row, c in enumerate(coefficients):
            skin = (self.mean_texture + c[:split] @ self.textures).reshape(SIZE, SIZE, 3)
            moved = (c[split:] / self.weight @ self.shapes).reshape(68, 2)
            landmarks[row] = self.mean_shape[:68] + moved
            vertex, weight = _found_in(np.vstack([landmarks[row], BORDER]))
            where = np.einsum("nk,nkd->nd", weight, self.mean_shape[vertex])
            drawn = _remapped(skin.astype(np.float32), where)
            pictures[row] = (np.clip(drawn, 0, 1) * 255).astype(np.uint8)
        return pictures, landmarks


def _found_in(points: Floats) -> tuple[NDArray[np.intp], Floats]:
    """For every pixel the corners (P, 3) of its triangle and its barycentric coordinates (P, 3)."""
    from scipy.spatial import Delaunay

    mesh = Delaunay(points)
    y, x = np.mgrid[:SIZE, :SIZE]
    pixels = np.column_stack([x.ravel(), y.ravel()]).astype(float)
    triangle = np.maximum(mesh.find_simplex(pixels), 0)
    to_bary = mesh.transform[triangle]
    two = np.einsum("nij,nj->ni", to_bary[:, :2], pixels - to_bary[:, 2])
    return mesh.simplices[triangle], np.column_stack([two, 1 - two.sum(axis=1)])


def _remapped(picture: NDArray[np.generic], where: Floats) -> NDArray[np.float32]:
    import cv2

    x, y = where.T.astype(np.float32).reshape(2, SIZE, SIZE)
    drawn = cv2.remap(
        np.asarray(picture, np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(drawn, np.float32)


def _by_moments(scores: Floats, people: NDArray[np.int64]) -> tuple[Floats, Floats]:
    _, who, counts = np.unique(people, return_inverse=True, return_counts=True)
    means = np.zeros((len(counts), scores.shape[1]))
    np.add.at(means, who, scores)
    means /= counts[:, None]
    several = counts[who] >= 2
    rest = (scores - means[who])[several]
    within = rest.T @ rest / (several.sum() - (counts >= 2).sum())
    values, vectors = np.linalg.eigh(scores.T @ scores / len(scores) - within)
    return (vectors * np.maximum(values, 0)) @ vectors.T, within


def _root(covariance: Floats) -> Floats:
    safe = covariance + 1e-6 * np.eye(len(covariance))
    return np.asarray(np.linalg.cholesky(safe), np.float64)
