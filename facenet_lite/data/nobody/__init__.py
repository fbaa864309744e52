"""Faces of Nobody: any number of faces of people who do not exist, drawn from a seed.

This is an active appearance model (Cootes, Edwards and Taylor 1998) of 68 landmarks and the skin
between them. As in probabilistic LDA (Prince and Elder 2007), each coefficient is the sum of a part
for who it is and a part for how they look in this picture.
"""

from __future__ import annotations

from facenet_lite.data.nobody.file import load, read, write
from facenet_lite.data.nobody.model import SPREAD, FaceModel
from facenet_lite.data.nobody.nuisances import Nuisances
from facenet_lite.data.nobody.splits import Splits, split
from facenet_lite.data.nobody.values import AXES, PARTS, Identities, Part, Pictures

__all__ = [
    "AXES",
    "PARTS",
    "SPREAD",
    "FaceModel",
    "Identities",
    "Nuisances",
    "Part",
    "Pictures",
    "Splits",
    "load",
    "read",
    "split",
    "write",
]
