"""The figure that turns one face before the four detectors."""

import numpy as np
import pytest

from facenet_lite import detect, imaging
from facenet_lite.errors import InputError
from facenet_lite.figures.rotation import DetectorsRotation

FACE = (177, 66, 272, 161)


@pytest.fixture(scope="module")
def figure():
    head = [detect.load("haar"), detect.load("ssd")]
    return DetectorsRotation.of(imaging.astronaut(), FACE, step=60, reach=120, detectors=head)


def test_every_angle_has_an_answer_of_every_detector(figure):
    assert figure.angles == [-120, -60, 0, 60, 120]
    assert set(figure.answers) == {"haar", "ssd"}
    assert all(len(rows) == 5 for rows in figure.answers.values())


def test_upright_both_hit_the_face_and_upside_down_the_cascade_does_not(figure):
    upright = [any(row[5] for row in figure.answers[name][2]) for name in ("haar", "ssd")]
    assert upright == [True, True]
    assert not any(row[5] for row in figure.answers["haar"][0])


def test_boxes_stand_in_the_turned_pictures_pixels(figure):
    x1, y1, x2, y2, score, hit = figure.answers["haar"][2][0]
    assert (x1, y1, x2, y2, score, hit) == (*FACE, 40, 1)


def test_it_fits_the_page(figure):
    assert figure.picture.startswith("data:image/jpeg;base64,")
    assert len(figure.page_form()) < 100_000


@pytest.mark.parametrize(
    ("image", "settings", "message"),
    [
        (np.zeros((10, 20, 3), np.uint8), {}, "square"),
        (np.zeros((20, 20), np.uint8), {}, "RGB"),
        (np.zeros((20, 20, 3), np.uint8), {"step": 0}, "step"),
        (np.zeros((20, 20, 3), np.uint8), {"step": 7, "reach": 20}, "multiple of step 7"),
        (np.zeros((20, 20, 3), np.uint8), {"reach": 200}, "reach"),
    ],
)
def test_what_cannot_be_turned_is_refused(image, settings, message):
    with pytest.raises(InputError, match=message):
        DetectorsRotation.of(image, (0, 0, 9, 9), detectors=[], **settings)
