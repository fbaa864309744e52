"""The LFW evaluation that face projects copy from one another, written anew from its description.

Ten folds are cut from the pairs in their order. Accuracy: of the thresholds 0, 0.01 ... 3.99 on
squared distance, the first that is best on nine folds judges the tenth; a pair is accepted when its
distance is *below* the threshold. VAL: FAR of the nine folds at 0, 0.001 ... 3.999, and the
threshold interpolated where it crosses the target, or 0 where it never does; VAL and FAR of the
tenth fold there. Each threshold of each fold is one step of a Python loop. Of equal FARs the first
is kept, since today's SciPy refuses to interpolate over equal ones. What is called ± is NumPy's
standard deviation over the folds. In its favour, the nine folds are picked out once, not in each
step, and no mean ROC is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import interp1d
from sklearn.model_selection import KFold


@dataclass
class Usual:
    accuracies: np.ndarray
    val: np.ndarray
    far: np.ndarray

    @property
    def printed(self):
        return (
            f"Accuracy: {self.accuracies.mean():.3f}±{np.std(self.accuracies):.3f} "
            f"Validation rate: {self.val.mean():.3f}±{np.std(self.val):.3f}"
        )


def accuracy(threshold, distances, same):
    accepted = np.less(distances, threshold)
    right = np.sum(np.logical_and(accepted, same))
    right += np.sum(np.logical_and(np.logical_not(accepted), np.logical_not(same)))
    return float(right) / distances.size


def val_and_far(threshold, distances, same):
    accepted = np.less(distances, threshold)
    true_accepts = np.sum(np.logical_and(accepted, same))
    false_accepts = np.sum(np.logical_and(accepted, np.logical_not(same)))
    people, strangers = np.sum(same), np.sum(np.logical_not(same))
    return float(true_accepts) / float(people), float(false_accepts) / float(strangers)


def evaluate(distances, same, target=1e-3, folds=10):
    coarse, fine = np.arange(0, 4, 0.01), np.arange(0, 4, 0.001)
    found = Usual(*(np.zeros(folds) for _ in range(3)))
    cut = KFold(n_splits=folds, shuffle=False)
    for fold, (others, own) in enumerate(cut.split(np.arange(len(same)))):
        known, answers = distances[others], same[others]
        scores = np.zeros(len(coarse))
        for i, threshold in enumerate(coarse):
            scores[i] = accuracy(threshold, known, answers)
        best = coarse[np.argmax(scores)]
        found.accuracies[fold] = accuracy(best, distances[own], same[own])
        rates = np.zeros(len(fine))
        for i, threshold in enumerate(fine):
            rates[i] = val_and_far(threshold, known, answers)[1]
        threshold = 0.0
        if rates.max() >= target:
            once, first = np.unique(rates, return_index=True)
            threshold = float(interp1d(once, fine[first], kind="slinear")(target))
        found.val[fold], found.far[fold] = val_and_far(threshold, distances[own], same[own])
    return found
