"""Fold by fold: the page's shares, thresholds and means are the package's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.figures import folds as figure_module
from facenet_lite.book.figures.folds import STEPS, FoldByFold
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "folds.mjs"
RNG = np.random.default_rng(0)
SAME = RNG.random(1000) < 0.5
DISTANCES = np.where(SAME, RNG.gamma(6, 0.05, 1000), RNG.gamma(12, 0.05, 1000))
FOLDS = RNG.integers(0, 10, 1000)


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


@pytest.fixture(scope="module")
def figure() -> FoldByFold:
    return FoldByFold.of(DISTANCES, SAME, FOLDS)


def test_the_curves_are_what_each_threshold_judges_rightly(page, figure):
    for fold in (0, 7):
        found = page(f"shares({json.dumps(figure.folds)}, {fold})")
        own = fold == FOLDS
        for place in (0, 50, STEPS):
            threshold = np.linspace(figure.low, figure.high, STEPS + 1)[place]
            right = np.less_equal(DISTANCES, threshold) == SAME
            assert found["own"][place] == pytest.approx(right[own].mean())
            assert found["nine"][place] == pytest.approx(right[~own].mean())
        assert found["pairs"] == np.sum(~own)


def test_the_means_are_the_protocols_and_the_flattering_one(page, figure):
    expected = evaluate.fold_accuracy(DISTANCES, SAME, FOLDS)
    own = [evaluate.best_accuracy(DISTANCES[k == FOLDS], SAME[k == FOLDS]) for k in range(10)]
    found = page(f"means({json.dumps(figure.folds)})")
    assert found["honest"] == pytest.approx(expected.mean)
    assert found["own"] == pytest.approx(np.mean([one.accuracy for one in own]))
    assert found["own"] > found["honest"]
    assert [row["threshold"] for row in figure.folds] == expected.thresholds.tolist()


def test_the_words_say_what_is_drawn(page):
    small = FoldByFold.of([1, 3, 2, 4], np.array([True, False, True, False]), [0, 0, 1, 1])
    assert page(f"inWords({json.dumps(small.folds)}, 0)") == (
        "Fold 1 of 2. On the other 2 pairs 2.000 is best. With it 2 of the fold's 2 pairs are "
        "judged rightly, 100.00 %; with a threshold of its own 100.00 %. Mean of all folds: "
        "75.00 %, with thresholds of their own 100.00 %."
    )


def test_a_pair_at_the_threshold_itself_is_accepted():
    tied = FoldByFold.of([2, 3, 2, 4], np.array([True, False, True, False]), [0, 0, 1, 1])
    assert [(row["threshold"], row["hits"]) for row in tied.folds] == [(2, 2), (2, 2)]


def test_the_axis_ends_below_every_curve(page, figure):
    floor = page(f"bottom({json.dumps(figure.folds)})")
    assert floor <= min(min(row["right"]) / row["pairs"] for row in figure.folds)
    assert page('bottom([{"right": [100, 100], "pairs": 100}])') == 0.95


def test_the_page_form_is_small(figure):
    assert len(figure.page_form()) < 20_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"folds": np.arange(1000) // 40}, "at most 20"),
        ({"folds": np.where(SAME, 0, 1)}, "one kind"),
        ({"squared_distances": np.where(SAME, 2.0, 1.0) + FOLDS / 20}, "accept some pair"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    given = {"squared_distances": DISTANCES, "is_same": SAME, "folds": FOLDS, **change}
    columns = [given.pop(name) for name in ("squared_distances", "is_same", "folds")]
    with pytest.raises(InputError, match=message):
        FoldByFold.of(*columns, **given)
