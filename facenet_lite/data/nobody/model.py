"""The face model: from numbers for who and how to pictures with known landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_choice, check_number, describe
from facenet_lite.data.nobody import mesh
from facenet_lite.data.nobody.mesh import CANVAS
from facenet_lite.data.nobody.nuisances import Nuisances
from facenet_lite.data.nobody.tone import tone_curve
from facenet_lite.data.nobody.values import PARTS, Identities, Part, Pictures
from facenet_lite.errors import InputError

Floats: TypeAlias = NDArray[np.float64]
Drawn: TypeAlias = tuple[NDArray[np.uint8], NDArray[np.float32]]

GRAIN: Final = 1024
"""Textures are summed in integer multiples of 1/1024 grey level, see ``FaceModel.textures``."""
LIMIT: Final = 5.0
"""Coefficients are clipped to this many standard deviations."""
TONE_BELOW: Final = 256
TONE: Final = tone_curve(np.arange(-TONE_BELOW, 512))
SPREAD: Final = 0.8
"""By default a part varies this many times as much as in LFW. At 1 dlib's HOG detector misses more
faces and its network confuses more people: ``results/nobody.json`` has both figures.
"""
CUT: Final = 2.5
"""Drawn numbers are clipped to this many standard deviations."""
BATCH: Final = 16
"""The number of pictures drawn at once; more would take more memory and save no time."""


@dataclass(frozen=True, eq=False)
class FaceModel:
    """A mean face, the components of its variation, and how people and pictures use them.

    ``mean_texture``: float32 (128, 64, 3), the left half of the mean; ``kept`` and ``turned``: int8
    (K, 128, 64, 3), left halves of the texture's components, in units of ``steps`` (K,) grey levels
    per standard deviation; ``mean_shape``: (68, 2), on the canvas; ``shape_components``: (S, 68, 2)
    pixels per standard deviation; ``triangles``: uint8 (T, 3); ``who``: (D, R), the change of the
    coefficients with each number of an identity; ``how``: the same for each part, (D, Q);
    ``facts``: what it was built from, and the variance that its components explain.

    The D coefficients are those of symmetric textures, antisymmetric textures, and shapes.
    ``load`` reads the package's own model.
    """

    mean_texture: NDArray[np.float32] = field(repr=False)
    kept: NDArray[np.int8] = field(repr=False)
    turned: NDArray[np.int8] = field(repr=False)
    steps: NDArray[np.float32] = field(repr=False)
    mean_shape: Floats = field(repr=False)
    shape_components: Floats = field(repr=False)
    triangles: NDArray[np.uint8] = field(repr=False)
    who: Floats = field(repr=False)
    how: Mapping[Part, Floats] = field(repr=False)
    facts: Mapping[str, float] = field(default_factory=dict)
    _bases: tuple[NDArray[np.float32], NDArray[np.float32]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        bases = tuple(b.reshape(len(b), -1).astype(np.float32) for b in (self.kept, self.turned))
        split = len(self.kept)
        reach = sum(
            steps @ np.abs(basis)
            for steps, basis in zip((self.steps[:split], self.steps[split:]), bases, strict=True)
        )
        if (float(np.max(reach)) * LIMIT + 255) * GRAIN >= 2**24:
            raise InputError("steps: expected sums that float32 holds exactly; take smaller steps")
        object.__setattr__(self, "_bases", bases)

    @property
    def identity_dim(self) -> int:
        """The number of numbers in an identity."""
        return int(self.who.shape[1])

    @property
    def part_dims(self) -> dict[Part, int]:
        """The number of parameters of each part of how."""
        return {part: self.how[part].shape[1] for part in PARTS}

    def sample_identities(self, count: int, *, rng: np.random.Generator) -> Identities:
        """Draw ``count`` people, labelled 0, 1, 2, ..."""
        check_number(count, "count", low=0, integer=True)
        drawn = _check_rng(rng).standard_normal((count, self.identity_dim))
        return Identities(np.clip(drawn, -CUT, CUT), np.arange(count))

    def sample_pictures(
        self,
        identities: Identities,
        per_identity: int,
        *,
        rng: np.random.Generator,
        scale: Mapping[Part, float] | None = None,
        fixed: Mapping[Part, ArrayLike] | None = None,
        nuisances: Nuisances | None = None,
        size: int = 96,
        crop_margin: float = 0.25,
    ) -> Pictures:
        """Draw ``per_identity`` pictures of each person, as ``draw`` does, with exact landmarks.

        ``scale``: how much a part varies, relative to LFW's pictures of one person: 0 switches it
        off, 1 is as much as in LFW, and ``SPREAD`` is the default.
        ``fixed``: values for a part instead of drawn ones, in standard deviations: anything that
        broadcasts to (N, K, Q).
        Neither changes the draws of other parts, so pictures from the same seed differ only in
        what was changed.
        """
        shape = (len(identities), per_identity)
        generators = _check_rng(rng).spawn(len(PARTS) + 1)
        c, parameters = self._sample(identities, per_identity, generators[:-1], scale, fixed)
        pictures, landmarks = self.draw(c, size=size, crop_margin=crop_margin)
        if nuisances:
            pictures, amounts = nuisances.apply(pictures, rng=generators[-1])
            parameters |= {kind: values.reshape(shape) for kind, values in amounts.items()}
        return Pictures(
            pictures.reshape(*shape, size, size, 3),
            np.repeat(identities.labels, per_identity).reshape(shape),
            landmarks.reshape(*shape, 68, 2),
            parameters,
        )

    def sample_coefficients(
        self,
        identities: Identities,
        per_identity: int,
        *,
        rng: np.random.Generator,
        scale: Mapping[Part, float] | None = None,
    ) -> Floats:
        """The coefficients (N * K, D) of the pictures that ``sample_pictures`` draws.

        Use it to draw the pictures of many calls at once.
        """
        generators = _check_rng(rng).spawn(len(PARTS) + 1)
        return self._sample(identities, per_identity, generators[:-1], scale, None)[0]

    def _sample(
        self,
        identities: Identities,
        per_identity: int,
        generators: list[np.random.Generator],
        scale: Mapping[Part, float] | None,
        fixed: Mapping[Part, ArrayLike] | None,
    ) -> tuple[Floats, dict[str, NDArray[np.float32]]]:
        """Coefficients and parameters; each part is drawn from its own generator."""
        check_number(per_identity, "per_identity", low=0, integer=True)
        shape = (len(identities), per_identity)
        parameters: dict[str, NDArray[np.float32]] = {}
        for part, generator in zip(PARTS, generators, strict=True):
            factor = (scale or {}).get(part, SPREAD)
            check_number(factor, f"scale of {part}", low=0)
            drawn = np.clip(generator.standard_normal((*shape, self.part_dims[part])), -CUT, CUT)
            parameters[part] = (factor * drawn).astype(np.float32)
        for part, values in (fixed or {}).items():
            check_choice(part, "part", PARTS)
            parameters[part] = _broadcast(values, part, parameters[part].shape)
        for part in scale or {}:
            check_choice(part, "part", PARTS)
        count = len(identities) * per_identity
        c = self.coefficients(
            np.repeat(identities.coordinates, per_identity, axis=0),
            {part: parameters[part].reshape(count, dim) for part, dim in self.part_dims.items()},
        )
        return c, parameters

    def coefficients(
        self, identities: ArrayLike, parameters: Mapping[Part, ArrayLike] | None = None
    ) -> Floats:
        """Coefficients (N, D) of identities (N, R) with parameters (N, Q) for some parts of how.

        Both are in standard deviations. A part that is not named stays at its mean.
        """
        who = check_array(identities, "identities", shape=(None, self.identity_dim), dtype=float)
        total = who @ self.who.T
        for part, given in (parameters or {}).items():
            check_choice(part, "part", PARTS)
            columns = self.how[part]
            values = check_array(given, part, shape=(len(who), columns.shape[1]), dtype=float)
            total = total + values @ columns.T
        return total

    def textures(self, coefficients: ArrayLike) -> NDArray[np.uint8]:
        """The skin of faces in the mean shape, RGB uint8 (N, 128, 128, 3), on the canvas.

        ``coefficients``: (N, D). The summands are integers that float32 holds exactly, so neither
        the order of summation nor the size of a batch changes a single byte.
        """
        c = self._checked(coefficients)
        split, end = len(self.kept), len(self.steps)
        amounts = np.rint(c[:, :end] * (self.steps * GRAIN)).astype(np.float32)
        kept, turned = (
            (a @ basis).reshape(-1, CANVAS, CANVAS // 2, 3)
            for a, basis in zip((amounts[:, :split], amounts[:, split:]), self._bases, strict=True)
        )
        kept += np.rint(self.mean_texture * GRAIN)
        out = np.empty((len(c), CANVAS, CANVAS, 3), np.uint8)
        out[:, :, : CANVAS // 2] = _toned(kept + turned)
        kept -= turned
        out[:, :, CANVAS // 2 :] = _toned(kept)[:, :, ::-1]
        return out

    def shapes(self, coefficients: ArrayLike) -> Floats:
        """The landmarks (N, 68, 2) of faces on the canvas; the few folded ones are corrected."""
        c = self._checked(coefficients)[:, len(self.steps) :]
        drawn = self.mean_shape + np.tensordot(c, self.shape_components, axes=1)
        return mesh.unfold(drawn, self.mean_shape, self.triangles)

    def draw(self, coefficients: ArrayLike, *, size: int = 96, crop_margin: float = 0.25) -> Drawn:
        """Draw faces where ``align.crop(image, landmarks, size, crop_margin=...)`` puts real ones.

        ``coefficients``: (N, D), as ``coefficients`` returns them. Returns pictures, RGB uint8
        (N, size, size, 3), and their exact landmarks, float32 (N, 68, 2), x and y in pixels, which
        are outside the picture if the margin leaves no room for them.
        """
        c = self._checked(coefficients)
        check_number(size, "size", low=16, high=1024, integer=True)
        check_number(crop_margin, "crop_margin", low=0, high=0.5)
        scale, *shift = mesh.frame(size, crop_margin)
        pictures = np.empty((len(c), size, size, 3), np.uint8)
        landmarks = np.empty((len(c), 68, 2), np.float32)
        source = mesh.vertices(self.mean_shape[None], self.mean_shape)[0]
        for start in range(0, len(c), BATCH):
            some = slice(start, start + BATCH)
            shapes = self.shapes(c[some])
            placed = mesh.vertices(shapes, self.mean_shape) * scale + shift
            maps = mesh.affine_maps(source, placed, self.triangles).astype(np.float32)
            corners = mesh.fixed_point(placed[:, self.triangles])
            landmarks[some] = placed[:, :68]
            for number, texture in enumerate(self.textures(c[some])):
                pictures[start + number] = mesh.warp(texture, corners[number], maps[number], size)
        return pictures, landmarks

    def _checked(self, coefficients: ArrayLike) -> Floats:
        c = check_array(coefficients, "coefficients", shape=(None, len(self.who)), dtype=float)
        return np.asarray(np.clip(c, -LIMIT, LIMIT), float)


def _toned(sums: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Round 1/1024 to whole grey levels, in place, and apply the tone curve."""
    sums *= np.float32(1 / GRAIN)
    np.rint(sums, out=sums)
    np.clip(sums, -TONE_BELOW, len(TONE) - TONE_BELOW - 1, out=sums)
    sums += TONE_BELOW
    return TONE[sums.astype(np.int16)]


def _check_rng(rng: np.random.Generator) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise InputError(
            f"rng: expected a numpy.random.Generator, got {describe(rng)}; "
            "numpy.random.default_rng(0) makes one"
        )
    return rng


def _broadcast(values: ArrayLike, part: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    try:
        return np.array(np.broadcast_to(np.asarray(values, np.float32), shape))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"fixed {part}: expected values that broadcast to {shape}, got {error}"
        ) from error
