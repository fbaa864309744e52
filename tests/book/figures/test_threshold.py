"""A threshold on two histograms: the page counts what the package counts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book.figures import threshold as figure_module
from facenet_lite.book.figures.threshold import STEPS, ThresholdChoice
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "threshold.mjs"
RNG = np.random.default_rng(0)
SAME = np.arange(900) < 400
DISTANCES = np.where(SAME, RNG.gamma(4, 0.05, 900), RNG.gamma(12, 0.05, 900))
PAIRS = {"one": (DISTANCES, SAME), "two": (DISTANCES**2 * 70, SAME)}


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


@pytest.mark.parametrize("model", [0, 1])
def test_every_place_counts_the_pairs_at_or_below_it(page, model):
    figure = ThresholdChoice.of(PAIRS)
    row = figure.models[model]
    distances, same = list(PAIRS.values())[model]
    for at in (0, 1, 57, 200, 399, STEPS):
        found = page(f"judged({json.dumps(row)}, {at})")
        accepted = distances <= at * row["step"]
        assert found["trueAccepts"] == np.sum(accepted & same)
        assert found["falseAccepts"] == np.sum(accepted & ~same)
        assert found["accuracy"] == pytest.approx(np.mean(accepted == same))
    assert (found["val"], found["far"]) == (1, 1)


def test_a_distance_at_the_threshold_itself_is_accepted(page):
    row = ThresholdChoice.of({"m": ([0.0, 200, 400], np.array([True, True, False]))}).models[0]
    assert row["step"] == 1
    assert page(f"judged({json.dumps(row)}, 200)")["trueAccepts"] == 2
    assert page(f"judged({json.dumps(row)}, 199)")["trueAccepts"] == 1


def test_the_place_with_the_fewest_errors_is_next_to_the_best_threshold(page):
    row = ThresholdChoice.of(PAIRS).models[0]
    best = evaluate.best_accuracy(DISTANCES, SAME)
    found = page(f"judged({json.dumps(row)}, bestPlace({json.dumps(row)}))")
    assert best.accuracy - 0.01 <= found["accuracy"] <= best.accuracy


@pytest.mark.parametrize("far", [0.1, 0.01, 0.002])
def test_the_place_at_a_rate_is_just_below_the_exact_threshold(page, far):
    row = ThresholdChoice.of(PAIRS).models[0]
    exact = evaluate.val_at_far(DISTANCES, SAME, far)
    found = page(f"judged({json.dumps(row)}, placeAtFar({json.dumps(row)}, {far}))")
    assert found["far"] <= far
    assert exact.val - 0.01 <= found["val"] <= exact.val


def test_a_rate_that_the_pairs_cannot_show_has_no_place(page):
    row = ThresholdChoice.of(PAIRS).models[0]
    assert page(f"placeAtFar({json.dumps(row)}, 0.001)") == -1


def test_bars_hold_every_pair(page):
    row = ThresholdChoice.of(PAIRS).models[0]
    assert sum(page(f"heights({json.dumps(row['same'])}, 80)")) == 400


def test_in_words(page):
    row = ThresholdChoice.of({"m": ([0.0, 200, 400], np.array([True, True, False]))}).models[0]
    assert page(f"inWords({json.dumps(row)}, 100)") == (
        "D ≤ 100.000: 1 of 2 same pairs are accepted, VAL 50.0 %; 0 of 1 different pairs, FAR 0. "
        "1 errors: 1 friends refused, 0 strangers let in. Accuracy 66.7 %."
    )


def test_it_begins_with_what_it_is_given():
    figure = ThresholdChoice.of(dict(reversed(PAIRS.items())), threshold=5.0)
    assert [row["name"] for row in figure.models] == ["two", "one"]
    assert figure.at * figure.models[0]["step"] == pytest.approx(5.0, abs=figure.models[0]["step"])


def test_the_page_form_is_small_and_says_what_it_shows():
    page_form = ThresholdChoice.of(PAIRS).page_form()
    assert len(page_form) < 12_000
    assert "threshold that can be moved" in page_form


@pytest.mark.parametrize(
    ("models", "more", "message"),
    [
        ({}, {}, "models"),
        ({str(i): PAIRS["one"] for i in range(9)}, {}, "models"),
        ({"m": ([1.0, 2.0], np.array([True, True]))}, {}, "is_same"),
        ({"m": ([0.0, 0.0], np.array([True, False]))}, {}, "zeros"),
        ({"m": ([np.nan, 0.0], np.array([True, False]))}, {}, "finite"),
        (PAIRS, {"threshold": -1}, "threshold"),
        (PAIRS, {"threshold": 1e9}, "threshold"),
    ],
)
def test_malformed_inputs_are_named(models, more, message):
    with pytest.raises(InputError, match=message):
        ThresholdChoice.of(models, **more)
