"""Landmarks drawn: joined within parts, in the part of the picture that is shown."""

import re

import numpy as np
import pytest

from facenet_lite.book.plots.landmarks import faces, reframing, sensitivity
from facenet_lite.errors import InputError

ALT = "A picture for a test, with points on it."
GREY = np.full((40, 40, 3), 127, np.uint8)
FIVE = np.array([[30, 10], [24, 10], [10, 10], [16, 10], [20, 24]], float)


def centres(drawing):
    return [tuple(map(float, c)) for c in re.findall(r'<circle cx="([\d.-]+)" cy="([\d.-]+)"', drawing.svg)]  # fmt: skip


def lines(drawing):
    paths = re.findall(r'<path d="([^"]*)"', drawing.svg)
    return paths[0].count("M") if paths else 0


def test_points_lie_at_the_centres_of_their_pixels():
    drawn = faces([GREY], [[FIVE]], alt=ALT, width=400)
    assert centres(drawn)[0] == (305, 105)


def test_a_part_of_the_picture_is_shown_with_its_points():
    drawn = faces([GREY], [[FIVE]], around=[10, 5, 30, 25], alt=ALT, width=400)
    assert centres(drawn)[0] == (410, 110)  # 20 pixels become 400


def test_five_points_are_joined_within_the_eyes_and_others_not_at_all():
    assert lines(faces([GREY], [[FIVE]], alt=ALT)) == 3
    assert lines(faces([GREY], [[FIVE[:4]]], alt=ALT)) == 0
    assert lines(faces([GREY], [[np.zeros((68, 2))]], alt=ALT)) == 9


def test_two_sets_have_two_colours_and_the_first_lies_on_top():
    svg = faces([GREY], [[FIVE, FIVE + 1]], alt=ALT).svg
    assert svg.index("#4de3ff") < svg.index("#ffd400")


def test_the_same_picture_is_in_the_page_once_and_lies_where_it_should():
    apart = faces([GREY, GREY.copy()], [[FIVE]] * 2, alt=ALT)
    assert apart.svg.count("data:image") == 2
    again = faces([GREY, GREY, GREY], [[FIVE]] * 3, alt=ALT, columns=2, width=400)
    assert again.svg.count("data:image") == 1
    assert '<use href="#photo-0" x="204.0" y="0.0"/>' in again.svg
    assert '<use href="#photo-0" x="0.0" y="204.0"/>' in again.svg


def test_titles_boxes_and_numbers_are_drawn():
    drawn = faces(
        [GREY] * 3, [[FIVE]] * 3, ["a", "b", "c"], boxes=[[5, 5, 35, 35]] * 3, numbers=True,
        columns=2, alt=ALT,
    )  # fmt: skip
    assert all(f">{text}</text>" in drawn.svg for text in ("a", "b", "c", "4"))
    assert drawn.svg.count('stroke-width="2"/>') == 3


ROW = {when: {"mean": 0.03, "low": 0.02, "high": 0.04} for when in ("before", "after", "gain")}


def test_reframing_has_a_panel_for_each_landmarker_and_every_detector():
    svg = reframing({"5": {"haar": ROW, "hog": ROW}, "68": {"haar": ROW, "hog": ROW}}, alt=ALT).svg
    assert all(text in svg for text in ("dlib's 5", "dlib's 68", "Haar", "HOG", "reframed"))


def test_sensitivity_has_two_panels_and_names_the_landmarkers():
    rows = {
        "scale": [{"scale": 1, "5": 0.1}, {"scale": 2, "5": 0.2}],
        "down": [{"down": 0, "5": 0}],
    }
    svg = sensitivity(rows, alt=ALT).svg
    assert all(text in svg for text in ("box scaled by", "box moved down", "dlib's 5"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: faces([], [], alt=ALT), "points: expected 1"),
        (lambda: faces([GREY], [[FIVE]] * 2, alt=ALT), "points: expected 1, got 2"),
        (lambda: faces([GREY], [[FIVE]], ["a", "b"], alt=ALT), "titles: expected 1, got 2"),
        (lambda: faces([GREY], [[np.zeros(3)]], alt=ALT), "points: expected"),
        (lambda: faces([GREY], [[FIVE]], alt=""), "alt: expected"),
        (lambda: reframing({}, alt=ALT), "nme: expected at least one"),
    ],
)
def test_other_input_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
