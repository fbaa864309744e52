"""The first chapter's checkers: the answers that pass, and what the typical wrong ones are told."""

import numpy as np
import pytest

from facenet_lite.book.exercises import pipeline

RIGHT = ["detect", "landmarks", "crop", "embed", "compare"]


def test_the_right_answers_pass():
    assert pipeline.check_order(RIGHT)
    assert pipeline.check_order(tuple(RIGHT))
    assert pipeline.check_threshold(0.25)
    assert pipeline.check_colours(np.float32(0.02715))
    assert pipeline.check_nearest(np.array([0.47485527]))


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (pipeline.check_order, ["detect"], "exactly these five words"),
        (pipeline.check_order, ["detect", "crop", "landmarks", "embed", "compare"], "upright"),
        (pipeline.check_order, ["detect", "landmarks", "embed", "crop", "compare"], "150 x 150"),
        (pipeline.check_order, ["landmarks", "detect", "crop", "embed", "compare"], "where it is"),
        (
            pipeline.check_order,
            ["detect", "compare", "landmarks", "crop", "embed"],
            "what it needs",
        ),
        (pipeline.check_threshold, 0.5, "plain"),
        (pipeline.check_threshold, 0.7071, "other direction"),
        (pipeline.check_threshold, 3, "what is its square"),
        (pipeline.check_threshold, "a", "one number"),
        (pipeline.check_colours, 0.0, "same order"),
        (pipeline.check_colours, 0.1648, "plain distance"),
        (pipeline.check_colours, 0.4912, "herself"),
        (pipeline.check_colours, 2.0, "first face"),
        (pipeline.check_colours, [1, 2], "squared_distances"),
        (pipeline.check_nearest, 0.0, "diagonal"),
        (pipeline.check_nearest, 0.49117, "one embedding more"),
        (pipeline.check_nearest, 9, "table"),
        (pipeline.check_nearest, None, "three dots"),
        (pipeline.check_nearest, "a", "smallest of three"),
    ],
)
def test_each_wrong_answer_gets_a_hint_of_its_own(check, answer, hint):
    feedback = check(answer)
    assert not feedback
    assert hint in feedback.message
