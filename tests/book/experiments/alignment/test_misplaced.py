"""Faces are turned and boxes shifted by what they say, and the next time in the same way."""

import numpy as np
import pytest

from facenet_lite import degrade
from facenet_lite.book.experiments.alignment.misplaced import (
    UPRIGHT,
    Misplacement,
    every_misplacement,
)
from facenet_lite.errors import InputError

BOX = np.array([[20, 30, 60, 70]], np.float32)
IMAGE = np.random.default_rng(0).integers(0, 255, (100, 90, 3), np.uint8)


def test_upright_changes_nothing():
    image, box = UPRIGHT.apply(IMAGE, BOX, ("Ada", 1), 0)
    assert image is IMAGE
    assert box.tolist() == BOX.tolist()


def test_a_rotation_turns_the_picture_about_the_boxs_middle_one_way_or_the_other():
    either = [degrade.rotate(IMAGE, sign * 30, centre=(40, 50))[0] for sign in (-1, 1)]
    seen = set()
    for number in range(12):
        image, box = Misplacement("rotation", 30).apply(IMAGE, BOX, ("Ada", number), 0)
        seen.add([np.array_equal(image, turned) for turned in either].index(True))
        assert box.tolist() == BOX.tolist()
    assert seen == {0, 1}


def test_a_shift_moves_the_box_by_its_share_of_the_side():
    moved = [Misplacement("shift", 0.25).apply(IMAGE, BOX, ("Ada", n), 0)[1] for n in range(12)]
    by = np.concatenate(moved) - BOX
    assert np.hypot(by[:, 0], by[:, 1]) == pytest.approx(10)
    assert by[:, :2] == pytest.approx(by[:, 2:], abs=1e-4)
    assert len({round(float(x), 2) for x in by[:, 0]}) == 12


def test_direction_is_the_pictures_own_and_the_same_at_every_level():
    small, large = (
        Misplacement("shift", level).apply(IMAGE, BOX, ("Ada", 3), 5)[1] - BOX
        for level in (0.1, 0.3)
    )
    assert large == pytest.approx(3 * small, abs=1e-3)
    again = Misplacement("shift", 0.3).apply(IMAGE, BOX, ("Ada", 3), 6)[1] - BOX
    assert np.abs(again - large).max() > 0.1, "another seed is another direction"


def test_keys_are_names_for_files_and_all_different():
    keys = [wrong.key for wrong in (UPRIGHT, *every_misplacement())]
    assert len(set(keys)) == len(keys)
    assert Misplacement("rotation", 15).key == "rotation-15"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("slant", 3), "kind"), (("shift", -1), "level"), (("shift", "a"), "level")],
)
def test_unknown_kinds_and_levels_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        Misplacement(*arguments)


def test_a_box_without_area_is_named():
    with pytest.raises(InputError, match="x1 < x2"):
        UPRIGHT.apply(IMAGE, np.zeros((1, 4), np.float32), ("Ada", 1), 0)
