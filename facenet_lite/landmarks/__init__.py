"""Landmarks: named points of a face, found inside its box: ``landmarks.load(5).locate(...)``."""

from __future__ import annotations

from facenet_lite.landmarks.base import COUNTS, Count, Landmarker
from facenet_lite.landmarks.face_box import box_around, spread_box
from facenet_lite.landmarks.measure import inter_ocular_distance, normalised_mean_error
from facenet_lite.landmarks.points import GROUPS, POINTS_5, mirrored, to_five
from facenet_lite.landmarks.predictor import ShapePredictor

__all__ = [
    "COUNTS",
    "GROUPS",
    "POINTS_5",
    "Count",
    "Landmarker",
    "ShapePredictor",
    "box_around",
    "inter_ocular_distance",
    "load",
    "mirrored",
    "normalised_mean_error",
    "spread_box",
    "to_five",
]


def load(count: Count = 5) -> Landmarker:
    """Load dlib's landmarker for ``count`` points; raises InputError for another count."""
    return ShapePredictor.load(count)
