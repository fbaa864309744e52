"""The batch in the plane: the page picks what the package picks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from miners.test_twelve_points import LABELS, PEOPLE, POINTS

from facenet_lite import miners
from facenet_lite.book.figures import mining as figure_module
from facenet_lite.book.figures.mining import RULES, MiningRules
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "mining.mjs"
RNG = np.random.default_rng(1)
GRID = np.stack(np.meshgrid(np.linspace(-0.8, 0.8, 5), np.linspace(-0.8, 0.8, 5)), -1).reshape(
    -1, 2
)
PLACES = (RNG.permutation(GRID)[:14] + RNG.uniform(-0.1, 0.1, (14, 2))).round(3)
WHO = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4]
#: Whole numbers with many ties, as the page takes them: in two dimensions.
TIES = np.column_stack([POINTS.numpy()[:, 0], np.zeros(12)])


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


def asked(page, rule, points, people, margin, seed=1):
    given = f"{json.dumps(rule)}, {json.dumps(points.tolist())}, {people}, {margin}, {seed}"
    return [tuple(row) for row in page(f"picks({given})")]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "random_semi_hard"])
@pytest.mark.parametrize("margin", [0.0, 0.2, 1.0])
def test_the_page_picks_the_packages_triplets(page, rule, margin):
    expected = miners.mine(rule, torch.tensor(PLACES), torch.tensor(WHO), margin=margin)
    assert asked(page, rule, PLACES, WHO, margin) == list(expected)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "random_semi_hard"])
def test_the_page_breaks_ties_as_the_package_does(page, rule):
    expected = miners.mine(rule, POINTS, LABELS, margin=12.0)
    assert asked(page, rule, TIES, PEOPLE, 12.0) == list(expected)


def test_the_pages_random_rule_takes_one_of_each_band_and_all_in_the_end(page):
    x, y = torch.tensor(PLACES), torch.tensor(WHO)
    pairs = [row[:2] for row in miners.semi_hard(x, y, 0.5)]
    runs = [asked(page, "random_semi_hard", PLACES, WHO, 0.5, seed) for seed in range(1, 80)]
    assert all([row[:2] for row in run] == pairs for run in runs)
    assert {row for run in runs for row in run} == set(miners.all_semi_hard(x, y, 0.5))
    assert runs[0] == asked(page, "random_semi_hard", PLACES, WHO, 0.5, 1)


@pytest.mark.parametrize("margin", [0.0, 0.2, 1.0])
def test_the_page_counts_as_the_census_does(page, margin):
    found = page(f"census({json.dumps(PLACES.tolist())}, {WHO}, {margin})")
    expected = miners.census(torch.tensor(PLACES), torch.tensor(WHO), margin)
    counts = (found["hard"], found["semi-hard"], found["easy"])
    assert counts == (expected.hard, expected.semi_hard, expected.easy)


def test_points_are_called_by_person_and_picture(page):
    assert page("names([0, 0, 1, 0, 25])") == ["A1", "A2", "B1", "A3", "Z1"]


def test_the_rules_are_the_packages_and_the_pages():
    (listed,) = re.findall(r"^const RULES = (\[.*\]);", MODULE.read_text("utf8"), re.MULTILINE)
    assert json.loads(listed) == list(RULES)
    assert set(RULES) <= set(miners.NAMES)
    assert figure_module.MARGIN == miners.MARGIN


def test_it_begins_with_what_it_is_given_and_with_the_first_pair():
    others = [0, *WHO[4:], *WHO[1:4]]
    figure = MiningRules.of(PLACES, others)
    assert figure.points == PLACES.tolist()
    assert figure.people == others
    assert (figure.rule, figure.margin, figure.anchor) == ("semi_hard", 0.2, 0)
    assert figure.positive == 11


def test_the_page_form_is_small_and_says_what_it_shows():
    page_form = MiningRules.of(PLACES, WHO).page_form()
    assert len(page_form) < 3_000
    assert 'data-figure="mining.mjs"' in page_form
    assert "chosen anchor" in page_form


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": PLACES * 2}, "within"),
        ({"points": np.vstack([PLACES[:13], PLACES[:1] + 0.1])}, "apart"),
        ({"points": PLACES[:2], "people": [0, 0]}, "points"),
        ({"points": np.full((14, 2), np.nan)}, "finite"),
        ({"people": WHO[:3]}, "people"),
        ({"people": [26, *WHO[1:]]}, "letter"),
        ({"people": [5, *WHO[1:]]}, "second picture"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    given = {"points": PLACES, "people": WHO} | change
    with pytest.raises(InputError, match=message):
        MiningRules.of(given.pop("points"), given.pop("people"), **given)
