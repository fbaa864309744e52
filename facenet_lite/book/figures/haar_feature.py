"""A Haar feature that the reader moves over a face."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any, Final

import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite._checks import check_choice
from facenet_lite.book.figures.base import Figure, packed
from facenet_lite.book.figures.hog_cells import face_of
from facenet_lite.by_hand.detect.cascade_file import Cascade, Stump
from facenet_lite.types import Image

SIZE: Final = 96
"""The side of the face in the page, in pixels: four times the cascade's window of 24."""

KINDS: Final = ("left-right", "top-bottom", "three across", "three down")


class HaarFeature(Figure, module="haar_feature.mjs"):
    """A grey face as one window of the cascade, and a feature that the reader moves over it.

    ``grey``: its pixels, base64 of ``size`` x ``size`` bytes. ``kind``: one of KINDS, or
    ``"stump 1"``, ...: the cascade's own, from ``stumps``, whose rectangles are in pixels of the
    24 x 24 ``window``. ``x``, ``y``, ``width``, ``height``: where the feature lies, in pixels of
    ``size``. The page computes sums and response from the face's integral image.
    """

    alt = t.Unicode(
        "An interactive figure: a grey face with a feature of light and dark rectangles on it. "
        "The feature can be moved, resized and changed, and its sums and its response are read out."
    ).tag(sync=True)
    grey = t.Unicode("").tag(sync=True)
    size = t.Int(SIZE).tag(sync=True)
    window = t.Int(24).tag(sync=True)
    stumps: t.List[Any] = t.List().tag(sync=True)
    kind = t.Unicode("top-bottom").tag(sync=True)
    x = t.Int(20).tag(sync=True)
    y = t.Int(24).tag(sync=True)
    width = t.Int(56).tag(sync=True)
    height = t.Int(24).tag(sync=True)

    @t.validate("kind")
    def _kind_is_offered(self, proposal: dict[str, str]) -> str:
        stumps = (f"stump {number}" for number in range(1, len(self.stumps) + 1))
        return str(check_choice(proposal["value"], "kind", [*KINDS, *stumps]))

    @classmethod
    def of(cls, image: Image, box: ArrayLike, cascade: Cascade) -> HaarFeature:
        """Cut a face out of an RGB picture (H, W, 3), with the stumps of the cascade's first stage.

        ``box``: x1 y1 x2 y2, right and bottom excluded. Raises InputError for other shapes, or a
        box entirely outside the picture.
        """
        return cls(
            grey=packed(face_of(image, box, margin=0, size=SIZE)),
            window=cascade.width,
            stumps=[_as_json(stump) for stump in cascade.stages[0].stumps],
        )


def _as_json(stump: Stump) -> dict[str, Any]:
    return {
        "rectangles": [list(astuple(part)) for part in stump.feature.rectangles],
        "threshold": stump.threshold,
        "left": stump.left,
        "right": stump.right,
    }
