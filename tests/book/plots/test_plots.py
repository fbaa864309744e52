"""Drawings: what is in them, that they fit both themes, and that they say what they show."""

import re

import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.book import plots
from facenet_lite.errors import InputError
from facenet_lite.types import Detections

ALT = "A grey square with boxes."


@pytest.fixture
def image():
    return np.full((100, 200, 3), 90, np.uint8)


def test_a_drawing_is_one_image_with_a_name(image):
    page = plots.picture(image, alt='Says "what" & why <here>')._repr_html_()
    assert page.startswith('<svg role="img" aria-label="Says &quot;what&quot; &amp; why &lt;here')
    assert page.count('role="img"') == 1


def test_boxes_are_scaled_with_the_picture(image):
    svg = plots.picture(image, [[20, 10, 60, 50]], alt=ALT, width=400).svg
    assert 'x="40.0" y="20.0" width="80.0" height="80.0"' in svg


def test_each_named_set_has_its_colour_and_says_how_many(image):
    sets = {"hog": Detections([[0, 0, 9, 9]], [1]), "mmod": []}
    svg = plots.picture(image, sets, alt=ALT).svg
    assert plots.DETECTOR_COLOURS["hog"] in svg
    assert "hog: 1" in svg
    assert "mmod: none" in svg


def test_long_names_get_wider_places_in_the_legend(image):
    sets = {"as the file is": [[0, 0, 9, 9]], "without the two pads": []}
    svg = plots.picture(image, sets, alt=ALT, width=360).svg
    places = [float(x) for x in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="12"', svg)]
    assert places == [0, 0]


def test_more_named_sets_than_colours_are_refused(image):
    with pytest.raises(InputError, match="4 names at most, got 5"):
        plots.picture(image, {name: [] for name in "abcde"}, alt=ALT)


def test_labels_are_escaped_and_stay_inside(image):
    svg = plots.picture(image, [[150, 2, 199, 50]], ["<a> & b"], alt=ALT, width=200).svg
    assert "&lt;a&gt; &amp; b" in svg
    x = float(re.search(r'<rect x="([\d.]+)" y="0.0"', svg)[1])
    assert x == pytest.approx(200 - (7.4 * len("<a> & b") + 8), abs=0.1)


def test_points_are_dots(image):
    assert plots.picture(image, points=np.zeros((2, 5, 2)), alt=ALT).svg.count("<circle") == 10


def test_a_sheet_has_every_picture_and_title(image):
    drawing = plots.sheet(
        [image] * 5, list("abcde"), columns=2, alt=ALT, boxes=[[[0, 0, 9, 9]]] * 5
    )
    assert drawing.svg.count("<image") == 5
    assert drawing.svg.count("<text") == 5
    assert drawing.svg.count("<rect") == 10


def test_a_photograph_is_small_in_the_page():
    assert len(plots.picture(imaging.astronaut(), alt=ALT).svg) < 70_000


def test_a_chart_takes_the_texts_colour():
    figure, ax = plots.axes(1, 2, sharey=True)
    ax[0].plot([1, 2], label="one")
    ax[0].legend()
    ax[0].set_title("title")
    svg = plots.figure(figure, alt=ALT).svg
    assert "#000000" not in svg
    assert "#ffffff" not in svg
    assert "currentColor" in svg
    assert plots.COLOURS[0] in svg


def test_two_drawings_of_one_page_share_no_id():
    def ids():
        figure, ax = plots.axes()
        ax.plot([1, 2])
        return set(re.findall(r'\bid="([^"]+)"', plots.figure(figure, alt=ALT)._repr_html_()))

    assert not ids() & ids()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda i: plots.picture(i, alt=""), "a sentence"),
        (lambda i: plots.picture(i, alt=7), "a sentence"),
        (lambda i: plots.picture(i, [[5, 5, 1, 1]], alt=ALT), "x1 < x2"),
        (lambda i: plots.picture(i, [[0, 0, 9, 9]], ["a", "b"], alt=ALT), "one for each of 1"),
        (lambda i: plots.picture(i, alt=ALT, width=3), "width"),
        (lambda i: plots.picture(i[..., 0], alt=ALT), "grey"),
        (lambda i: plots.sheet([], alt=ALT), "images: expected 1, got 0"),
        (lambda i: plots.sheet([i], ["a", "b"], alt=ALT), "titles: expected 1, got 2"),
        (lambda i: plots.sheet([i], boxes=[], alt=ALT), "boxes: expected 1, got 0"),
        (lambda i: plots.sheet([i], alt=ALT, columns=0), "columns"),
        (lambda i: plots.figure(plots.axes()[0], alt="short"), "a sentence"),
    ],
)
def test_drawings_that_could_not_be_read_are_refused(image, draw, message):
    with pytest.raises(InputError, match=message):
        draw(image)


def test_the_chain_shows_each_step(image):
    points = np.array([[30, 20], [40, 20], [35, 30]])
    drawn = plots.chain(image, [20, 10, 60, 50], points, image[:90, :90], np.ones(128), alt=ALT)
    assert drawn.svg.count("<image") == 3
    assert drawn.svg.count("<circle") == 3
    assert drawn.svg.count("M") >= 128 + 3


def test_a_chain_of_other_shapes_is_refused(image):
    with pytest.raises(InputError, match="points"):
        plots.chain(image, [0, 0, 9, 9], [1, 2], image, np.ones(4), alt=ALT)
