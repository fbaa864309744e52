"""Build the face model behind Faces of Nobody from LFW's View 1 training people.

``facenet-lite build nobody --lfw DIR``: landmarks, pictures warped to the mean shape, principal
components of texture and shape, covariances between and within people, and the parts of how.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number
from facenet_lite.book.builders import parts, training_faces
from facenet_lite.book.builders.components import halves, principal
from facenet_lite.book.builders.covariances import two_covariances
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data.nobody import Part, file, mesh
from facenet_lite.data.nobody.mesh import CANVAS, Floats
from facenet_lite.data.nobody.model import FaceModel

HALF: Final = CANVAS // 2
OUTSIDE: Final = 0.4
"""The weight of the pixels around the face in the components; the face's pixels have weight 1."""
GRAIN: Final = 0.16
"""The smallest quantisation step of a stored component, in grey levels per standard deviation."""

PIXEL: Final = 8.0
"""To order columns, a shift of all landmarks by one pixel counts as this many grey levels."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Config:
    """The model's dimensions. ``partial``: where an interrupted run resumes, ``block`` faces at a
    time.

    ``kept``, ``turned``: texture components that keep or change their sign in a mirror, cut off
    where both hold the same variance; ``shapes_kept``, ``shapes_turned``: the same of shapes;
    ``who``, ``background``, ``other``: numbers of an identity, and of the unnamed parts.
    """

    lfw: Path | None = None
    partial: Path = Path("build/nobody")
    kept: int = 170
    turned: int = 110
    shapes_kept: int = 20
    shapes_turned: int = 16
    who: int = 150
    background: int = 40
    other: int = 200
    rounds: int = 30
    seed: int = 0
    block: int = 500
    progress: bool = True

    def __post_init__(self) -> None:
        for name in (
            "kept",
            "turned",
            "shapes_kept",
            "shapes_turned",
            "who",
            "background",
            "other",
        ):
            check_number(getattr(self, name), name, low=1, integer=True)


class Basis(NamedTuple):
    """Components in units of one standard deviation, (K, ...), the faces' scores (N, K) along them,
    and the variance ``held`` by them of ``total``."""

    components: NDArray[np.float32]
    scores: Floats
    held: float
    total: float


def build(
    *, lfw: Path | None = None, folder: Path | None = None, config: Config | None = None
) -> Path:
    """Build the model and write ``nobody.npz`` into ``folder`` (the working directory if None).

    To replace the package's own file, put it beside ``file.py``, and copy its bytes and SHA-256,
    which are logged, into ``assets.toml``.
    """
    settings = replace(config or Config(), lfw=lfw)
    path = file.write(fit(settings), (folder or Path()) / file.NAME)
    content = path.read_bytes()
    log.info('bytes = %d, sha256 = "%s"', len(content), hashlib.sha256(content).hexdigest())
    return path


def fit(config: Config) -> FaceModel:
    """Gather the faces and fit the model. Raises AssetMissingError where LFW is incomplete."""
    copy = lfw_data.find(config.lfw)
    faces = training_faces.gather(copy)
    pictures = training_faces.textures(
        copy, faces, config.partial, block=config.block, progress=config.progress
    )
    rng = np.random.default_rng(config.seed)
    mean_shape = faces.mean_shape
    mean_texture, skin = _mean_half(pictures), face_area(mean_shape)
    kept, turned = (
        _texture_basis(pictures, mean_texture, skin, which, count, rng)
        for which, count in enumerate((config.kept, config.turned))
    )
    reflected = training_faces.mirrored(faces.shapes)
    shape_kept = _basis((faces.shapes + reflected) / 2 - mean_shape, config.shapes_kept, rng)
    shape_turned = _basis((faces.shapes - reflected) / 2, config.shapes_turned, rng)
    facts = {
        "pictures": len(faces),
        "people": len(np.unique(faces.people)),
        "texture_share": _share(kept, turned),
        "shape_share": _share(shape_kept, shape_turned),
    }
    log.info(", ".join(f"{name} {value:g}" for name, value in facts.items()))
    shapes = np.concatenate([shape_kept.components, shape_turned.components]).astype(float)
    between, within = _covariances(faces.people, (kept, shape_kept), (turned, shape_turned), config)
    sizes = np.concatenate([_rms(kept.components), _rms(turned.components), PIXEL * _rms(shapes)])
    how = _split(within, kept.components, turned.components, shapes, sizes, skin, config)
    (q_kept, s_kept), (q_turned, s_turned) = (quantised(b.components) for b in (kept, turned))
    return FaceModel(
        mean_texture=mean_texture,
        kept=q_kept,
        turned=q_turned,
        steps=np.concatenate([s_kept, s_turned]),
        mean_shape=mean_shape,
        shape_components=shapes,
        triangles=mesh.triangulate(mean_shape),
        who=parts.factor(between, config.who, sizes),
        how=how,
        facts=facts,
    )


def face_area(mean_shape: Floats) -> NDArray[np.bool_]:
    """The mask (128, 128) of the canvas's pixels inside the face, from chin to forehead."""
    import cv2

    outline = mesh.vertices(mean_shape[None], mean_shape)[0][: 68 + len(mesh.FOREHEAD)]
    hull = cv2.convexHull(mesh.fixed_point(outline))
    area = np.zeros((CANVAS, CANVAS), np.uint8)
    cv2.fillConvexPoly(area, hull, 1, cv2.LINE_8, mesh.SHIFT)
    return (area | area[:, ::-1]) > 0


def _mean_half(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The left half (128, 64, 3) of the mean of all pictures and their mirror images."""
    mean = np.mean([chunk.mean(axis=0) for chunk in np.array_split(pictures, 20)], axis=0)
    half: NDArray[np.float32] = halves(mean[None].astype(np.float32))[0][0]
    return half


def _texture_basis(
    pictures: NDArray[np.uint8],
    mean: NDArray[np.float32],
    skin: NDArray[np.bool_],
    which: int,
    count: int,
    rng: np.random.Generator,
) -> Basis:
    """Components that a mirror keeps (``which`` 0) or negates (1), with the face weighted most."""
    import cv2

    soft = cv2.GaussianBlur(np.where(skin, 1, OUTSIDE).astype(np.float32), (0, 0), 3)
    weight = np.asarray(soft)[:, :HALF, None]
    values = np.empty((len(pictures), CANVAS, HALF, 3), np.float32)
    for start in range(0, len(pictures), 500):  # all at once would take much memory
        some = slice(start, start + 500)
        values[some] = halves(pictures[some].astype(np.float32))[which]
        values[some] = (values[some] - (mean if which == 0 else 0)) * weight
    basis = _basis(values, count, rng)
    return basis._replace(components=basis.components / weight)


def _basis(values: NDArray[np.floating], count: int, rng: np.random.Generator) -> Basis:
    found = principal(values.reshape(len(values), -1).astype(np.float32), count, rng=rng)
    deviation = np.sqrt(np.square(found.scores, dtype=float).mean(axis=0))
    components = found.vectors * deviation[:, None].astype(np.float32)
    held = float(np.square(deviation).sum())
    return Basis(
        components.reshape(count, *values.shape[1:]),
        found.scores / deviation,
        held,
        held / found.share,
    )


def _share(*bases: Basis) -> float:
    """The share of the variance that components hold, over bases that do not covary."""
    return sum(b.held for b in bases) / sum(b.total for b in bases)


def _covariances(
    people: NDArray[np.int64],
    kept: tuple[Basis, Basis],
    turned: tuple[Basis, Basis],
    config: Config,
) -> tuple[Floats, Floats]:
    """B and W (D, D) of all coefficients. The data include each face's mirror image, so the parts
    that a mirror keeps and those that it negates do not covary, and are estimated separately."""
    sizes = [b.scores.shape[1] for b in (kept[0], turned[0], kept[1], turned[1])]
    ends = np.cumsum(sizes)
    places = [np.arange(end - size, end) for size, end in zip(sizes, ends, strict=True)]
    between, within = np.zeros((2, ends[-1], ends[-1]))
    for bases, where in (
        (kept, np.concatenate([places[0], places[2]])),
        (turned, np.concatenate([places[1], places[3]])),
    ):
        scores = np.concatenate([b.scores for b in bases], axis=1)
        found = two_covariances(scores, people, rounds=config.rounds)
        between[np.ix_(where, where)] = found.between
        within[np.ix_(where, where)] = found.within
    return between, within


def _split(
    within: Floats,
    kept: NDArray[np.float32],
    turned: NDArray[np.float32],
    shapes: Floats,
    sizes: Floats,
    skin: NDArray[np.bool_],
    config: Config,
) -> dict[Part, Floats]:
    """The columns of each part of how, taken from the covariance within people one by one."""
    left = np.concatenate([kept, turned]).astype(float)
    right = np.concatenate([kept, -turned]).astype(float)[:, :, ::-1]
    components = np.concatenate([left, right], axis=2)  # (K, 128, 128, 3)

    def of_textures(measured: Floats) -> Floats:  # (Q, 128 x 128 x 3) or fewer pixels
        return np.pad(measured, ((0, 0), (0, len(shapes))))

    how: dict[Part, Floats] = {}
    rest = within
    for part in ("yaw", "pitch", "expression"):
        on_shapes = np.tensordot(parts.shape_measurements(part), shapes, axes=((1, 2), (1, 2)))
        measured = np.pad(on_shapes, ((0, 0), (len(components), 0)))
        how[part], rest = parts.conditioned(rest, measured)
    lights = parts.light_measurements(skin)
    on_skin = np.tensordot(lights, components, axes=((1, 2, 3), (1, 2, 3)))
    how["light"], rest = parts.conditioned(rest, of_textures(on_skin))
    around = components[:, ~skin].reshape(len(components), -1).T
    how["background"], rest = parts.leading(rest, of_textures(around), config.background)
    how["other"] = parts.factor(rest, config.other, sizes)
    return how


def _rms(components: NDArray[np.floating]) -> Floats:
    """The root mean square (K,) of each component (K, ...)."""
    flat = components.reshape(len(components), -1)
    return np.asarray(np.sqrt(np.square(flat, dtype=float).mean(axis=1)), float)


def quantised(components: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Components in whole steps of at least ``GRAIN`` grey levels, -127 to 127, and the steps."""
    largest = np.abs(components).max(axis=(1, 2, 3))
    steps = np.maximum(largest / 127, GRAIN).astype(np.float32)
    return np.rint(components / steps[:, None, None, None]).astype(np.int8), steps
