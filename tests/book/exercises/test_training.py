"""The checkers of chapter 13 know right answers, and typical wrong ones."""

from __future__ import annotations

import math

import pytest

from facenet_lite.book.exercises import STUB, training
from facenet_lite.losses import batch_all_triplet_loss


def expect(feedback: object, hint: str) -> None:
    assert not feedback
    assert hint in str(feedback)


@pytest.mark.parametrize("name", ["check_rate", "check_step", "check_states", "check_margin"])
def test_a_stub_is_no_answer(name: str) -> None:
    assert getattr(training, name)(...) is STUB


def test_the_right_answers_pass() -> None:
    assert training.check_rate(training.right_rate)
    assert training.check_step(training.right_step)
    assert training.check_states({"A": "one point", "B": "learning", "C": "all satisfied"})
    assert training.check_margin((0.2, 0.0))


def test_wrong_rates_are_known() -> None:
    peak, steps = training.PEAK, training.STEPS

    def fall(step: int) -> float:
        return 0.5 * (1 + math.cos(math.pi * step / steps))

    expect(training.check_rate(0.004), "function")
    expect(training.check_rate(lambda step: 1 / 0), "raises")
    expect(training.check_rate(lambda step: peak * fall(step)), "missing")
    expect(training.check_rate(lambda step: peak * min(1, (step + 1) / 30)), "half cosine")
    expect(training.check_rate(lambda step: peak * min(1, step / 30) * fall(step)), "first step")
    cosine = lambda step: peak * min(1, (step + 1) / 30) * math.cos(math.pi * step / steps)  # noqa: E731
    expect(training.check_rate(cosine), "below 0")
    expect(training.check_rate(lambda step: 0.1), "Multiply")


def emptied(net, optimiser, x, y) -> None:
    """The gradient is emptied between backward and step."""
    batch_all_triplet_loss(net(x), y).backward()
    optimiser.zero_grad()
    optimiser.step()


def test_wrong_steps_are_known() -> None:
    expect(training.check_step(3), "function")
    expect(training.check_step(lambda net: None), "raises")
    expect(training.check_step(training.faulty_step), "added")
    expect(training.check_step(emptied), "not moved")

    def twice(*arguments: object) -> None:
        training.right_step(*arguments)
        training.right_step(*arguments)

    expect(training.check_step(twice), "differ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("ABC", "dict"),
        ({"A": "dead", "B": "learning", "C": "learning"}, "should be one of"),
        ({"A": "learning", "B": "learning", "C": "learning"}, "In A"),
        ({"A": "one point", "B": "one point", "C": "learning"}, "In B"),
        ({"A": "one point", "B": "learning", "C": "one point"}, "In C"),
    ],
)
def test_wrong_states_are_known(answer: object, hint: str) -> None:
    expect(training.check_states(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"), [(3, "two numbers"), ((0.2, 0.2), "first is right"), ((0, 0), "Put that")]
)
def test_wrong_margins_are_known(answer: object, hint: str) -> None:
    expect(training.check_margin(answer), hint)
