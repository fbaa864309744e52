"""Where landmarks lie in a crop: one place for each, the same for every face."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_choice, check_number

Count: TypeAlias = Literal[5, 68]

TEMPLATE_5: Final = np.array(
    [
        [0.8595674595992, 0.2134981538014],
        [0.6460604764104, 0.2289674387677],
        [0.1205750620789, 0.2137274526848],
        [0.3340850613712, 0.2290642403242],
        [0.4901123135679, 0.6277975316475],
    ]
)
"""Where dlib puts its five points in a crop of side 1 without margin (get_face_chip_details)."""

RIGID_68: Final = (*range(27, 55), *range(60, 65))
"""The 33 of 68 points that dlib aligns by: the nose, the eyes, and the mouth without its lower lip.

The jaw, the brows and the lower lip, which move most with pose and expression, are left out.
"""

TEMPLATE_68: Final = np.array(
    [
        [0.490127, 0.203352], [0.490127, 0.307009], [0.490127, 0.409805], [0.490127, 0.515625],
        [0.36688, 0.587326], [0.426036, 0.609345], [0.490127, 0.628106], [0.554217, 0.609345],
        [0.613373, 0.587326], [0.121737, 0.216423], [0.187122, 0.178758], [0.265825, 0.179852],
        [0.334606, 0.231733], [0.260918, 0.245099], [0.182743, 0.244077], [0.645647, 0.231733],
        [0.714428, 0.179852], [0.793132, 0.178758], [0.858516, 0.216423], [0.79751, 0.244077],
        [0.719335, 0.245099], [0.254149, 0.780233], [0.340985, 0.745405], [0.428858, 0.727388],
        [0.490127, 0.742578], [0.551395, 0.727388], [0.639268, 0.745405], [0.726104, 0.780233],
        [0.290379, 0.784792], [0.428096, 0.778746], [0.490127, 0.785343], [0.552157, 0.778746],
        [0.689874, 0.784792],
    ]
)  # fmt: skip
"""Where dlib puts the points of ``RIGID_68`` in a crop of side 1 without margin."""

EYES: Final = {5: ((0, 1), (2, 3)), 68: (tuple(range(42, 48)), tuple(range(36, 42)))}
"""Each eye's points, the person's left eye first: its corners among 5 points, its rim among 68."""


def template(size: int, crop_margin: float, count: Count = 5) -> NDArray[np.float64]:
    """The places of the landmarks in a crop of ``size`` pixels with ``crop_margin`` around them.

    All of 5 points, (5, 2); of 68 points those of ``RIGID_68``, (33, 2). They are in pixels counted
    from the first pixel's centre, as landmarks are, which explains the half.
    """
    check_number(size, "size", low=1, integer=True)
    check_number(crop_margin, "crop_margin", low=0)
    places = TEMPLATE_5 if check_choice(count, "count", (5, 68)) == 5 else TEMPLATE_68
    placed: NDArray[np.float64] = (places + crop_margin) / (1 + 2 * crop_margin) * size - 0.5
    return placed


def eye_places(size: int, crop_margin: float) -> NDArray[np.float64]:
    """The middles of the eyes in the template, (2, 2), the person's left eye first."""
    places = template(size, crop_margin)
    return np.stack([places[list(corners)].mean(0) for corners in EYES[5]])
