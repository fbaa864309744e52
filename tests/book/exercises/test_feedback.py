"""What checkers answer with."""

import importlib
import inspect

import pytest

from facenet_lite.book import exercises
from facenet_lite.book.exercises import feedback

CHECKERS = [
    pytest.param(function, id=f"{chapter}.{name}")
    for chapter in exercises.CHAPTERS
    for name, function in vars(getattr(exercises, chapter)).items()
    if name.startswith("check_")
]

ODD_ANSWERS = [None, "", "yes", 3, -1.5, float("nan"), [], [1, "a"], {}, object(), print, b"x"]


def test_feedback_is_true_when_passed_and_says_so():
    good, bad = feedback.passed("It holds."), feedback.not_yet("Look <again>.")
    assert good
    assert not bad
    assert str(good) == "Passed: It holds."
    assert "Not yet" in bad._repr_html_()
    assert "&lt;again&gt;" in bad._repr_html_()


def test_an_unknown_chapter_is_an_attribute_error():
    with pytest.raises(AttributeError, match="ch99"):
        exercises.ch99  # noqa: B018
    assert "pipeline" in dir(exercises)


@pytest.mark.parametrize("check", CHECKERS)
def test_a_checker_does_not_pass_the_stub(check):
    assert not check(...)
    assert check(...).message.startswith("Replace")


@pytest.mark.parametrize("check", CHECKERS)
def test_a_checker_never_raises(check):
    for answer in ODD_ANSWERS:
        assert isinstance(check(answer), exercises.Feedback), answer


@pytest.mark.parametrize("check", CHECKERS)
def test_a_checker_takes_one_answer_and_says_what_it_wants(check):
    assert len(inspect.signature(check).parameters) == 1
    assert inspect.getdoc(check)


def test_every_chapter_has_checkers():
    for chapter in exercises.CHAPTERS:
        module = importlib.import_module(f"facenet_lite.book.exercises.{chapter}")
        assert any(name.startswith("check_") for name in vars(module))
