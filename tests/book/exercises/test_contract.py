"""What every checker of every chapter does: the stub is no answer, and no answer raises.

A declared exercise brings its own solution and its own typical wrong answers, and is held to them.
"""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book import exercises
from facenet_lite.book.exercises.composed import Case, Function, Several
from facenet_lite.book.exercises.kinds import Array, Choice, Number, Order


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
DECLARED = [param for param in CHECKERS if param.values[0].declaration]
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
    *(object(), [Hostile()] * 2, {"A": Hostile(), "B": 1, "C": 1}, [Hostile()] * 6, set()),
]


def test_every_chapter_has_checkers():
    assert {param.id.split(".")[0] for param in CHECKERS} == set(exercises.CHAPTERS)


@pytest.mark.parametrize("check", CHECKERS)
def test_the_stub_is_not_yet_an_answer(check):
    for stub in (..., None):
        feedback = check(stub)
        assert not feedback
        assert "Replace" in feedback.message


@pytest.mark.parametrize("check", CHECKERS)
def test_no_answer_raises(check):
    """In one test: a test for each of five thousand pairs would take longer than the checkers."""
    for number, answer in enumerate(ANSWERS):
        feedback = check(answer)
        assert not feedback, number
        assert len(feedback.message) > 15, number


def each(exercise, answers):
    """The one or more answers held in one place of a declaration."""
    return answers if isinstance(exercise, Number) and isinstance(answers, tuple) else (answers,)


def replay(results):
    left = iter(results)
    return lambda *_: next(left)


def solution(exercise):
    """An answer that passes; a function gives its cases' results, one after the other."""
    if isinstance(exercise, Function):
        return replay(solution(case.result) for case in exercise.cases)
    if isinstance(exercise, Several):
        return whole(exercise)
    return each(exercise, exercise.answer)[0]


def whole(exercise, **changed):
    """The right answer to all parts, but for those that are changed."""
    parts = {key: solution(part) for key, part in exercise.parts.items()}
    parts |= {key: changed[str(key)] for key in parts if str(key) in changed}
    return parts if isinstance(next(iter(parts)), str) else [parts[i] for i in sorted(parts)]


def mistakes(exercise):
    """Typical wrong answers, each with the hint that it should get."""
    if isinstance(exercise, Function):  # functions whose first result is a typical wrong one
        first = exercise.cases[0]
        for wrong, hint in mistakes(first.result):
            yield replay([wrong]), first.says(hint)
    elif isinstance(exercise, Several):  # in one part, with the other parts right
        for key, part in exercise.parts.items():
            for wrong, hint in mistakes(part):
                yield whole(exercise, **{str(key): wrong}), hint
    elif isinstance(exercise, Order):  # one later word moved to just before the first one
        for hint, (first, *later) in exercise.wrong.items():
            for word in later:
                left = [other for other in exercise.answer if other != word]
                place = left.index(first)
                yield (*left[:place], word, *left[place:]), hint
    else:
        for hint, answers in exercise.wrong.items():
            for wrong in each(exercise, answers):
                if not callable(wrong):
                    yield wrong, hint.format(given=wrong) if "{given" in hint else hint
        for shape, hint in getattr(exercise, "shapes", {}).items():
            yield np.zeros(shape), hint


def fault(exercise):
    """What is wrong with a declaration, or nothing."""
    feedback = exercise.judge(solution(exercise))
    if not feedback:
        return f"its own solution is told {feedback.message!r}"
    for answer, hint in mistakes(exercise):
        feedback = exercise.judge(answer)
        if feedback:
            return f"the answer for {hint!r} passes"
        if feedback.message != hint:
            return f"the answer for {hint!r} is told {feedback.message!r}"
    return ""


@pytest.mark.parametrize("check", DECLARED)
def test_the_solution_passes_and_each_typical_wrong_answer_earns_its_own_hint(check):
    assert not fault(check.declaration())


NUMBER = Number(answer=2, wrong={"One.": 1, "Three.": 3}, otherwise="Count.")
ARRAY = {"answer": np.array([3, 4]), "wants": "two numbers", "otherwise": "Look."}
OPTIONS = {"answer": "a", "wants": "a or b", "otherwise": "No."}
WORDS = {"answer": ("a", "b", "c"), "wants": "words", "right": "Yes.", "otherwise": "No."}
COLLIDING = Number(answer=2, wrong={"A.": 1, "B.": 1}, otherwise="Count.")
NO_OPTION = Choice(**OPTIONS, options=("b",))


@pytest.mark.parametrize(
    ("exercise", "complaint"),
    [
        (Number(answer=2, wrong={"One.": 1, "Uno.": 1}, otherwise="Count."), "'Uno.' is told"),
        (Number(answer=2, wrong={"Two.": 2.0}, otherwise="Count."), "'Two.' passes"),
        (Number(answer=2, wrong={"Near.": (5, 2.01)}, otherwise="Count.", within=0.1), "passes"),
        (
            Number(answer=9, wrong={"A.": 1, "B.": 1.05}, otherwise="C.", roughly=0.1),
            "'B.' is told 'A.'",
        ),
        (Number(answer=float("nan"), otherwise="Count."), "its own solution"),
        (Choice(**OPTIONS, options=("b",)), "its own solution"),
        (Choice(**OPTIONS, options=("a", "b"), wrong={"A.": "a"}), "'A.' passes"),
        (Choice(**OPTIONS, options=("a", "b"), wrong={"C.": "c"}), "'C.' is told"),
        (Choice(**OPTIONS, options=("a", "b"), wrong={"B.": "b", "Bee.": "b"}), "told 'B.'"),
        (Order(**WORDS, wrong={"B.": ("b", "a")}), "passes"),
        (Order(**WORDS, wrong={"A.": ("a", "c"), "B.": ("b", "c"), "C.": ("b", "c")}), "told 'B.'"),
        (Array(**ARRAY, wrong={"Same.": [3, 4]}), "'Same.' passes"),
        (Array(**ARRAY, wrong={"A.": [4, 3], "B.": [4.1, 3]}, wrong_within=0.5), "told 'A.'"),
        (Array(**ARRAY, shapes={(2,): "Two."}), "is told 'Look.'"),
        (Several(parts={0: NUMBER, 1: NO_OPTION}, wants="a pair"), "its own solution"),
        (Several(parts={"x": COLLIDING}, wants="a dictionary"), "'B.' is told 'A.'"),
        (Function(cases=[Case((), NUMBER), Case((), NO_OPTION)], right=""), "its own solution"),
        (
            Function(cases=[Case((), COLLIDING, "Here, ")], right=""),
            "'Here, B.' is told 'Here, A.'",
        ),
    ],
)
def test_a_wrong_declaration_is_found(exercise, complaint):
    assert complaint in fault(exercise)


def test_a_right_declaration_has_no_fault():
    assert not fault(NUMBER)
    assert not fault(Array(**ARRAY, wrong={"x comes first.": [4, 3]}, shapes={(3,): "Two."}))
    assert not fault(Order(**WORDS, wrong={"A.": ("a", "c"), "B.": ("b", "c")}))
    truth = Choice(answer=True, options=(True, False), otherwise="B.", wants="True or False")
    whole = Several(parts={0: NUMBER, 1: truth}, wants="a pair")
    assert not fault(whole)
    assert not fault(Function(cases=[Case((), whole, "Here, "), Case((), NUMBER)], right="Yes."))
