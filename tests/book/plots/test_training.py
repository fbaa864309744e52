"""Curves of a run show its rows."""

from __future__ import annotations

import pytest

from facenet_lite.book.plots import training
from facenet_lite.errors import InputError

STEPS = [
    {"step": str(n), "loss": "0.2", "active_fraction": "0.5", "mean_positive": "0.3",
     "mean_negative": "0.4", "spread": "0.4"}
    for n in range(3)
]  # fmt: skip
LOOKS = [{"step": 0, "auc": 0.6, "val": 0.1}, {"step": 2, "auc": 0.9, "val": 0.4}]


def test_each_drawing_has_its_panels_and_its_text() -> None:
    text = training.run(STEPS, alt="Four panels of a short run.")._repr_html_()
    assert "share of triplets that are active" in text
    assert "Four panels of a short run." in text
    both = training.looks({"a": LOOKS, "b": LOOKS}, alt="Two runs, both rising.")._repr_html_()
    assert "VAL at FAR 0.01" in both
    one = training.looks({"a": LOOKS}, alt="A single run, rising.")._repr_html_()
    assert one.count("<path") < both.count("<path")
    broken = training.compare({"a": STEPS, "b": STEPS}, alt="Two runs beside each other.")
    assert "loss of the active triplets" in broken._repr_html_()
    rate = training.rates({"cosine": [0, 1, 0.5]}, alt="A rate that rises and falls.")
    assert "learning rate" in rate._repr_html_()


def test_a_picture_without_words_is_refused() -> None:
    with pytest.raises(InputError, match="alt"):
        training.rates({"a": [1]}, alt="")
