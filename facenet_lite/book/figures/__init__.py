"""Interactive figures that need no kernel in the published page."""

from __future__ import annotations

from facenet_lite._extras import named

with named():
    from facenet_lite.book.figures.alignment import DragLandmarks
    from facenet_lite.book.figures.base import Figure
    from facenet_lite.book.figures.cascade_levels import CascadeLevels
    from facenet_lite.book.figures.changes import Changes
    from facenet_lite.book.figures.collapse import CollapseReplay
    from facenet_lite.book.figures.degrade import Degrade
    from facenet_lite.book.figures.detectors_rotation import DetectorsRotation
    from facenet_lite.book.figures.folds import FoldByFold
    from facenet_lite.book.figures.gallery import GalleryGrowth
    from facenet_lite.book.figures.haar_feature import HaarFeature
    from facenet_lite.book.figures.haar_settings import HaarSettings
    from facenet_lite.book.figures.hog_cells import HogCells
    from facenet_lite.book.figures.mining import MiningRules
    from facenet_lite.book.figures.mmod_scores import MmodScores
    from facenet_lite.book.figures.network_cost import NetworkCost
    from facenet_lite.book.figures.nobody import FacesOfNobody
    from facenet_lite.book.figures.small_tests import SmallTests
    from facenet_lite.book.figures.ssd_thresholds import SsdThresholds
    from facenet_lite.book.figures.threshold import ThresholdChoice
    from facenet_lite.book.figures.training_replay import TrainingReplay
    from facenet_lite.book.figures.triplet import TripletOnCircle

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
