"""dlib's detector opened: our features with its weights give its scores and its boxes."""

from __future__ import annotations

import dlib
import numpy as np
import pytest

from facenet_lite import imaging
from facenet_lite.by_hand.detect import dlib_hog, fhog
from facenet_lite.errors import InputError

TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def detector() -> dlib.fhog_object_detector:
    return dlib.get_frontal_face_detector()


@pytest.fixture(scope="module")
def templates(detector: dlib.fhog_object_detector) -> dlib_hog.Templates:
    return dlib_hog.read_templates(detector)


def test_the_saved_file_holds_five_templates_of_ten_by_ten_cells(templates) -> None:
    assert templates.weights.shape == (5, 10, 10, 31)
    assert templates.thresholds.shape == (5,)
    assert 1 < templates.thresholds.min() < templates.thresholds.max() < 10


@pytest.mark.parametrize("side", [384, 400, 405])
def test_scores_equal_dlibs_for_every_template(detector, templates, side: int) -> None:
    image = imaging.resize(imaging.astronaut(), height=side)
    ours = dlib_hog.score_map(image, templates)
    found = zip(*detector.run(image, 0, -2.0), strict=True)
    places = {tuple(dlib_hog.place_to_box(y, x)): (y, x) for y, x in np.ndindex(ours.shape[:2])}
    compared = set()
    for box, score, template in found:
        if box.width() != 73 or box.left() < 8 or box.right() > side - 40:
            continue  # another level of the pyramid, or a window that leaves the picture
        y, x = places[box.left(), box.top(), box.right() + 1, box.bottom() + 1]
        assert ours[y, x, template] == pytest.approx(score, abs=TOLERANCE)
        compared.add(template)
    assert {0, 3, 4} <= compared


def test_a_box_that_leaves_the_picture_is_dlibs(detector) -> None:
    image = imaging.resize(imaging.astronaut(), height=376)
    theirs = {
        (b.left(), b.top(), b.right() + 1, b.bottom() + 1) for b in detector.run(image, 0, -2.0)[0]
    }
    left_out = {box for box in theirs if box[1] < 0 and box[3] - box[1] == 81}
    ours = {tuple(dlib_hog.place_to_box(y, x)) for y in range(5) for x in range(60)}
    assert left_out
    assert left_out <= ours


def slow_signed_cells(image: np.ndarray, cell: int) -> np.ndarray:
    """fhog.h's loops, one pixel after the other."""
    rows, cols = (int(n / cell + 0.5) for n in image.shape[:2])
    pixels = image.astype(float)
    out = np.zeros((rows + 2, cols + 2, 18))
    angles = np.deg2rad(20 * np.arange(18))
    right, down = np.round(np.cos(angles), 4), np.round(np.sin(angles), 4)  # as fhog.h writes them
    for y in range(1, min(rows * cell, image.shape[0]) - 1):
        for x in range(1, min(cols * cell, image.shape[1]) - 1):
            best = max(
                (
                    (
                        pixels[y, x + 1, c] - pixels[y, x - 1, c],
                        pixels[y + 1, x, c] - pixels[y - 1, x, c],
                    )
                    for c in (2, 1, 0)
                ),
                key=lambda g: g[0] ** 2 + g[1] ** 2,
            )
            direction = int(np.argmax(right * best[0] + down * best[1]))
            yp, xp = (y + 0.5) / cell - 0.5, (x + 0.5) / cell - 0.5
            top, left = int(np.floor(yp)), int(np.floor(xp))
            for row in (top, top + 1):
                for col in (left, left + 1):
                    share = (1 - abs(yp - row)) * (1 - abs(xp - col))
                    out[row + 1, col + 1, direction] += share * np.hypot(*best)
    return out[1:-1, 1:-1]


@pytest.mark.parametrize(("height", "width", "cell"), [(24, 24, 8), (29, 35, 8), (25, 20, 5)])
def test_signed_cells_equal_the_plain_loops(height: int, width: int, cell: int) -> None:
    image = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert np.allclose(fhog.signed_cells(image, cell=cell), slow_signed_cells(image, cell))


def test_a_flat_picture_has_no_features() -> None:
    features = fhog.fhog(np.full((40, 48, 3), 90, np.uint8))
    assert features.shape == (3, 4, 31)
    assert not features.any()


def test_the_unsigned_features_do_not_change_in_the_negative() -> None:
    image = np.random.default_rng(5).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    plain, negative = fhog.fhog(image), fhog.fhog(255 - image)
    assert np.allclose(plain[..., 18:27], negative[..., 18:27])
    assert np.allclose(plain[..., :9], negative[..., 9:18])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fhog.fhog(np.zeros((40, 40), np.uint8)), "image: expected"),
        (lambda: fhog.fhog(np.zeros((16, 80, 3), np.uint8)), "3 x 3 cells"),
        (lambda: fhog.fhog(np.zeros((40, 40, 3), np.uint8), cell=1), "cell: expected"),
        (lambda: dlib_hog.read_templates("detector"), "detector: expected"),
        (lambda: dlib_hog.parse_templates(b""), "data: expected"),
        (lambda: dlib_hog.parse_templates(b"\x01\x02" * 40), "data: expected"),
        (lambda: dlib_hog.Templates(np.zeros((5, 10, 10, 36)), np.zeros(5)), "weights: expected"),
        (
            lambda: dlib_hog.Templates(np.zeros((5, 10, 10, 31)), np.zeros(4)),
            "thresholds: expected",
        ),
    ],
)
def test_malformed_input_is_named(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_a_file_cut_short_is_refused(detector, tmp_path) -> None:
    path = tmp_path / "detector.svm"
    detector.save(str(path))
    with pytest.raises(InputError, match="the file is cut off"):
        dlib_hog.parse_templates(path.read_bytes()[:100_000])
