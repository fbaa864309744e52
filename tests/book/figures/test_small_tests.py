"""Small tests: the page's rates and intervals are the package's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets as t

from facenet_lite import evaluate
from facenet_lite.book.figures import small_tests as figure_module
from facenet_lite.book.figures.small_tests import FARS, SIZES, SmallTests
from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import binomial_quantile

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "small_tests.mjs"
RNG = np.random.default_rng(0)
SAME = np.arange(6000) < 3000
DISTANCES = np.where(SAME, RNG.gamma(4, 0.05, 6000), RNG.gamma(12, 0.05, 6000))


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


@pytest.mark.parametrize("far", [*FARS, 0.5, 1.0])
def test_the_page_finds_the_packages_rate_and_interval(page, far):
    rng = np.random.default_rng(1)
    for size in (7, 30, 36, 400):
        a, b = np.sort(rng.integers(0, 60, size)), np.sort(rng.integers(30, 90, size))
        found = page(f"valAtFar({a.tolist()}, {b.tolist()}, {far})")
        same = np.arange(2 * size) < size
        expected = evaluate.val_at_far(np.concatenate([a, b]), same, far)
        assert (found is not None) == expected.estimable
        if found:
            assert found["allowed"] == expected.allowed
            assert found["val"] == pytest.approx(expected.val)
            assert found["low"] == pytest.approx(expected.low)
            assert found["high"] == pytest.approx(expected.high)


@pytest.mark.parametrize(("trials", "rate"), [(3000, 0.001), (3000, 0.1), (30, 0.1), (7, 1)])
def test_the_pages_binomial_is_the_packages(page, trials, rate):
    for share in (0.025, 0.975):
        found = page(f"quantile({share}, {trials}, {rate})")
        assert found == binomial_quantile(share, trials, rate)


def test_small_tests_scatter_about_the_whole_lists_rate(page):
    figure = SmallTests.of(DISTANCES, SAME)
    given = f"{json.dumps(figure.same)}, {json.dumps(figure.different)}"
    whole = evaluate.val_at_far(DISTANCES, SAME, 0.1)
    found = page(f"tests({given}, 300, 0.1, 1)")
    assert len(found) == 20
    assert np.mean([one["val"] for one in found]) == pytest.approx(whole.val, abs=0.02)
    assert sum(one["low"] <= whole.val <= one["high"] for one in found) >= 16
    widths = {
        size: np.mean([o["high"] - o["low"] for o in page(f"tests({given}, {size}, 0.1, 1)")])
        for size in SIZES
    }
    assert sorted(widths, key=widths.get, reverse=True) == list(SIZES)


def test_another_draw_is_another_and_the_same_is_the_same(page):
    figure = SmallTests.of(DISTANCES, SAME)
    given = f"{json.dumps(figure.same)}, {json.dumps(figure.different)}, 100, 0.1"
    assert page(f"tests({given}, 1)") == page(f"tests({given}, 1)") != page(f"tests({given}, 2)")


def test_too_small_a_test_says_so(page):
    figure = SmallTests.of(DISTANCES, SAME)
    given = f"{json.dumps(figure.same)}, {json.dumps(figure.different)}"
    found = page(f"inWords(tests({given}, 300, 0.001, 1), null, 300, 0.001)")
    assert found == (
        "VAL at FAR 0.001 is not estimable from 300 different pairs: not one false accept is "
        "allowed. It takes 1,000 pairs at the least."
    )


def test_steps_keep_the_order_of_the_distances():
    figure = SmallTests.of(DISTANCES, SAME)
    found = evaluate.val_at_far([*figure.same, *figure.different], SAME, 0.01)
    assert found.val == pytest.approx(evaluate.val_at_far(DISTANCES, SAME, 0.01).val, abs=0.003)
    assert max(*figure.same, *figure.different) == 10_000


def test_sizes_and_rates_are_the_pages():
    text = MODULE.read_text("utf8")
    assert json.loads(re.findall(r"^const SIZES = (\[.*\]);", text, re.MULTILINE)[0]) == list(SIZES)
    assert json.loads(re.findall(r"^const FARS = (\[.*\]);", text, re.MULTILINE)[0]) == list(FARS)


def test_the_page_form_holds_six_thousand_pairs_in_forty_kilobytes():
    assert len(SmallTests.of(DISTANCES, SAME).page_form()) < 40_000


@pytest.mark.parametrize("change", [{"size": 31}, {"far": 0.2}])
def test_only_offered_sizes_and_rates_are_taken(change):
    with pytest.raises(t.TraitError, match=next(iter(change))):
        SmallTests.of(DISTANCES, SAME, **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"is_same": np.ones(6000, bool)}, "is_same"),
        ({"squared_distances": np.zeros(6000)}, "zeros"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    given = {"squared_distances": DISTANCES, "is_same": SAME} | change
    with pytest.raises(InputError, match=message):
        SmallTests.of(given.pop("squared_distances"), given.pop("is_same"), **given)
