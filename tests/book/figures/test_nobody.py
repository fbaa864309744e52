"""The page draws the package's faces: its pure functions are run and compared with ``draw``."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facenet_lite.book.figures import nobody as figure_module
from facenet_lite.book.figures.nobody import HOW, MARGIN, FacesOfNobody, texture_change
from facenet_lite.data import nobody
from facenet_lite.data.nobody import mesh
from facenet_lite.data.nobody.tone import tone_curve
from facenet_lite.errors import InputError

quickjs = pytest.importorskip("quickjs", reason="the page's functions run in quickjs")

MODULE = Path(figure_module.__file__).parent / "static" / "nobody.mjs"
SIZE = 128
"""Pixels of the pictures compared: a quarter of the page's, to be quick."""


@pytest.fixture(scope="module")
def model():
    return nobody.load()


@pytest.fixture(scope="module")
def figure(model) -> FacesOfNobody:
    return FacesOfNobody.of(model)


@pytest.fixture(scope="module")
def page(figure) -> Callable[[str], Any]:
    """Evaluates an expression over ``known``, the page's model, drawing ``SIZE`` pixels."""
    context = quickjs.Context()
    context.add_callable("atob", lambda text: base64.b64decode(text).decode("latin1"))
    source = re.sub(r"^export (default .*|)", "", MODULE.read_text("utf8"), flags=re.MULTILINE)
    state = figure.state()
    state["rules"] |= {"size": SIZE, "frame": mesh.frame(SIZE, MARGIN).tolist()}
    context.eval(source)
    context.eval(f"const known = unpack({json.dumps(state)});")
    return lambda expression: json.loads(context.eval(f"JSON.stringify({expression})"))


def encoded(values) -> str:
    """Small whole numbers as the page unpacks them."""
    return base64.b64encode(np.asarray(values).astype(np.uint8).tobytes()).decode()


def expected(model, who: list[float], how: list[float]):
    """The package's picture and landmarks of the same numbers."""
    ends = np.cumsum(list(HOW.values()))[:-1]
    given = {
        part: np.pad(values, (0, model.part_dims[part] - len(values)))[None]
        for part, values in zip(HOW, np.split(np.array(how), ends), strict=True)
    }
    person = np.zeros((1, model.identity_dim))
    person[0, : len(who)] = who
    return model.coefficients(person, given)


def numbers(seed: int, reach: float) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    who = np.clip(rng.standard_normal(12) * reach, -2.5, 2.5)
    how = np.clip(rng.standard_normal(sum(HOW.values())) * reach, -2.5, 2.5)
    return who.tolist(), how.tolist()


@pytest.mark.parametrize("case", [(0, 0.0), (1, 1.0), (2, 1.0), (3, 2.0)])
def test_the_page_draws_the_packages_picture_to_two_grey_levels(model, page, case) -> None:
    who, how = numbers(*case)
    picture, landmarks = model.draw(expected(model, who, how), size=SIZE, crop_margin=MARGIN)
    amounts = json.dumps([*who, *how])
    at = f"placed(known, shape(known, {amounts}))"
    points = page(f"Array.from({at})")
    assert np.abs(np.reshape(points, (-1, 2))[:68] - landmarks[0]).max() < 0.1
    drawn = page(f"Array.from(paint(known, skin(known, {amounts}), {at}))")
    error = np.abs(np.reshape(drawn, (SIZE, SIZE, 4))[..., :3] - picture[0].astype(float))
    assert error.mean() < 2
    assert np.percentile(error, 99) < 12


def test_a_moved_slider_shows_in_the_page_as_in_the_package(model, page) -> None:
    """The light's sign: from the picture's left, the left of the face is the brighter."""
    light = 12 + list(nobody.AXES["light"]).index("from the picture's left") + 6
    amounts = [0.0] * 21
    amounts[light] = 2.0
    lit = np.reshape(page(f"Array.from(skin(known, {amounts}))"), (128, 128, 3))
    assert lit[50:80, 40:60].mean() > lit[50:80, 68:88].mean() + 30


def test_lips_do_not_cross_and_folded_faces_are_pulled_in(model, page, figure) -> None:
    amounts = [2.5, -2.5] * 10 + [2.5]
    points = np.reshape(page(f"Array.from(shape(known, {amounts}))"), (-1, 2))
    ours = model.shapes(expected(model, amounts[:12], amounts[12:]))[0]
    assert np.abs(points[:68] - ours).max() < 0.1
    wide = np.reshape(page(f"Array.from(shape(known, {[40.0] * 21}))"), (-1, 2))
    least = -mesh.FOLD * mesh.signed_areas(np.array([figure.points]), model.triangles)
    assert (mesh.signed_areas(wide[None], model.triangles) > least - 1).all()
    closed = [0.0] * 21
    closed[14] = -20.0  # mouth open, the other way
    points = np.reshape(page(f"Array.from(shape(known, {closed}))"), (-1, 2))
    assert all(points[lower, 1] > points[upper, 1] for upper, lower in mesh.LIPS)


def test_the_page_bends_tones_as_the_package_does(page) -> None:
    levels = np.arange(-200, 460)
    assert page(f"{levels.tolist()}.map(tone)") == tone_curve(levels).tolist()


def test_between_two_coarse_pixels_the_page_draws_a_straight_line(page) -> None:
    ramp = np.broadcast_to(2 * np.arange(64)[:, None, None], (64, 32, 3))
    state = {
        "mean": encoded(np.full((128, 64, 3), 60)),
        "points": [],
        "triangles": [],
        "rules": {},
    }
    state["directions"] = [{"texture": encoded(ramp), "step": 1, "mirror": 1, "moves": []}]
    drawn = np.reshape(page(f"Array.from(skin(unpack({json.dumps(state)}), [1]))"), (128, 128, 3))
    wanted = 60 + np.clip(np.arange(128) - 0.5, 0, 126)
    assert np.abs(drawn - wanted[:, None, None]).max() <= 0.5


def test_a_triangle_turned_over_is_covered_by_the_one_around_it(page) -> None:
    corners = [0, 0, 30, 0, 0, 30, 4, 4, 4, 8, 8, 4]  # the second goes round the other way
    points = [0, 0, 30, 0, 0, 30, 90, 90, 94, 90, 90, 94]
    texture = np.zeros((128, 128, 3), int)
    texture[80:] = 255  # what the second one shows
    rules = json.dumps({"size": 16, "points": points, "triangles": [[0, 1, 2], [3, 4, 5]]})
    drawn = page(f"Array.from(paint({rules}, {texture.ravel().tolist()}, {corners}))")
    assert np.reshape(drawn, (16, 16, 4))[..., :3].max() == 0


def test_people_are_drawn_from_their_seed_and_differ(page) -> None:
    first, again, other = page("[normals(1, 4000), normals(1, 4000), normals(2, 4000)]")
    assert first == again
    assert first != other
    assert abs(np.mean(first)) < 0.06
    assert abs(np.std(first) - 0.98) < 0.05
    assert np.abs(first).max() == 2.5


def test_a_direction_is_its_own_mirror_image_or_the_opposite(model, figure) -> None:
    columns = [*model.who.T[:12], *(c for part, n in HOW.items() for c in model.how[part].T[:n])]
    for direction, column in zip(figure.directions, columns, strict=True):
        change = texture_change(model, column)
        mirrored = direction["mirror"] * change[:, ::-1]
        assert np.abs(change - mirrored).max() < 1e-3 * np.abs(change).max()


def test_a_change_of_texture_is_what_the_model_adds(model) -> None:
    column = model.who[:, 4]
    twice = model.textures(np.stack([column, -column])).astype(float)
    middle = (twice.min(axis=0) > 50) & (twice.max(axis=0) < 205)  # where no tone is bent
    change = (twice[0] - twice[1]) / 2
    assert middle.mean() > 0.5
    assert np.abs(change - texture_change(model, column))[middle].max() < 1.01


def test_the_state_fits_a_page(figure) -> None:
    assert len(figure.page_form()) < 350_000
    assert [d["name"] for d in figure.directions[12:15]] == [
        "nose to the picture's right",
        "nose down",
        "mouth open",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"who": [0.0] * 11}, "who: expected 12 numbers"),
        ({"how": [0.0]}, "how: expected 9 numbers"),
        ({"who": [9.0] + [0.0] * 11}, "who: expected"),
        ({"how": [-9.0] + [0.0] * 8}, "how: expected"),
    ],
)
def test_sliders_take_only_what_they_can_show(model, change, message: str) -> None:
    figure = FacesOfNobody.of(model)
    ((name, value),) = change.items()
    with pytest.raises(InputError, match=message):
        setattr(figure, name, value)
