"""Showing the package's own code."""

import pytest

from facenet_lite import boxes
from facenet_lite.book import source
from facenet_lite.errors import InputError


def test_the_code_shown_is_the_packages_own():
    text = source.show_source(boxes.xywh_to_xyxy)._repr_markdown_()
    assert text.startswith("```python\n# facenet_lite/boxes.py\ndef xywh_to_xyxy(")
    assert "\n    out = check_array(" in text  # the body stays indented


def test_a_whole_module_can_be_shown():
    assert "non_max_suppression" in source.show_source(boxes).text


def test_what_has_no_source_is_refused():
    with pytest.raises(InputError, match="expected a function"):
        source.show_source(len)


FUNCTION = '''\
def double(x, y):
    """Twice x.

    Raises InputError for what is no number.
    """
    x = check_number(x, "x")
    check_number(y, "y")
    size = check_array(y, "y")
    if y < 0:
        raise InputError("y: expected 0 or more")

    # The idea.
    if x:
        return 2 * x
    return size'''
IDEA = """\
def double(x, y):
    size = check_array(y, "y")
    # The idea.
    if x:
        return 2 * x
    return size"""


def test_the_idea_is_shown_without_docstring_and_checks():
    assert source.without_ceremony(FUNCTION) == IDEA


def test_the_whole_is_one_click_away():
    text = source.ShownSource(FUNCTION, "a.py")._repr_markdown_()
    shown, _, folded = text.partition("<details>")
    assert shown == f"```python\n# a.py\n{IDEA}\n```\n\n"
    assert folded.startswith(f"\n<summary>{source.WHOLE}</summary>\n\n```python\n{FUNCTION}\n```")
    assert folded.endswith("\n\n</details>\n")


@pytest.mark.parametrize("text", ["def f(x):\n    return x", 'def f(x):\n    """Nothing more."""'])
def test_what_is_all_idea_has_no_fold(text):
    assert source.without_ceremony(text) == text
    assert "details" not in source.ShownSource(text, "a.py")._repr_markdown_()
