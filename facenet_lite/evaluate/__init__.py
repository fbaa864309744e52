"""How good, and how sure we may be of it."""

from facenet_lite.evaluate.folds import FoldAccuracy, best_threshold, fold_accuracy
from facenet_lite.evaluate.frechet import frechet_distance
from facenet_lite.evaluate.separation import Separation, area_under_roc, separation
from facenet_lite.evaluate.uncertainty import wilson_interval
from facenet_lite.evaluate.verification import ValAtFar, val_at_far

__all__ = [
    "FoldAccuracy",
    "Separation",
    "ValAtFar",
    "area_under_roc",
    "best_threshold",
    "fold_accuracy",
    "frechet_distance",
    "separation",
    "val_at_far",
    "wilson_interval",
]
