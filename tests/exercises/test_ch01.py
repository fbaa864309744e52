"""The first chapter's checkers: the answers that pass, and what the typical wrong ones are told."""

import numpy as np
import pytest

from facenet_lite.exercises import ch01

RIGHT = ["detect", "landmarks", "crop", "embed", "compare"]


def test_the_right_answers_pass():
    assert ch01.check_order(RIGHT)
    assert ch01.check_order(tuple(RIGHT))
    assert ch01.check_threshold(0.25)
    assert ch01.check_colours(np.float32(0.02715))
    assert ch01.check_nearest(np.array([0.47485527]))


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (ch01.check_order, ["detect"], "exactly these five words"),
        (ch01.check_order, ["detect", "crop", "landmarks", "embed", "compare"], "upright"),
        (ch01.check_order, ["detect", "landmarks", "embed", "crop", "compare"], "150 x 150"),
        (ch01.check_order, ["landmarks", "detect", "crop", "embed", "compare"], "where it is"),
        (ch01.check_order, ["detect", "compare", "landmarks", "crop", "embed"], "what it needs"),
        (ch01.check_threshold, 0.5, "plain"),
        (ch01.check_threshold, 0.7071, "other direction"),
        (ch01.check_threshold, 3, "what is its square"),
        (ch01.check_threshold, "a", "one number"),
        (ch01.check_colours, 0.0, "same order"),
        (ch01.check_colours, 0.1648, "plain distance"),
        (ch01.check_colours, 0.4912, "herself"),
        (ch01.check_colours, 2.0, "first face"),
        (ch01.check_colours, [1, 2], "squared_distances"),
        (ch01.check_nearest, 0.0, "diagonal"),
        (ch01.check_nearest, 0.49117, "one embedding more"),
        (ch01.check_nearest, 9, "table"),
        (ch01.check_nearest, None, "three dots"),
        (ch01.check_nearest, "a", "smallest of three"),
    ],
)
def test_each_wrong_answer_gets_a_hint_of_its_own(check, answer, hint):
    feedback = check(answer)
    assert not feedback
    assert hint in feedback.message
