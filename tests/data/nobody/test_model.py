"""The face model: exact landmarks, the same bytes for the same seed, one part at a time."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from facenet_lite import align
from facenet_lite.data import nobody
from facenet_lite.data.nobody import mesh
from facenet_lite.errors import InputError


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def people(model):
    return model.sample_identities(3, rng=rng())


@pytest.fixture(scope="module")
def drawn(model, people):
    return model.sample_pictures(people, 4, rng=rng(1))


def test_shapes_and_types_are_as_promised(model, drawn):
    assert (drawn.pictures.shape, drawn.pictures.dtype) == ((3, 4, 96, 96, 3), np.uint8)
    assert (drawn.landmarks.shape, drawn.landmarks.dtype) == ((3, 4, 68, 2), np.float32)
    assert drawn.labels.tolist() == [[0] * 4, [1] * 4, [2] * 4]
    assert {p: v.shape for p, v in drawn.parameters.items()} == {
        part: (3, 4, dim) for part, dim in model.part_dims.items()
    }


def test_the_same_seed_gives_the_same_bytes(model, people, drawn):
    again = model.sample_pictures(model.sample_identities(3, rng=rng()), 4, rng=rng(1))
    assert again.pictures.tobytes() == drawn.pictures.tobytes()
    assert again.landmarks.tobytes() == drawn.landmarks.tobytes()
    other = model.sample_pictures(people, 4, rng=rng(2))
    assert other.pictures.tobytes() != drawn.pictures.tobytes()


def test_another_process_with_other_threads_draws_the_same_bytes(drawn):
    code = (
        "import hashlib, numpy as np; from facenet_lite.data import nobody; m = nobody.load();"
        "p = m.sample_identities(3, rng=np.random.default_rng(0));"
        "d = m.sample_pictures(p, 4, rng=np.random.default_rng(1));"
        "print(hashlib.sha256(d.pictures.tobytes()).hexdigest())"
    )
    import hashlib
    import os

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
    )
    assert done.stdout.strip() == hashlib.sha256(drawn.pictures.tobytes()).hexdigest()


def test_the_size_of_a_batch_changes_no_byte(model, people, drawn):
    who = np.repeat(people.coordinates, 4, axis=0)
    how = {part: drawn.parameters[part].reshape(12, -1) for part in nobody.PARTS}
    c = model.coefficients(who, how)
    alone = [model.draw(c[i : i + 1])[0][0] for i in range(12)]
    assert np.array_equal(alone, drawn.flat[0])
    assert np.array_equal(model.draw(c)[1], drawn.flat_landmarks)


def test_sums_are_exact_in_whatever_order(model, people):
    c = model.coefficients(people.coordinates)
    steps, split = model.steps.astype(float), len(model.kept)
    amounts = np.rint(c[:, : len(steps)] * (model.steps * 1024)).astype(np.int64)
    for i, textures in enumerate(model.textures(c)):
        kept, turned = (
            np.tensordot(amounts[i, where], stored.astype(np.int64), axes=1)
            for where, stored in (
                (slice(0, split), model.kept),
                (slice(split, None), model.turned),
            )
        )
        left = kept + turned + np.rint(model.mean_texture * 1024).astype(np.int64)
        grey = np.rint(left / 1024)
        expected = nobody.tone.tone_curve(grey.ravel()).reshape(left.shape)
        np.testing.assert_array_equal(textures[:, :64], expected)


def test_pictures_are_where_align_would_put_them(model, drawn):
    five = drawn.flat_landmarks[:, list(mesh.FIVE)]
    assert np.abs(five.mean(axis=0) - align.template(96, 0.25)).max() < 2
    for points in five:
        matrix = align.similarity_transform(points, align.template(96, 0.25))
        assert np.sqrt(np.linalg.det(matrix[:, :2])) == pytest.approx(1, abs=0.06)


def test_a_wider_margin_shows_the_same_face_smaller(model, people):
    c = model.coefficients(people.coordinates)
    _, near = model.draw(c)
    _, far = model.draw(c, crop_margin=0.5)
    np.testing.assert_allclose(
        (far + 0.5) / 96 * 2 - 0.5, (near + 0.5) / 96 * 1.5 - 0.25, atol=1e-5
    )
    assert (far > 0).all()
    assert (far < 96).all()


@pytest.mark.parametrize(("right", "down"), [(0, 0), (4, -3), (-3, 5)])
def test_landmarks_are_where_the_skin_has_them(make_model, mean_shape, right, down):
    """A dark spot around the eye's middle is drawn around the middle of the eye's landmarks."""
    y, x = np.mgrid[:128, :64]
    eye = mean_shape[36:42].mean(axis=0)
    spot = np.exp(-((x - eye[0]) ** 2 + (y - eye[1]) ** 2) / (2 * 2.0**2))
    model = make_model((200 - 150 * spot[..., None]).repeat(3, axis=2).astype(np.float32))
    (picture,), (points,) = model.draw([[0, 0, down, right]], size=128, crop_margin=0.5)
    middle = points[36:42].mean(axis=0)
    assert middle[0] == pytest.approx(eye[0] + right, abs=1)
    dark = (200.0 - picture[..., 0]) * (np.arange(128) < points[27, 0] - 8)
    rows, columns = np.mgrid[:128, :128]
    found = np.array([(dark * columns).sum(), (dark * rows).sum()]) / dark.sum()
    assert np.abs(found - middle).max() < 0.1


def test_the_mean_face_by_hand(make_model, mean_shape):
    model = make_model()
    (texture,) = model.textures(np.zeros((1, 4)))
    assert (texture == 100).all()
    (texture,) = model.textures([[1.0, 2.0, 0, 0]])
    assert texture[0, 0, 0] == 120  # 100 + 1 x 2 x 10
    assert texture[0, 40, 0] == 140  # and 2 x 1 x 10 more on the right of the left half
    assert texture[0, 127 - 40, 0] == 100  # and less in its mirror image
    (shape,) = model.shapes([[0, 0, 1.0, -2.0]])
    np.testing.assert_allclose(shape, mean_shape + np.array([-2, 1]))
    assert model.coefficients([[3.0]], {"yaw": [[0.5]]}).tolist() == [[1.5, 0, 0, 1.0]]


def test_switching_one_part_off_leaves_every_other_draw(model, people, drawn):
    still = model.sample_pictures(people, 4, rng=rng(1), scale={"light": 0, "yaw": 2})
    assert not still.parameters["light"].any()
    np.testing.assert_allclose(still.parameters["yaw"], 2.5 * drawn.parameters["yaw"], rtol=1e-6)
    for part in ("pitch", "expression", "background", "other"):
        np.testing.assert_array_equal(still.parameters[part], drawn.parameters[part])
    assert (still.pictures != drawn.pictures).any()


def test_all_parts_off_gives_one_picture_again_and_again(model, people):
    off = dict.fromkeys(nobody.PARTS, 0.0)
    same = model.sample_pictures(people, 3, rng=rng(1), scale=off)
    for person in same.pictures:
        assert (person == person[0]).all()
    assert (same.pictures[0, 0] != same.pictures[1, 0]).any()


def test_a_part_can_be_set(model, people):
    turns = np.linspace(-2, 2, 5)[:, None]
    turned = model.sample_pictures(people, 5, rng=rng(1), fixed={"yaw": turns})
    np.testing.assert_allclose(turned.parameters["yaw"][1], turns)
    noses = turned.landmarks[..., 30, 0] - turned.landmarks[..., [0, 16], 0].mean(axis=-1)
    assert (np.diff(noses, axis=1) > 0).all()


def test_nuisances_come_on_top_of_the_same_pictures(model, people, drawn):
    spoiled = model.sample_pictures(
        people, 4, rng=rng(1), nuisances=nobody.Nuisances(noise=20, occlusion=0.5)
    )
    assert spoiled.parameters["noise"].shape == (3, 4)
    assert (spoiled.pictures != drawn.pictures).any()
    np.testing.assert_array_equal(spoiled.landmarks, drawn.landmarks)


def test_what_comes_next_does_not_depend_on_what_was_asked_for_before(model, people):
    plain, spoiled = rng(5), rng(5)
    model.sample_pictures(people, 2, rng=plain)
    model.sample_pictures(people, 2, rng=spoiled, nuisances=nobody.Nuisances(noise=9, blur=1))
    first, second = (model.sample_pictures(people, 2, rng=r).pictures for r in (plain, spoiled))
    np.testing.assert_array_equal(first, second)


def test_nobody_and_no_picture_are_allowed(model):
    nobody_at_all = model.sample_identities(0, rng=rng())
    assert model.sample_pictures(nobody_at_all, 2, rng=rng()).pictures.shape == (0, 2, 96, 96, 3)
    someone = model.sample_identities(2, rng=rng())
    assert len(model.sample_pictures(someone, 0, rng=rng())) == 0


def test_drawn_numbers_stay_within_the_cut(model):
    many = model.sample_identities(500, rng=rng())
    assert np.abs(many.coordinates).max() == 2.5
    assert many.coordinates.std() == pytest.approx(1, abs=0.03)


def test_nothing_is_black_or_white_through_and_through(drawn):
    assert ((drawn.pictures == 0) | (drawn.pictures == 255)).mean() < 0.001


def test_steps_that_float32_cannot_sum_are_refused(make_model):
    with pytest.raises(InputError, match="smaller steps"):
        make_model(steps=np.array([300.0, 300.0], np.float32))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, p: m.sample_identities(-1, rng=rng()), "count"),
        (lambda m, p: m.sample_identities(1, rng=0), "rng: expected a numpy.random.Generator"),
        (lambda m, p: m.sample_pictures(p, 1.5, rng=rng()), "per_identity"),
        (lambda m, p: m.sample_pictures(p, 1, rng=np.random), "default_rng"),
        (lambda m, p: m.sample_pictures(p, 1, rng=rng(), scale={"ligth": 0}), "'light'"),
        (lambda m, p: m.sample_pictures(p, 1, rng=rng(), scale={"light": -1}), "scale of light"),
        (lambda m, p: m.sample_pictures(p, 1, rng=rng(), fixed={"roll": 1}), "'yaw'"),
        (lambda m, p: m.sample_pictures(p, 1, rng=rng(), fixed={"light": [1, 2]}), "broadcast"),
        (lambda m, p: m.coefficients([[0.0]]), "identities"),
        (lambda m, p: m.coefficients(p.coordinates, {"yaw": [[0.0]]}), "yaw"),
        (lambda m, p: m.draw(np.zeros((1, 3))), "coefficients"),
        (lambda m, p: m.draw(np.full((1, len(m.who)), np.nan)), "finite"),
        (lambda m, p: m.draw(np.zeros((1, len(m.who))), size=8), "size"),
        (lambda m, p: m.draw(np.zeros((1, len(m.who))), crop_margin=0.6), "crop_margin"),
    ],
)
def test_malformed_input_is_named(model, people, call, message):
    with pytest.raises(InputError, match=message):
        call(model, people)


def test_coefficients_are_those_of_the_pictures():
    model = nobody.load()
    people = model.sample_identities(3, rng=np.random.default_rng(1))
    c = model.sample_coefficients(people, 2, rng=np.random.default_rng(2))
    drawn = model.sample_pictures(people, 2, rng=np.random.default_rng(2))
    np.testing.assert_array_equal(model.draw(c)[0], drawn.flat[0])
