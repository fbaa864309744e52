"""Interactive figures that need no kernel in the published page."""

from __future__ import annotations

from facenet_lite.figures.alignment import DragLandmarks
from facenet_lite.figures.base import Figure
from facenet_lite.figures.changes import Changes
from facenet_lite.figures.collapse import CollapseReplay
from facenet_lite.figures.degrade import Degrade
from facenet_lite.figures.folds import FoldByFold
from facenet_lite.figures.gallery import GalleryGrowth
from facenet_lite.figures.haar import HaarFeature, HaarSettings
from facenet_lite.figures.hog import HogCells
from facenet_lite.figures.landmarks import CascadeLevels
from facenet_lite.figures.mining import MiningRules
from facenet_lite.figures.mmod import MmodScores
from facenet_lite.figures.network_cost import NetworkCost
from facenet_lite.figures.nobody import FacesOfNobody
from facenet_lite.figures.rotation import DetectorsRotation
from facenet_lite.figures.small_tests import SmallTests
from facenet_lite.figures.ssd import SsdThresholds
from facenet_lite.figures.threshold import ThresholdChoice
from facenet_lite.figures.training import TrainingReplay
from facenet_lite.figures.triplet import TripletOnCircle

__all__ = [
    "CascadeLevels",
    "Changes",
    "CollapseReplay",
    "Degrade",
    "DetectorsRotation",
    "DragLandmarks",
    "FacesOfNobody",
    "Figure",
    "FoldByFold",
    "GalleryGrowth",
    "HaarFeature",
    "HaarSettings",
    "HogCells",
    "MiningRules",
    "MmodScores",
    "NetworkCost",
    "SmallTests",
    "SsdThresholds",
    "ThresholdChoice",
    "TrainingReplay",
    "TripletOnCircle",
]
