"""Chapter 6's checkers: the stub fails, the solution passes, wrong answers get a hint."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.book import results
from facenet_lite.book.exercises import choosing
from facenet_lite.book.experiments.detectors import in_the_page
from facenet_lite.evaluate import detections
from facenet_lite.evaluate.uncertainty import wilson_interval

CHECKERS = [
    choosing.check_overlap,
    choosing.check_interval,
    choosing.check_recall,
    choosing.check_choice,
]
RECORDED = (results.FOLDER / "detectors.json").is_file()


def right_recall(found, known):
    hits = sum(len(detections.match(f, k).known) for f, k in zip(found, known, strict=True))
    return hits / sum(len(k) for k in known)


def dropping(found, known):
    pairs = [(f, k) for f, k in zip(found, known, strict=True) if len(f)]
    return right_recall([f for f, _ in pairs], [k for _, k in pairs])


def doubling(found, known):
    both = zip(found, known, strict=True)
    hits = sum(len(detections.match(f[i : i + 1], k).known) for f, k in both for i in range(len(f)))
    return hits / sum(len(k) for k in known)


@pytest.mark.parametrize("check", CHECKERS)
@pytest.mark.parametrize("answer", [..., None])
def test_the_stub_is_no_answer(check, answer):
    assert not check(answer)
    assert "three dots" in check(answer).message


@pytest.mark.parametrize("check", CHECKERS)
@pytest.mark.parametrize(
    "answer",
    ["?", object(), [], {}, [1, "a"], np.nan, -1, (1, 2, 3), lambda: 1, lambda f, k: "x", int],
)
def test_any_answer_gets_feedback(check, answer):
    assert not check(answer)
    assert len(check(answer).message) > 10


def test_solutions_pass():
    assert choosing.check_overlap(2400 / (4800 + 4800 - 2400))
    assert choosing.check_interval(wilson_interval(18, 20))
    assert choosing.check_recall(right_recall)


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (choosing.check_overlap, 2400 / 9600, "twice"),
        (choosing.check_overlap, 0.5, "one box"),
        (choosing.check_overlap, 2400, "union"),
        (choosing.check_overlap, 41 * 61 / (2 * 61 * 81 - 41 * 61), "excluded"),
        (choosing.check_overlap, 0.9, "corners"),
        (choosing.check_interval, wilson_interval(18, 20)[::-1], "order"),
        (choosing.check_interval, (0.7685, 1.0315), "beyond 1"),
        (choosing.check_interval, wilson_interval(2, 20), "misses"),
        (choosing.check_interval, (0.1, 0.2), "formula"),
        (choosing.check_recall, dropping, "must count"),
        (choosing.check_recall, doubling, "one to one"),
        (choosing.check_recall, lambda found, known: 1.0, "missed"),
        (choosing.check_recall, lambda found: 1.0, "raises TypeError"),
        (choosing.check_choice, {"dark": "hog"}, "dictionary"),
    ],
)
def test_typical_mistakes_get_a_hint_of_their_own(check, answer, hint):
    feedback = check(answer)
    assert not feedback
    assert hint in feedback.message


@pytest.mark.skipif(not RECORDED, reason="not recorded yet")
class TestChoice:
    @pytest.fixture
    def right(self):
        conditions = results.load("detectors")["data"]["conditions"]
        return {
            case: in_the_page.leaders(in_the_page.pick(conditions, *where))[0]
            for case, where in choosing.CASES.items()
        }

    def test_the_recorded_leaders_pass(self, right):
        assert choosing.check_choice(right)

    def test_no_detector_is_the_answer_to_all(self, right):
        assert len(set(right.values())) > 1
        for name in ("haar", "ssd", "hog", "mmod"):
            assert not choosing.check_choice(dict.fromkeys(choosing.CASES, name))

    @pytest.mark.parametrize(
        ("value", "hint"), [("ssd", "found"), ("yolo", "should be one of"), (..., "three dots")]
    )
    def test_each_case_has_its_hint(self, right, value, hint):
        assert hint in choosing.check_choice(right | {"dark": value}).message
