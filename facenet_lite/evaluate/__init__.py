"""How good, and how sure we may be of it."""

from facenet_lite.evaluate.frechet import frechet_distance
from facenet_lite.evaluate.separation import Separation, area_under_roc, separation
from facenet_lite.evaluate.uncertainty import wilson_interval

__all__ = [
    "Separation",
    "area_under_roc",
    "frechet_distance",
    "separation",
    "wilson_interval",
]
