"""The replay of a run holds what the embeddings say."""

from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest

from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.training_replay import BINS, TrainingReplay
from facenet_lite.errors import InputError
from facenet_lite.evaluate import separation

MODULE = STATIC / "training_replay.mjs"


def looks() -> np.ndarray:
    rng = np.random.default_rng(0)
    people = rng.standard_normal((7, 1, 5))
    raw = np.stack([rng.standard_normal((7, 3, 5)), people + 0.01 * rng.standard_normal((7, 3, 5))])
    return (raw / np.linalg.norm(raw, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def figure() -> TrainingReplay:
    return TrainingReplay.of(looks(), [0, 40])


def test_bars_are_shares_and_auc_is_the_packages(figure: TrainingReplay) -> None:
    for bars in (figure.same, figure.different):
        assert [len(row) for row in bars] == [BINS, BINS]
        np.testing.assert_allclose(np.sum(bars, axis=1), 1, atol=2e-3)
    assert figure.auc == [round(separation(look).auc, 3) for look in looks()]
    assert figure.same[1][0] == 1  # at the end pictures of one person are as good as one point


def test_points_are_the_embeddings_in_one_plane(figure: TrainingReplay) -> None:
    places = np.array(figure.points) / 1000
    assert places.shape == (2, 6, 3, 2)
    apart = np.linalg.norm(places[1, 0] - places[1, 1], axis=-1)
    full = np.linalg.norm(looks()[1, 0] - looks()[1, 1], axis=-1)
    assert (apart <= full + 0.01).all()
    assert np.ptp(places[1, 0], axis=0).max() < 0.1


def test_the_page_form_is_small_and_says_what_it_shows(figure: TrainingReplay) -> None:
    assert len(figure.page_form()) < 60_000
    assert 'data-figure="training_replay.mjs"' in figure.page_form()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"embeddings": np.zeros((2, 3, 4))}, "embeddings"),
        ({"steps": [0]}, "steps"),
    ],
)
def test_malformed_inputs_are_named(change: dict[str, object], message: str) -> None:
    given = {"embeddings": looks(), "steps": [0, 40]} | change
    with pytest.raises(InputError, match=message):
        TrainingReplay.of(given.pop("embeddings"), given.pop("steps"), **given)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_page_says_and_draws_what_it_is_given() -> None:
    script = f"""
      import {{ inWords, outline }} from {json.dumps(MODULE.as_uri())};
      console.log(JSON.stringify([inWords(1, 0.5), outline([0.25, 0.5], 20, 100, 0.5)]));"""
    call = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60)
    words, path = json.loads(done.stdout)
    assert "After 1 step: " in words
    assert "50.0 %" in words
    assert path == "M0 100V50.0H10.0V0.0H20.0V100Z"
