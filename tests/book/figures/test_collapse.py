"""The replay: it shows the run that was, and measures its spread as the package does."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from facenet_lite import losses, miners
from facenet_lite.book.experiments.trained import in_the_page
from facenet_lite.book.figures import collapse as figure_module
from facenet_lite.book.figures.collapse import CollapseReplay
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "collapse.mjs"


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


@pytest.fixture(scope="module")
def runs():
    data = in_the_page.faces(people=4, each=4)
    rules = (miners.batch_hard, miners.semi_hard)
    return {rule.__name__: in_the_page.train(data, rule, steps=33) for rule in rules}


@pytest.fixture(scope="module")
def figure(runs) -> CollapseReplay:
    return CollapseReplay.of(runs)


def test_it_shows_each_of_the_first_steps_then_every_fifth_and_the_last(figure):
    assert figure.steps == [*range(20), 20, 25, 30, 32]
    assert figure.rings == [who for who in range(4) for _ in range(4)]
    assert [run["name"] for run in figure.runs] == ["batch_hard", "semi_hard"]


def test_its_directions_are_the_runs_embeddings(page, figure, runs):
    for shown, run in zip(figure.runs, runs.values(), strict=True):
        for frame in (0, 9, 23):
            points = [page(f"place({angle}, 3, 4)") for angle in shown["angles"][frame]]
            there = run.embeddings[figure.steps[frame]].numpy()
            assert np.array(points) == pytest.approx(there, abs=2e-3)


def test_a_person_keeps_to_a_ring(page):
    radii = [np.hypot(*page(f"place(777, {ring}, 4)")) for ring in range(4)]
    assert radii == pytest.approx([0.55, 0.7, 0.85, 1.0])


def test_the_pages_spread_is_the_packages(page, figure, runs):
    for shown, run in zip(figure.runs, runs.values(), strict=True):
        for frame, step in enumerate(figure.steps):
            found = page(f"spread({shown['angles'][frame]})")
            assert found == pytest.approx(losses.spread(run.embeddings[step]), abs=4e-3)
    assert page("spread([5, 5, 5])") == pytest.approx(0, abs=1e-12)
    assert page("spread([5])") == 0


def test_loss_and_active_share_are_the_runs_own(figure, runs):
    for shown, run in zip(figure.runs, runs.values(), strict=True):
        assert shown["loss"][12] == round(run.costs[12], 3)
        assert shown["active"][-1] == round(run.history[32].active_fraction, 3)
        assert shown["collapsed"] == run.collapsed_at


def test_the_page_form_says_what_it_shows_and_stays_below_60_kb(runs):
    data = in_the_page.faces()
    run = in_the_page.train(data, miners.semi_hard, steps=2)
    long = replace(
        run,
        embeddings=run.embeddings[:1].expand(151, -1, -1),
        costs=run.costs[:1] * 150,
        history=run.history[:1] * 150,
    )
    page_form = CollapseReplay.of(dict.fromkeys("ab", long) | {"c": long}).page_form()
    assert len(page_form) < 60_000
    assert 'data-figure="collapse.mjs"' in page_form
    state = json.loads(html.unescape(re.search(r'data-state="([^"]*)"', page_form)[1]))
    assert state["steps"][-1] == 149
    assert "direction of its embedding" in page_form


def test_what_cannot_be_shown_side_by_side_is_named(runs, monkeypatch):
    one = runs["semi_hard"]
    shorter = replace(one, embeddings=one.embeddings[:5])
    others = replace(one, labels=torch.zeros_like(one.labels))
    deep = replace(one, embeddings=torch.ones(34, 16, 3))
    with pytest.raises(InputError, match="at least one"):
        CollapseReplay.of({})
    with pytest.raises(InputError, match="two numbers"):
        CollapseReplay.of({"deep": deep})
    for other in (shorter, others):
        with pytest.raises(InputError, match="same pictures"):
            CollapseReplay.of({"one": one, "other": other})
    monkeypatch.setattr(figure_module, "LARGEST", 10)
    with pytest.raises(InputError, match="at most 10"):
        CollapseReplay.of(runs)
