"""How good a model, a detector or a search is, and how certain that figure is."""

from facenet_lite.evaluate.at_far import OperatingPoint, ValAtFar
from facenet_lite.evaluate.auc import Separation, area_under_roc, separation
from facenet_lite.evaluate.calibration import Calibration, calibrate, measure
from facenet_lite.evaluate.clustering import (
    ClusterScores,
    b_cubed,
    cluster,
    cluster_threshold,
    pairwise_scores,
)
from facenet_lite.evaluate.every_pair import AllPairs, all_pairs
from facenet_lite.evaluate.exact_search import search
from facenet_lite.evaluate.folds import FoldAccuracy, accuracy_at, fold_accuracy
from facenet_lite.evaluate.identify import (
    Cmc,
    DirAtFar,
    detection_identification_rate,
    rank_k,
)
from facenet_lite.evaluate.lfw import (
    PairDistances,
    PairedTest,
    assert_disjoint_identities,
    check_reportable,
    compare,
    disjoint_folds,
    pair_distances,
    ten_folds,
)
from facenet_lite.evaluate.neighbours import Neighbours, merge_shards
from facenet_lite.evaluate.uncertainty import (
    Interval,
    identity_bootstrap,
    standard_error,
    t_interval,
    wilson_interval,
)
from facenet_lite.evaluate.verification import (
    BestAccuracy,
    Roc,
    best_accuracy,
    best_threshold,
    equal_error_rate,
    roc,
    val_at_far,
)

__all__ = [
    "AllPairs",
    "BestAccuracy",
    "Calibration",
    "ClusterScores",
    "Cmc",
    "DirAtFar",
    "FoldAccuracy",
    "Interval",
    "Neighbours",
    "OperatingPoint",
    "PairDistances",
    "PairedTest",
    "Roc",
    "Separation",
    "ValAtFar",
    "accuracy_at",
    "all_pairs",
    "area_under_roc",
    "assert_disjoint_identities",
    "b_cubed",
    "best_accuracy",
    "best_threshold",
    "calibrate",
    "check_reportable",
    "cluster",
    "cluster_threshold",
    "compare",
    "detection_identification_rate",
    "disjoint_folds",
    "equal_error_rate",
    "fold_accuracy",
    "identity_bootstrap",
    "measure",
    "merge_shards",
    "pair_distances",
    "pairwise_scores",
    "rank_k",
    "roc",
    "search",
    "separation",
    "standard_error",
    "t_interval",
    "ten_folds",
    "val_at_far",
    "wilson_interval",
]
