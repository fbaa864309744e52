"""How sentences tell what experiments measured."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.experiments import told


def row(name, mean, low, high):
    less = {"auc": {"mean": mean, "low": low, "high": high}} if mean is not None else None
    return {"name": name, "less_reference": less}


DATA = {
    "settings": [
        row("128", None, None, None),
        row("16", -0.02, -0.03, -0.01),
        row("64", 0.001, -0.02, 0.04),
    ]
}


def test_a_share_is_told_in_per_cent_with_a_minus_sign():
    assert told.plain(0.1234) == "12.3"
    assert told.plain(-0.056, 0) == "\N{MINUS SIGN}6"
    assert told.signed(0.05) == "+5.0"


def test_a_row_has_a_value_and_two_ends():
    assert told.told((0.1, 0.05, 0.15)) == ("10.0", "5.0", "15.0")
    assert told.difference((0.1, -0.05, 0.25)).low == "\N{MINUS SIGN}5.0"
    assert told.loss((-0.1, -0.15, -0.05)) == ("10.0", "5.0", "15.0")


def test_settings_stand_beside_their_reference():
    assert list(told.settings(DATA)) == ["128", "16", "64"]
    assert told.beside(DATA, "16", "auc") == (-0.02, -0.03, -0.01)
    assert told.certain(DATA, "auc") == ["16"]


def test_the_widest_interval_hides_most():
    assert told.hides([(0, -0.02, 0.04), (0, -0.05, 0.01)]) == pytest.approx(0.05)


def test_gains_are_compared_pair_by_pair():
    rng = np.random.default_rng(0)
    same = np.arange(600) % 2 == 0
    folds = np.repeat(np.arange(10), 60)

    def accuracy(wrong):
        squared = np.where(same, 0.1, 1.0)
        lost = rng.choice(600, wrong, replace=False)
        squared[lost] = np.where(same[lost], 1.0, 0.1)
        return evaluate.fold_accuracy(squared, same, folds)

    better, worse, other = accuracy(10), accuracy(70), accuracy(20)
    mean, low, high = told.gained_more((better, worse), (better, other))
    assert mean == pytest.approx((70 - 20) / 600)
    assert low < mean < high
    assert low > 0
