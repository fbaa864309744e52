"""The table of a network, as a value, as text, and for the page."""

import xml.etree.ElementTree as ET

import pytest
import torch

from facenet_lite import models


@pytest.fixture(scope="module")
def net():
    return models.NN2(
        width=0.02, image_size=32, norm="batch", generator=torch.Generator().manual_seed(0)
    )


@pytest.fixture(scope="module")
def table(net):
    return models.summary(net)


def test_weights_and_multiply_adds_are_worked_out_by_hand_for_the_first_layer(table):
    (first, *_) = table.layers
    assert first == models.Layer(
        "conv1", (16, 16, 1), "7×7×3, 2", 7 * 7 * 3, 7 * 7 * 3 * 16 * 16  # noqa: RUF001
    )  # fmt: skip


def test_parameters_are_all_that_is_learned(net, table):
    norms = [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    shifts = sum(2 * norm.num_features for norm in norms)
    assert table.parameters == table.weights + shifts + 128  # the last layer's biases


def test_the_text_has_a_row_for_each_layer_and_the_total(table):
    title, head, *rows = str(table).splitlines()
    assert title == (
        "NN2 of width 0.02 at 32 pixels with batch normalisation: input 32×32×3, "  # noqa: RUF001
        f"{table.parameters:,} parameters with biases"
    )
    assert head.split() == ["layer", "output", "kernel", "weights", "multiply-adds"]
    assert [row.split()[0] for row in rows] == [x.name for x in table.layers] + ["total"]
    assert rows[-1].split() == ["total", f"{table.weights:,}", f"{table.madds:,}"]
    assert all(row == row.rstrip() for row in rows)
    counted = [row for row, layer in zip(rows, table.layers, strict=False) if layer.madds]
    assert len({len(row) for row in [head, *counted]}) == 1  # the counts stand at the right


def test_the_page_has_the_same_table_with_heads_for_rows_and_columns(table):
    root = ET.fromstring(table._repr_html_())
    assert [th.text for th in root.findall("thead/tr/th")] == [
        "layer", "output", "kernel", "weights", "multiply-adds",
    ]  # fmt: skip
    rows = [[cell.text or "" for cell in tr] for tr in root.findall("tbody/tr")]
    assert rows == [list(row) for row in table.rows]
    assert all(tr[0].get("scope") == "row" for tr in root.findall("tbody/tr"))


def test_the_table_leaves_the_network_as_it_was(net):
    before = {name: value.clone() for name, value in net.state_dict().items()}
    net.train()
    net.layers.conv1.eval()
    models.summary(net)
    assert net.training
    assert net.layers.inception2.training
    assert not net.layers.conv1.training
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert not any(module._forward_hooks for module in net.modules())
