"""Alignment: transforms that bring every face to the same place, size and angle, and crops."""

from __future__ import annotations

from facenet_lite.align.batch import CropBatch, choose, crop_batch
from facenet_lite.align.crops import crop, warp
from facenet_lite.align.quality import Quality, measure_quality
from facenet_lite.align.similarity import (
    angle_and_scale,
    compose,
    inverse,
    move,
    similarity_transform,
    turn,
)
from facenet_lite.align.templates import RIGID_68, TEMPLATE_5, TEMPLATE_68, eye_places, template
from facenet_lite.align.transforms import (
    box_transforms,
    centre_transform,
    chip_transforms,
    eye_transforms,
    landmark_transforms,
)

__all__ = [
    "RIGID_68",
    "TEMPLATE_5",
    "TEMPLATE_68",
    "CropBatch",
    "Quality",
    "angle_and_scale",
    "box_transforms",
    "centre_transform",
    "chip_transforms",
    "choose",
    "compose",
    "crop",
    "crop_batch",
    "eye_places",
    "eye_transforms",
    "inverse",
    "landmark_transforms",
    "measure_quality",
    "move",
    "similarity_transform",
    "template",
    "turn",
    "warp",
]
