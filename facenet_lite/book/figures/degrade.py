"""A degraded drawn face: how far its embedding moves, beside the distances of many pairs."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from facenet_lite import degrade, imaging
from facenet_lite._checks import check_number
from facenet_lite.book.figures.base import Figure, check_square, shares
from facenet_lite.book.plots.pictures import photo_uri
from facenet_lite.data import nobody
from facenet_lite.distances import squared_distances
from facenet_lite.errors import InputError
from facenet_lite.evaluate import separation
from facenet_lite.models import Embedder, ModelSpec
from facenet_lite.types import Image

SIDE: Final = 256
"""The side, in pixels, of the crop that is degraded: the largest of the paper's table 4."""
QUALITIES: Final = (None, 90, 70, 50, 30, 20, 10)
"""The paper's JPEG qualities (section 5.3), preceded by None for no compression."""
PIXELS: Final = (SIDE**2, 25_600, 14_400, 6_400, 3_600, 1_600)
"""Pixels of the reduced crop, from full size on: the paper's (section 5.3), and one more."""
EACH: Final = 4
"""The number of pictures of each person."""
STREAM: Final = 61
"""The stream of the draws here: no training uses it (``train.sources``), whatever its seed."""
BINS: Final = 60
SHOWN: Final = 96
"""The largest side, in pixels, of the pictures in the page."""
SHOWN_QUALITY: Final = 84


class Degrade(Figure, module="degrade.mjs"):
    """A face at every one of ``QUALITIES`` and ``PIXELS``, and how far a network moves it.

    ``pictures``: a data URI for each quality and each number of ``pixels``; ``squared``: likewise
    the squared distances ``[itself, another, second]``: to the undegraded picture, to another
    undegraded picture of the person, and to one of a second person; ``ranks``: likewise how many
    same pairs are nearer than ``itself``, and how many different pairs are as near or nearer;
    ``others``: data URIs of the two other pictures; ``pairs``: how many same and different pairs
    were measured; ``same`` and ``different``: the shares of them in ``BINS`` bars from 0 to
    ``highest``; ``network``: its name; ``quality`` and ``size``: the indices shown.
    """

    alt = t.Unicode(
        "An interactive figure: a drawn face is compressed and reduced to fewer pixels. It is "
        "shown as the network gets it, and its squared distances to its undegraded self, to "
        "another picture of the same person and to a second person are marked below two "
        "histograms, of pairs of one person and of two."
    ).tag(sync=True)
    qualities: t.List[Any] = t.List().tag(sync=True)
    pixels: t.List[Any] = t.List().tag(sync=True)
    pictures: t.List[Any] = t.List().tag(sync=True)
    squared: t.List[Any] = t.List().tag(sync=True)
    ranks: t.List[Any] = t.List().tag(sync=True)
    others: t.List[Any] = t.List().tag(sync=True)
    pairs: t.List[Any] = t.List().tag(sync=True)
    same: t.List[Any] = t.List().tag(sync=True)
    different: t.List[Any] = t.List().tag(sync=True)
    highest = t.Float(1.0).tag(sync=True)
    network = t.Unicode("").tag(sync=True)
    quality = t.Int(0).tag(sync=True)
    size = t.Int(0).tag(sync=True)

    @classmethod
    def of(cls, network: Embedder, *, people: int = 60) -> Degrade:
        """Draw ``people`` people, whom no training has seen, with ``EACH`` pictures; measure.

        All pairs of their undegraded pictures make the histograms. The first picture of the first
        person is degraded; the others are that person's second, and the second person's first.
        Raises InputError for fewer than 3 people.
        """
        check_number(people, "people", low=3, integer=True)
        spec = network.spec
        drawn = _drawn(people, spec)
        vectors = network.embed(_inputs(drawn.reshape(-1, *drawn.shape[2:]), spec))
        grid = [worse(drawn[0, 0], quality, pixels) for quality in QUALITIES for pixels in PIXELS]
        crops = _inputs(np.array(grid, object), spec)
        found = network.embed(crops)
        squared = np.stack(
            [squared_distances(found, other) for other in (found[0], vectors[1], vectors[EACH])], -1
        )
        known = separation(vectors.reshape(people, EACH, -1))
        nearest = np.array(
            [(np.sum(known.same < d), np.sum(known.different <= d)) for d in squared[:, 0]]
        )
        highest = _round_up(max(known.same.max(), known.different.max(), squared.max()))
        shape = len(QUALITIES), len(PIXELS)
        uris = np.array([_uri(crop) for crop in crops], object)
        return cls(
            qualities=list(QUALITIES),
            pixels=list(PIXELS),
            pictures=uris.reshape(shape).tolist(),
            squared=squared.astype(float).round(4).reshape(*shape, 3).tolist(),
            ranks=nearest.reshape(*shape, 2).tolist(),
            others=[_uri(crop) for crop in _inputs(drawn[[0, 1], [1, 0]], spec)],
            pairs=[len(known.same), len(known.different)],
            same=shares(known.same, BINS, highest),
            different=shares(known.different, BINS, highest),
            highest=highest,
            network=spec.name,
        )


def worse(crop: Image, quality: int | None, pixels: int) -> Image:
    """Reduce a square crop to ``pixels`` pixels, then compress it at a JPEG ``quality``.

    ``quality`` None: not compressed. Raises InputError for a crop that is not square, or a
    number of pixels that is not a square number.
    """
    check_square(crop, "crop")
    side = math.isqrt(int(check_number(pixels, "pixels", low=1, integer=True)))
    if side**2 != pixels:
        raise InputError(f"pixels: expected a square number such as 1600, got {pixels}")
    small = imaging.resize(crop, height=side, width=side)
    return small if quality is None else degrade.jpeg(small, quality)


def _drawn(people: int, spec: ModelSpec) -> NDArray[np.uint8]:
    """Pictures of people, RGB uint8 (people, EACH, SIDE, SIDE, 3), that vary as in training."""
    model = nobody.load()
    for_people, for_pictures = np.random.default_rng([0, STREAM]).spawn(2)
    some = model.sample_identities(people, rng=for_people)
    drawn = model.sample_pictures(
        some, EACH, rng=for_pictures, size=SIDE, crop_margin=spec.crop_margin
    )
    return drawn.pictures


def _inputs(crops: NDArray[Any], spec: ModelSpec) -> NDArray[np.uint8]:
    """Resize crops of any size to the network's input: area averages down, interpolation up."""
    side = spec.image_size
    return np.stack([imaging.resize(crop, height=side, width=side) for crop in crops])


def _uri(crop: Image) -> str:
    return photo_uri(crop, SHOWN, SHOWN_QUALITY)


def _round_up(value: float) -> float:
    """Round up to two digits, so that the axis ends on the number; 1 for 0."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / unit) * unit:.6g}")
