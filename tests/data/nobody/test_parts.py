"""Parts of how, on the package's own model: each does what its name says."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.data import nobody


def moved(model, part, axis):
    """The mean face with one number of a part at -1.5 and at 1.5: textures and shapes."""
    numbers = np.zeros((2, model.part_dims[part]))
    numbers[:, axis] = [-1.5, 1.5]
    c = model.coefficients(np.zeros((2, model.identity_dim)), {part: numbers})
    return model.textures(c).astype(float), model.shapes(c)


def test_yaw_turns_the_nose_to_the_pictures_right(model):
    _, (less, more) = moved(model, "yaw", 0)
    nose = [shape[30, 0] - shape[[0, 16], 0].mean() for shape in (less, more)]
    assert nose[1] - nose[0] > 10
    np.testing.assert_allclose(nose[0], -nose[1], atol=0.5)


def test_pitch_takes_the_nose_down(model):
    _, (less, more) = moved(model, "pitch", 0)
    assert more[30, 1] - more[[0, 16], 1].mean() > less[30, 1] - less[[0, 16], 1].mean() + 3


@pytest.mark.parametrize(
    ("axis", "a", "b", "coordinate"),
    [(0, 66, 62, 1), (1, 54, 48, 0), (2, 41, 37, 1), (3, 39, 21, 1)],
    ids=nobody.AXES["expression"],
)
def test_an_expression_does_what_its_name_says(model, axis, a, b, coordinate):
    _, (less, more) = moved(model, "expression", axis)
    assert more[a, coordinate] - more[b, coordinate] > less[a, coordinate] - less[b, coordinate]


def test_light_gets_brighter_sided_higher_warmer_and_greener(model):
    face = slice(48, 96), slice(40, 88)
    for axis, measure in enumerate(
        [
            lambda t: t.mean(),
            lambda t: t[:, :24].mean() - t[:, 24:].mean(),
            lambda t: t[:24].mean() - t[24:].mean(),
            lambda t: t[..., 0].mean() - t[..., 2].mean(),
            lambda t: t[..., 1].mean() - t[..., [0, 2]].mean(),
        ]
    ):
        (less, more), _ = moved(model, "light", axis)
        assert measure(more[face]) > measure(less[face]) + 5, nobody.AXES["light"][axis]


def test_background_leaves_the_face_nearly_as_it_is(model):
    (less, more), _ = moved(model, "background", 0)
    change = np.abs(more - less)
    assert change[:20, :20].mean() > 8 * change[60:80, 50:78].mean()
