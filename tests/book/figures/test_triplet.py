"""The triplet on a circle: the page computes what the package does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from facenet_lite import losses
from facenet_lite.book.figures import triplet as figure_module
from facenet_lite.book.figures.triplet import RULES, TripletOnCircle
from facenet_lite.types import Triplets

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "triplet.mjs"
CASES = [(90, 140, 62), (0, 0, 0), (10, 190, 350), (300, 310, 130), (45, 45, 60), (0, 30, 32)]


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


def on_circle(angles):
    radians = np.radians(angles)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1)


def by_package(points, margin):
    x = torch.tensor(points, requires_grad=True)
    value = losses.triplet_loss(x, Triplets.of([(0, 1, 2)]), margin, "sum")
    value.backward()
    return value.item(), x.grad.numpy()


@pytest.mark.parametrize("margin", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("angles", CASES)
def test_the_pages_loss_and_slopes_are_the_packages(page, angles, margin):
    points = on_circle(angles)
    found = page(f"triplet({list(angles)}.map(point), {margin}, '{RULES[0]}')")
    value, slopes = by_package(points, margin)
    assert found["loss"] == pytest.approx(value, abs=1e-12)
    assert found["slopes"] == pytest.approx(slopes, abs=1e-12)
    assert found["toPositive"] == pytest.approx(np.square(points[0] - points[1]).sum())
    assert found["toNegative"] == pytest.approx(np.square(points[0] - points[2]).sum())


def test_without_the_hinge_an_easy_triplet_still_has_a_slope(page):
    found = page(f"triplet([0, 10, 120].map(point), 0.2, '{RULES[1]}')")
    assert found["loss"] < -2
    a, p, n = on_circle((0, 10, 120))
    assert found["slopes"] == pytest.approx(np.array([2 * (n - p), 2 * (p - a), 2 * (a - n)]))


def test_reversed_positive_and_negative_have_changed_places(page):
    points = on_circle((90, 140, 62))
    value, slopes = by_package(points[[0, 2, 1]], 0.2)
    found = page(f"triplet([90, 140, 62].map(point), 0.2, '{RULES[2]}')")
    assert found["loss"] == pytest.approx(value)
    assert found["slopes"] == pytest.approx(slopes[[0, 2, 1]])


@pytest.mark.parametrize("angles", CASES)
def test_a_step_goes_down_and_stays_on_the_circle(page, angles):
    moved = page(f"stepped({list(angles)}, 0.3, '{RULES[0]}', 0.05)")
    value, slopes = by_package(on_circle(angles), 0.3)
    wanted = on_circle(angles) - 0.05 * slopes
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert on_circle(moved) == pytest.approx(wanted, abs=1e-9)
    assert by_package(on_circle(moved), 0.3)[0] <= value
    assert all(0 <= angle < 360 for angle in moved)


def test_what_lies_along_the_circle_is_at_right_angles_to_the_radius(page):
    part = np.array(page("along(point(30), [3, 1])"))
    radius = on_circle([30])[0]
    assert part @ radius == pytest.approx(0)
    assert np.array([3, 1]) - part == pytest.approx((np.array([3, 1]) @ radius) * radius)


@pytest.mark.parametrize(
    ("d_n", "name"), [(0.4, "hard"), (0.5, "hard"), (0.6, "semi-hard"), (0.75, "easy"), (3, "easy")]
)
def test_negatives_are_named_as_the_miners_name_them(page, d_n, name):
    assert page(f"kind(0.5, {d_n}, 0.25)") == name


def test_it_begins_as_published_and_its_rules_are_the_pages():
    figure = TripletOnCircle()
    assert figure.angles == figure.start
    assert (figure.margin, figure.rule, figure.along) == (0.2, RULES[0], False)
    (found,) = re.findall(r"^const RULES = (\[.*\]);", MODULE.read_text("utf8"), re.MULTILINE)
    assert json.loads(found) == list(RULES)


def test_the_page_form_is_small_and_says_what_it_shows():
    page_form = TripletOnCircle().page_form()
    assert len(page_form) < 2_000
    assert 'data-figure="triplet.mjs"' in page_form
    assert "can be dragged" in page_form
