"""A Haar feature that the reader moves over a face."""

from __future__ import annotations

import base64
from typing import Any, Final

import cv2
import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_image
from facenet_lite.book.figures.base import Figure
from facenet_lite.boxes import clip
from facenet_lite.by_hand.detect.cascade_file import Cascade, Stump
from facenet_lite.errors import InputError
from facenet_lite.imaging import to_grey
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
        offered = [*KINDS, *(f"stump {n}" for n in range(1, len(self.stumps) + 1))]
        if proposal["value"] not in offered:
            raise InputError(
                f"kind: expected one of {', '.join(offered)}, got {proposal['value']!r}"
            )
        return proposal["value"]

    @classmethod
    def of(cls, image: Image, box: ArrayLike, cascade: Cascade) -> HaarFeature:
        """Cut a face out of an RGB picture (H, W, 3), with the stumps of the cascade's first stage.

        ``box``: x1 y1 x2 y2, right and bottom excluded. Raises InputError for other shapes, or a
        box entirely outside the picture.
        """
        height, width = check_image(image).shape[:2]
        wanted = check_array(box, "box", shape=(4,), dtype=np.float32)
        inside = clip(wanted[None], height=height, width=width)
        if len(inside) == 0:
            raise InputError(
                f"box: expected one inside the {width} x {height} picture, got {wanted.tolist()}"
            )
        x1, y1, x2, y2 = np.rint(inside[0]).astype(int).tolist()
        cut = to_grey(np.ascontiguousarray(image[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]))
        face = np.asarray(cv2.resize(cut, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)
        return cls(
            grey=base64.b64encode(face.tobytes()).decode(),
            window=cascade.width,
            stumps=[_as_json(stump) for stump in cascade.stages[0].stumps],
        )


def _as_json(stump: Stump) -> dict[str, Any]:
    parts = stump.feature.rectangles
    return {
        "rectangles": [[r.x, r.y, r.width, r.height, r.weight] for r in parts],
        "threshold": stump.threshold,
        "left": stump.left,
        "right": stump.right,
    }
