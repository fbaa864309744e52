"""The figure of NN2's cost holds the package's own counts, and the page adds them up rightly."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import torch

from facenet_lite import models
from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.network_cost import SIZES, WIDTHS, NetworkCost

MODULE = STATIC / "network_cost.mjs"


@pytest.fixture(scope="module")
def figure():
    return NetworkCost.of()


def test_it_begins_with_the_published_network(figure):
    assert figure.widths[figure.width] == 1
    assert figure.sizes[figure.size] == 224
    assert sum(figure.weights[-1]) == 7_448_256
    assert sum(figure.madds[-1][-1]) == 1_596_530_688
    assert sum(figure.madds[-1][SIZES.index(160)]) == 814_620_672  # NN3


def test_the_laptops_width_and_size_are_among_the_choices_offered(figure):
    with torch.device("meta"):
        small = models.summary(models.NN2(width=0.25, image_size=96))
    width, size = figure.widths.index(0.25), figure.sizes.index(96)
    assert sum(figure.weights[width]) == small.weights
    assert sum(figure.madds[width][size]) == small.madds


def test_every_layer_that_has_weights_is_there_in_order(figure):
    assert figure.names == [
        "conv1", "inception2", "inception3a", "inception3b", "inception3c", "inception4a",
        "inception4b", "inception4c", "inception4d", "inception4e", "inception5a", "inception5b",
        "fc",
    ]  # fmt: skip
    assert all(len(row) == 13 for row in figure.weights)
    assert all(len(row) == 13 for table in figure.madds for row in table)


def test_a_larger_picture_costs_more_and_a_wider_net_too(figure):
    totals = [[sum(row) for row in table] for table in figure.madds]
    assert all(row == sorted(row) for row in totals)
    assert [row[0] for row in totals] == sorted(row[0] for row in totals)


def test_the_page_form_is_small_and_says_what_it_shows(figure):
    page = figure.page_form()
    assert len(page) < 20_000
    assert 'data-figure="network_cost.mjs"' in page
    assert "two sliders" in page


def run(script):
    """What the page's own functions answer, asked in Node."""
    source = f"import {{ chosen, inWords }} from {json.dumps(MODULE.as_uri())};\n{script}"
    call = ["node", "--input-type=module", "-e", source]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_page_adds_up_what_the_package_counts(figure):
    state = json.dumps(figure.state() | {"width": WIDTHS.index(0.5), "size": SIZES.index(96)})
    found, stretched, words = run(f"""
      const state = {state};
      const words = [491856, 22442880, 1596530688].map(inWords);
      console.log(JSON.stringify([chosen(state), chosen({{ ...state, stretch: true }}), words]));
    """)
    with torch.device("meta"):
        table = models.summary(models.NN2(width=0.5, image_size=96))
    assert found["total"] == {"weights": table.weights, "madds": table.madds}
    assert found["published"] == {"weights": 7_448_256, "madds": 1_596_530_688}
    rows = [layer for layer in table.layers if layer.weights]
    for what in ("weights", "madds"):
        counts = [getattr(layer, what) for layer in rows]
        assert found["now"][what] == counts
        assert found["most"][what] == counts.index(max(counts))
        assert stretched["longest"][what] == max(counts)
    assert found["longest"]["weights"] == 1_587_200
    assert words == ["491,856", "22.4 million", "1.60 billion"]
