"""Showing the package's own code."""

import pytest

from facenet_lite import boxes
from facenet_lite.book import source
from facenet_lite.errors import InputError


def test_the_code_shown_is_the_packages_own():
    text = source.show_source(boxes.xywh_to_xyxy)._repr_markdown_()
    assert text.startswith("```python\n# facenet_lite/boxes.py\ndef xywh_to_xyxy(")
    assert text.endswith("```\n")
    assert "\n    out = check_array(" in text  # the body stays indented


def test_a_whole_module_can_be_shown():
    assert "non_max_suppression" in source.show_source(boxes).text


def test_what_has_no_source_is_refused():
    with pytest.raises(InputError, match="expected a function"):
        source.show_source(len)
