"""A face made worse: what the figure measures, hands to the page, and says there."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from facenet_lite import imaging, models
from facenet_lite.book.figures import degrade as figure_module
from facenet_lite.book.figures.degrade import (
    EACH,
    PIXELS,
    QUALITIES,
    SHOWN,
    SIDE,
    STREAM,
    Degrade,
    worse,
)
from facenet_lite.data import nobody
from facenet_lite.distances import squared_distances
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "degrade.mjs"
PEOPLE = 4
SIZE = 96
SPEC = models.ModelSpec(
    name="roughness",
    image_size=SIZE,
    crop_margin=0.25,
    mean=(127.5, 127.5, 127.5),
    scale=1 / 127.5,
    embedding_dim=16,
    unit_norm=False,
    threshold=0.1,
)


@dataclass(frozen=True)
class Roughness:
    """A network that sees how rough each sixteenth of a crop is, and nothing else."""

    spec: models.ModelSpec = SPEC

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        steps = np.abs(np.diff(self.spec.prepare(crops), axis=3, append=0)).mean(axis=1)
        side = self.spec.image_size // 4
        parts = steps.reshape(len(crops), 4, side, 4, side).mean(axis=(2, 4))
        return np.asarray(10 * parts.reshape(len(crops), 16), np.float32)


@pytest.fixture(scope="module")
def figure() -> Degrade:
    return Degrade.of(Roughness(), people=PEOPLE)


@pytest.fixture(scope="module")
def drawn() -> NDArray[np.uint8]:
    """The same pictures, drawn here: (PEOPLE, EACH, SIDE, SIDE, 3)."""
    people, pictures = np.random.default_rng([0, STREAM]).spawn(2)
    model = nobody.load()
    some = model.sample_identities(PEOPLE, rng=people)
    return model.sample_pictures(some, EACH, rng=pictures, size=SIDE).pictures


@pytest.fixture(scope="module")
def page() -> Callable[[str], Any]:
    """Evaluates an expression with the page's own functions."""
    context = quickjs.Context()
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    context.eval(source)
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


def embedded(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    (vector,) = Roughness().embed(imaging.resize(crop, height=SIZE, width=SIZE)[None])
    return vector


def test_every_quality_and_size_has_a_picture_its_distances_and_its_ranks(figure):
    for values in (figure.pictures, figure.squared, figure.ranks):
        assert np.shape(values)[:2] == (len(QUALITIES), len(PIXELS)) == (7, 6)
    assert (figure.qualities, figure.pixels) == (list(QUALITIES), list(PIXELS))
    assert figure.network == "roughness"


def test_an_undegraded_picture_is_at_no_distance_to_itself(figure):
    itself = np.array(figure.squared)[..., 0]
    assert itself[0, 0] == 0
    assert (itself.ravel()[1:] > 0).all()
    assert figure.ranks[0][0] == [0, 0]


@pytest.mark.parametrize(("quality", "size"), [(0, 0), (0, 5), (6, 0), (3, 2), (6, 5)])
def test_distances_are_to_itself_to_another_picture_and_to_a_second_person(
    figure, drawn, quality, size
):
    here = embedded(worse(drawn[0, 0], QUALITIES[quality], PIXELS[size]))
    others = [embedded(crop) for crop in (drawn[0, 0], drawn[0, 1], drawn[1, 0])]
    expected = [float(squared_distances(here, other)) for other in others]
    assert figure.squared[quality][size] == pytest.approx(expected, abs=1e-4)


def test_ranks_count_nearer_pairs_of_one_person_and_pairs_of_two_as_near():
    """Three people at 0, 10 and 20 on a line, their four pictures at steps of 1 from there.

    Of one person 9 pairs are at a squared distance of 1, 6 at 4, and 3 at 9; of two people 2 at 49,
    4 at 64, and the others farther.
    """

    class Line(Roughness):
        """Puts the last four degraded pictures at 1, 2, 7 and 8, the others at 0."""

        def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
            places = np.add.outer([0, 10, 20], range(EACH)).ravel()
            if len(crops) != len(places):
                places = np.array([0] * (len(crops) - 4) + [1, 2, 7, 8])
            return places[:, None].astype(np.float32)

    found = Degrade.of(Line(), people=3)
    assert found.pairs == [18, 48]
    assert found.ranks[6] == [[0, 0], [0, 0], [0, 0], [9, 0], [18, 2], [18, 6]]
    assert found.squared[6][3:] == [[4, 1, 64], [49, 36, 9], [64, 49, 4]]
    assert found.highest == 530  # the farthest pair is 23 apart: 529
    assert found.same[:2] == pytest.approx([15 / 18, 3 / 18], abs=1e-4)  # bars of 8.83


def test_bars_hold_every_pair_and_the_axis_every_distance(figure):
    assert sum(figure.same) == pytest.approx(1, abs=0.01)
    assert sum(figure.different) == pytest.approx(1, abs=0.01)
    assert figure.highest >= np.max(figure.squared)


def test_worse_is_reduced_first_and_compressed_after(drawn):
    small = imaging.resize(drawn[0, 0], height=40, width=40)
    expected = imaging.jpeg_round_trip(small, quality=10)
    np.testing.assert_array_equal(worse(drawn[0, 0], 10, 1600), expected)
    np.testing.assert_array_equal(worse(drawn[0, 0], None, 1600), small)
    np.testing.assert_array_equal(worse(drawn[0, 0], None, SIDE**2), drawn[0, 0])


def test_the_picture_shown_is_the_degraded_one(figure, drawn):
    """Decoded, it is nearer to what the network gets than to what any other condition gives."""
    conditions = [(0, 0), (0, 5), (6, 5), (6, 3)]
    crops = {
        (q, s): imaging.resize(
            worse(drawn[0, 0], QUALITIES[q], PIXELS[s]), height=SIZE, width=SIZE
        ).astype(float)
        for q, s in conditions
    }
    for q, s in conditions:
        data = base64.b64decode(figure.pictures[q][s].split(",")[1])
        shown = imaging.read_image(data).astype(float)
        assert shown.shape == (SIZE, SIZE, 3)
        errors = {name: np.abs(shown - crop).mean() for name, crop in crops.items()}
        assert min(errors, key=errors.get) == (q, s)


def test_more_people_change_neither_the_face_nor_its_distances(figure):
    more = Degrade.of(Roughness(), people=PEOPLE + 1)
    assert more.pictures[0][0] == figure.pictures[0][0]
    assert more.squared[6][5][0] == pytest.approx(figure.squared[6][5][0], abs=1e-4)


def test_its_people_share_no_stream_with_any_training():
    from facenet_lite.train import sources

    assert max(sources.DRAWING, sources.PEOPLE, sources.WEIGHTS, sources.MINING) < STREAM


def test_a_crop_larger_than_the_pages_is_shown_smaller():
    class Wide(Roughness):
        """Sees 128 x 128 pixels."""

    wide = Wide(replace(SPEC, image_size=128))
    found = Degrade.of(wide, people=3)
    data = base64.b64decode(found.pictures[0][0].split(",")[1])
    assert imaging.read_image(data).shape == (SHOWN, SHOWN, 3)
    assert len(found.page_form()) < 250_000


def test_a_network_for_which_all_faces_are_one_still_draws():
    class Blind(Roughness):
        """Gives every crop the same embedding."""

        def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
            return np.ones((len(crops), 4), np.float32)

    found = Degrade.of(Blind(), people=3)
    assert found.highest == 1
    assert found.ranks[6][5] == [0, 48]


def test_dlibs_network_loses_little_of_a_face_until_it_is_small_and_compressed(monkeypatch):
    monkeypatch.setattr(figure_module, "QUALITIES", (None, 90, 10))
    monkeypatch.setattr(figure_module, "PIXELS", (SIDE**2, 1600))
    found = Degrade.of(models.load("dlib"), people=3)
    itself = np.array(found.squared)[..., 0]
    _, another, second = found.squared[0][0]
    assert itself[1, 0] < 0.01 < another < second
    assert itself[2, 1] > itself[2, 0] > itself[1, 0]
    assert itself[2, 1] > itself[0, 1] > itself[0, 0]


STATE = {
    "qualities": [None, 10],
    "pixels": [65536, 1600],
    "squared": [[[0, 0.2, 0.5], [0.01, 0.21, 0.51]], [[0.02, 0.22, 0.52], [0.3, 0.41, 0.62]]],
    "ranks": [[[0, 0], [1, 0]], [[12, 1], [359, 1234]]],
    "pairs": [360, 28320],
}


def test_in_words(page):
    assert page(f"inWords({json.dumps(STATE)}, 0, 0)") == (
        "65,536 pixels (all), not compressed: this is the undegraded picture, so the distance to "
        "itself is 0. Squared distance to another picture of this person 0.200, to the second "
        "person 0.500."
    )
    assert page(f"inWords({json.dumps(STATE)}, 1, 1)") == (
        "1,600 pixels, JPEG quality 10: squared distance 0.300 to the undegraded picture. Of 360 "
        "pairs of one person 359 are nearer than that (99.7 %), of 28,320 pairs of two people "
        "1,234 are as near or nearer (4.4 %). To another picture of this person 0.410, undegraded "
        "0.200; to the second person 0.620, undegraded 0.500."
    )
    one = page(f"inWords({json.dumps(STATE)}, 1, 0)")
    assert "1 is as near or nearer (under 0.1 %)" in one
    assert "1 is nearer than that (0.3 %)" in page(f"inWords({json.dumps(STATE)}, 0, 1)")


@pytest.mark.parametrize(
    ("count", "all_", "text"),
    [
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (1, 10_000, "under 0.1 %"),
        (9_999, 10_000, "over 99.9 %"),
        (1, 3, "33.3 %"),
    ],
)
def test_a_share_that_is_not_none_or_all_never_reads_so(page, count, all_, text):
    assert page(f"percent({count}, {all_})") == text


def test_ticks_are_few_and_round(page):
    assert page("ticks(1.1)") == [0, 0.2, 0.4, 0.6, 0.8, 1]
    for highest in (0.012, 0.5, 0.99, 1, 2.7, 4, 37):
        found = page(f"ticks({highest})")
        assert 3 <= len(found) <= 9
        assert found[-1] <= highest


def test_an_outline_is_as_high_as_its_shares(page):
    assert page("outline([0.5, 1], 10, 20, 1)") == "M0 20V10.0H5.0V0.0H10.0V20Z"


def test_the_page_form_says_what_it_shows(figure):
    assert "is compressed and reduced to fewer pixels" in figure.page_form()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": 2}, "people: expected a whole number at least 3"),
        ({"people": 3.5}, "people"),
    ],
)
def test_malformed_inputs_are_named(change, message):
    with pytest.raises(InputError, match=message):
        Degrade.of(Roughness(), **change)


@pytest.mark.parametrize(
    ("crop", "pixels", "message"),
    [
        (np.zeros((8, 9, 3), np.uint8), 16, "crop: expected a square"),
        (np.zeros((8, 8), np.uint8), 16, "crop: expected an RGB picture"),
        (np.zeros((8, 8, 3), np.uint8), 15, "square number"),
        (np.zeros((8, 8, 3), np.uint8), 0, "pixels: expected a whole number"),
    ],
)
def test_a_crop_or_a_number_that_is_no_square_is_refused(crop, pixels, message):
    with pytest.raises(InputError, match=message):
        worse(crop, None, pixels)
