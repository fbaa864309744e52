"""How good, and how sure we may be of it."""

from facenet_lite.evaluate.folds import FoldAccuracy, fold_accuracy
from facenet_lite.evaluate.frechet import frechet_distance
from facenet_lite.evaluate.lfw import (
    PairDistances,
    PairedTest,
    assert_disjoint_identities,
    check_reportable,
    compare,
    pair_distances,
    ten_folds,
)
from facenet_lite.evaluate.protocol import Protocol
from facenet_lite.evaluate.separation import Separation, area_under_roc, separation
from facenet_lite.evaluate.uncertainty import (
    Interval,
    identity_bootstrap,
    standard_error,
    t_interval,
    wilson_interval,
)
from facenet_lite.evaluate.verification import (
    BestAccuracy,
    OperatingPoint,
    Roc,
    ValAtFar,
    best_accuracy,
    best_threshold,
    equal_error_rate,
    roc,
    val_at_far,
)

__all__ = [
    "BestAccuracy",
    "FoldAccuracy",
    "Interval",
    "OperatingPoint",
    "PairDistances",
    "PairedTest",
    "Protocol",
    "Roc",
    "Separation",
    "ValAtFar",
    "area_under_roc",
    "assert_disjoint_identities",
    "best_accuracy",
    "best_threshold",
    "check_reportable",
    "compare",
    "equal_error_rate",
    "fold_accuracy",
    "frechet_distance",
    "identity_bootstrap",
    "pair_distances",
    "roc",
    "separation",
    "standard_error",
    "t_interval",
    "ten_folds",
    "val_at_far",
    "wilson_interval",
]
