"""Faces of Nobody: as many faces as one likes, of people who do not exist, drawn from a seed.

An active appearance model (Cootes, Edwards and Taylor 1998) of 68 landmarks and the skin between
them, whose coefficients are split into who and how as in probabilistic LDA (Prince and Elder 2007).
"""

from __future__ import annotations

from facenet_lite.data.nobody.dataset import PictureDataset
from facenet_lite.data.nobody.file import load, read, write
from facenet_lite.data.nobody.model import SPREAD, FaceModel
from facenet_lite.data.nobody.nuisances import Nuisances
from facenet_lite.data.nobody.parts import AXES, PARTS, Part
from facenet_lite.data.nobody.splits import Splits, split
from facenet_lite.data.nobody.values import Identities, Pictures

__all__ = [
    "AXES",
    "PARTS",
    "SPREAD",
    "FaceModel",
    "Identities",
    "Nuisances",
    "Part",
    "PictureDataset",
    "Pictures",
    "Splits",
    "load",
    "read",
    "split",
    "write",
]
