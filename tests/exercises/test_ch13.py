"""The checkers of chapter 13 know right answers, and typical wrong ones."""

from __future__ import annotations

import math

import pytest

from facenet_lite.exercises import STUB, ch13
from facenet_lite.losses import batch_all_triplet_loss


def expect(feedback: object, hint: str) -> None:
    assert not feedback
    assert hint in str(feedback)


@pytest.mark.parametrize("name", ["check_rate", "check_step", "check_states", "check_margin"])
def test_a_stub_is_no_answer(name: str) -> None:
    assert getattr(ch13, name)(...) is STUB


def test_the_right_answers_pass() -> None:
    assert ch13.check_rate(ch13.right_rate)
    assert ch13.check_step(ch13.right_step)
    assert ch13.check_states({"A": "one point", "B": "learning", "C": "all satisfied"})
    assert ch13.check_margin((0.2, 0.0))


def test_wrong_rates_are_known() -> None:
    peak, steps = ch13.PEAK, ch13.STEPS

    def fall(step: int) -> float:
        return 0.5 * (1 + math.cos(math.pi * step / steps))

    expect(ch13.check_rate(0.004), "function")
    expect(ch13.check_rate(lambda step: 1 / 0), "raises")
    expect(ch13.check_rate(lambda step: peak * fall(step)), "missing")
    expect(ch13.check_rate(lambda step: peak * min(1, (step + 1) / 30)), "half cosine")
    expect(ch13.check_rate(lambda step: peak * min(1, step / 30) * fall(step)), "first step")
    cosine = lambda step: peak * min(1, (step + 1) / 30) * math.cos(math.pi * step / steps)  # noqa: E731
    expect(ch13.check_rate(cosine), "below 0")
    expect(ch13.check_rate(lambda step: 0.1), "Multiply")


def emptied(net, optimiser, x, y) -> None:
    """The gradient is emptied between backward and step."""
    batch_all_triplet_loss(net(x), y).backward()
    optimiser.zero_grad()
    optimiser.step()


def test_wrong_steps_are_known() -> None:
    expect(ch13.check_step(3), "function")
    expect(ch13.check_step(lambda net: None), "raises")
    expect(ch13.check_step(ch13.faulty_step), "added")
    expect(ch13.check_step(emptied), "not moved")

    def twice(*arguments: object) -> None:
        ch13.right_step(*arguments)
        ch13.right_step(*arguments)

    expect(ch13.check_step(twice), "differ")


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
    expect(ch13.check_states(answer), hint)


@pytest.mark.parametrize(
    ("answer", "hint"), [(3, "two numbers"), ((0.2, 0.2), "first is right"), ((0, 0), "Put that")]
)
def test_wrong_margins_are_known(answer: object, hint: str) -> None:
    expect(ch13.check_margin(answer), hint)
