"""The prototxt parser: blocks, repeats, comments, and damaged files."""

from __future__ import annotations

import pytest

from facenet_lite import assets
from facenet_lite.detect.prototxt import parse, with_field
from facenet_lite.errors import InputError


def test_blocks_become_dicts_and_values_become_lists():
    text = 'name: "net" layer { type: "A" p { step: 8 clip: false size: 1.5 mode: MAX } } # end'
    assert parse(text) == {
        "name": ["net"],
        "layer": [
            {"type": ["A"], "p": [{"step": [8], "clip": [False], "size": [1.5], "mode": ["MAX"]}]}
        ],
    }


def test_a_field_may_be_repeated_and_a_block_may_have_a_colon():
    assert parse("a: 1 a: 2 b: { c: -3e-1 }") == {"a": [1, 2], "b": [{"c": [-0.3]}]}


def test_comments_and_empty_text_are_nothing():
    assert parse("") == {}
    assert parse('# a: 1\n  # {\nb: "#1"') == {"b": ["#1"]}


def test_res10_has_its_layers_by_name():
    layers = parse(assets.fetch("ssd_res10_prototxt").read_text())["layer"]
    names = [layer["name"][0] for layer in layers]
    assert names[0] == "data_bn"
    assert names[-1] == "detection_out"
    assert sum(layer["type"] == ["PriorBox"] for layer in layers) == 6


@pytest.mark.parametrize(
    "text", ["a {", "a", "a:", "a: }", "}", "a { b: 1 } }", ": 3", "a { b { c: 1 }", "a: :", '"']
)
def test_a_damaged_prototxt_is_refused(text):
    with pytest.raises(InputError, match="text: expected"):
        parse(text)


@pytest.mark.parametrize("text", [None, 3, b"a: 1"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(InputError, match="read_text"):
        parse(text)


def test_one_field_of_one_layer_changes_and_nothing_else():
    text = 'layer { name: "a" p { pad: 1 } }\nlayer { name: "b" p { pad: 1 # why\n k: 3 } }'
    assert with_field(text, "a", "pad", 0) == text.replace("pad: 1 }", "pad: 0 }")
    assert with_field(text, "b", "pad", 2) == text.replace("pad: 1 #", "pad: 2 #")


def test_of_a_field_that_is_repeated_only_the_first_changes():
    assert with_field('layer { name: "a" v: 1 v: 1 }', "a", "v", 2).count("v: 1") == 1


def test_res10_differs_in_one_line_after_a_change():
    text = assets.fetch("ssd_res10_prototxt").read_text()
    changed = with_field(text, "conv8_2_h", "pad", 0)
    pairs = [(a, b) for a, b in zip(text.splitlines(), changed.splitlines(), strict=True) if a != b]
    assert pairs == [("    pad: 1", "    pad: 0")]


@pytest.mark.parametrize(
    ("layer", "field"), [("c", "pad"), (None, "pad"), ("a", "stride"), ("a", "")]
)
def test_a_missing_layer_or_field_is_refused(layer, field):
    with pytest.raises(InputError, match=r"layer: expected one of|field: expected a number"):
        with_field('layer { name: "a" p { pad: 1 } }\nlayer { name: "b" }', layer, field, 0)
