"""A cascade that is taught: one question and one tree by hand, and faces drawn as dots."""

import numpy as np
import pytest

from facenet_lite.by_hand.landmarks import training
from facenet_lite.by_hand.landmarks.training import Settings
from facenet_lite.errors import InputError

SMALL = Settings(levels=4, trees=12, depth=3, places=40, starts=2, shift=0.06, scale=0.05)


def rng(seed=0):
    return np.random.default_rng(seed)


def dots(count, seed=0):
    """Pictures with three bright dots, where they are, and a box around the place they vary about.

    Blurred as a photograph is, so that there is something to see beside a dot.
    """
    import cv2

    generator = rng(seed)
    middle = np.array([[24, 24], [40, 24], [32, 40]]) + generator.normal(0, 2, (count, 1, 2))
    points = middle + generator.normal(0, 1, (count, 3, 2))
    pictures = np.zeros((count, 64, 64), np.uint8)
    for picture, three in zip(pictures, np.rint(points).astype(int), strict=True):
        picture[three[:, 1], three[:, 0]] = 255
    blurred = [cv2.GaussianBlur(p * 1.0, (0, 0), 4) for p in pictures]
    shown = np.array([np.rint(b * 255 / b.max()) for b in blurred], np.uint8)
    return shown, points, np.tile(np.array([[16, 16, 49, 49]], np.float32), (count, 1))


@pytest.fixture(scope="module")
def taught():
    return training.train(*dots(300), rng=rng(), settings=SMALL)


def test_what_was_learned_holds_for_new_pictures(taught):
    pictures, points, boxes = dots(60, seed=1)
    stages = [
        taught.stages(np.dstack([p] * 3), box[None])[:, 0]
        for p, box in zip(pictures, boxes, strict=True)
    ]
    error = np.linalg.norm(np.array(stages) - points[:, None], axis=3).mean(axis=(0, 2))
    assert error[0] > 2
    assert error[-1] < 0.5 * error[0]
    assert np.all(np.diff(error) < 0.02)  # no level undoes what the ones before have done


def test_the_same_seed_teaches_the_same(taught):
    again = training.train(*dots(300), rng=rng(), settings=SMALL)
    for one, other in zip(taught.levels, again.levels, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_the_levels_have_the_announced_form(taught):
    assert len(taught.levels) == 4
    for level in taught.levels:
        assert level.anchors.shape == (40,)
        assert level.pairs.shape == (12, 7, 2)
        assert level.leaves.shape == (12, 8, 3, 2)
        assert np.all(level.pairs[..., 0] != level.pairs[..., 1])


def test_no_place_is_compared_with_itself():
    one = Settings(levels=1, trees=60, depth=3, places=3, candidates=1, starts=1)
    (level,) = training.train(*dots(30), rng=rng(), settings=one).levels
    asked = level.pairs.reshape(-1, 2)
    asked = asked[asked.any(axis=1)]  # a node without faces asks nothing, and holds zeros
    assert np.all(asked[:, 0] != asked[:, 1])


def test_the_best_question_is_the_one_that_tells_the_faces_apart():
    columns = np.array([[9, 9, 1, 1], [0, 0, 0, 0], [5, 1, 5, 1]], np.float32)
    missing = np.array([[1.0], [1.0], [-1.0], [-1.0]], np.float32)
    pairs = np.array([[2, 1], [0, 1], [1, 2]])
    generator = rng()
    seen = [training.best_question(columns, missing, pairs, rng=generator) for _ in range(20)]
    best = [s for s in seen if s[0] == 1 and s[1] == 1]  # the threshold drawn from a dark face
    assert best
    assert all(yes.tolist() == [True, True, False, False] for _, _, yes in best)


def test_a_trees_leaf_answers_with_the_mean_of_its_faces():
    columns = np.array([[0, 0, 9, 9, 5], [0, 0, 0, 0, 0]], np.float32)
    missing = np.array([[0, 2], [0, 4], [8, 0], [6, 0], [1, 1]], np.float32)
    tree, leaf = training.grow(columns, missing, np.array([[[0, 1]] * 3] * 3), rng=rng())
    for number in np.unique(leaf):
        np.testing.assert_allclose(tree.leaves[number], missing[leaf == number].mean(axis=0))
    for number in set(range(4)) - set(leaf.tolist()):
        assert not tree.leaves[number].any()


def test_each_tree_leaves_less_to_do():
    generator = rng()
    level = training.places_near(np.array([[0.5, 0.5]], np.float32), SMALL, rng=generator)
    values = generator.uniform(0, 255, (200, 40)).astype(np.float32)
    missing = (values[:, :2] - values[:, 2:4]) / 255
    _, left = training.boost(
        values, missing, level, np.array([[0.5, 0.5]], np.float32), SMALL, rng=generator
    )
    assert np.square(left).sum() < 0.8 * np.square(missing).sum()


def test_boxes_scatter_as_told():
    box = np.array([[100, 100, 200, 300]], np.float32)
    moved, which = training.starts(box, Settings(starts=1000, shift=0.1, scale=0), rng=rng())
    assert set(which) == {0}
    centre = (moved[:, :2] + moved[:, 2:]) / 2
    np.testing.assert_allclose(centre.std(axis=0), [10, 20], rtol=0.1)
    np.testing.assert_allclose(centre.mean(axis=0), [150, 200], atol=2)
    still, _ = training.starts(box, Settings(starts=2, shift=0, scale=0), rng=rng())
    np.testing.assert_array_equal(still, box.repeat(2, axis=0))


def test_places_are_held_by_the_nearest_point():
    mean = np.array([[0, 0], [1, 1]], np.float32)
    level = training.places_near(mean, SMALL, rng=rng())
    spots = mean[level.anchors] + level.deltas
    assert np.all((spots >= -0.11) & (spots <= 1.11))
    other = np.linalg.norm(spots - mean[1 - level.anchors], axis=1)
    assert np.all(np.linalg.norm(level.deltas, axis=1) <= other + 1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"levels": 0}, "levels: expected a whole number"),
        ({"places": 1}, "places: expected"),
        ({"shrinkage": 0}, "shrinkage: expected a number above 0"),
        ({"shift": 0.6}, "shift: expected"),
        ({"near": 0}, "near: expected"),
    ],
)
def test_settings_out_of_bounds_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        Settings(**settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pictures": np.zeros((2, 64, 64))}, "pictures: expected uint8"),
        ({"pictures": np.zeros((3, 64, 64), np.uint8)}, "pictures: expected 2"),
        ({"points": np.zeros((3, 3, 2))}, r"points: expected .* \(2 x any x 2\)"),
        ({"boxes": np.zeros((2, 4))}, "boxes: expected x1 < x2"),
        (
            {
                "pictures": np.zeros((0, 64, 64), np.uint8),
                "points": np.zeros((0, 3, 2)),
                "boxes": np.zeros((0, 4)),
            },
            "at least one face",
        ),
    ],
)
def test_other_input_is_refused(change, message):
    pictures, points, boxes = dots(2)
    given = {"pictures": pictures, "points": points, "boxes": boxes} | change
    with pytest.raises(InputError, match=message):
        training.train(given["pictures"], given["points"], given["boxes"], rng=rng())
