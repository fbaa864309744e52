"""What every checker of every chapter does: the stub is no answer, and no answer raises."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book import exercises


class Hostile:
    """An answer that raises whatever is asked of it."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    __hash__ = None


CHECKERS = [
    pytest.param(getattr(module, name), id=f"{chapter}.{name}")
    for chapter in exercises.CHAPTERS
    for module in [getattr(exercises, chapter)]
    for name in sorted(vars(module))
    if name.startswith("check_") and getattr(module, name).__module__ == module.__name__
]
ANSWERS = [
    *("no", b"", {}, [], [[]], [1, "a"], [[1], [1, 2]], float("nan"), float("inf"), -7, True),
    *(print, np.zeros((3, 4)), np.array(None), Hostile(), 10**400, 1j, [1, 2], [1, 2, 3], 2.5),
    *([0] * 9, np.full(9, np.nan), lambda *_: Hostile(), lambda: 1, lambda *_: "no"),
    *(lambda *_: np.zeros(3), lambda *_: (0.5, 0.5), lambda *_: 0.5, Hostile, [Hostile()]),
    *(1e300, [1e300, 0], [[1e300, 0]] * 5, [np.nan] * 2, [np.nan] * 9, [np.inf, 1], [-1], [6000]),
    *([0, 0], (0, 0), (1, 2), range(4), ("x",), ("apart", "far"), ("apart", 1.0), [False]),
    *(np.full(4, np.inf), np.full((2, 4), np.inf), np.full((6, 128), np.nan), [["a"] * 128] * 6),
    *(np.full((6, 128), np.inf), np.zeros((6, 128)), np.zeros((6, 2)), np.zeros((0, 4))),
    *(np.zeros((0, 4, 3)), np.zeros((5, 5, 3), np.uint8), np.array(5, dtype=np.uint8)),
    *(np.zeros((68, 2)), np.full((68, 2), 1e11), np.ones(300, bool), np.zeros(300, bool)),
    *(np.zeros((5, 2)), np.ones((2, 3)), np.zeros((2, 96, 96, 3), np.uint8)),
    *(np.zeros((2, 6, 7)), np.zeros((4, 6, 7)), [np.zeros((96, 96, 3)), np.zeros((95, 96, 3))]),
]


def test_every_chapter_has_checkers():
    assert {param.id.split(".")[0] for param in CHECKERS} == set(exercises.CHAPTERS)


@pytest.mark.parametrize("check", CHECKERS)
def test_the_stub_is_not_yet_an_answer(check):
    feedback = check(...)
    assert not feedback
    assert "Replace" in feedback.message


@pytest.mark.parametrize("check", CHECKERS)
def test_no_answer_raises(check):
    """In one test: a test for each of five thousand pairs would take longer than the checkers."""
    for number, answer in enumerate(ANSWERS):
        feedback = check(answer)
        assert not feedback, number
        assert len(feedback.message) > 15, number
