"""Each detector's own settings do what they say, and refuse what they cannot."""

from dataclasses import replace

import numpy as np
import pytest

from facenet_lite import boxes, detect, imaging
from facenet_lite.errors import AssetDamagedError, ImageError, InputError


@pytest.fixture(scope="module")
def astronaut():
    return imaging.astronaut()


def test_haar_without_neighbours_shows_every_window(astronaut):
    every = detect.HaarDetector.load(min_neighbors=0).detect(astronaut)
    merged = detect.HaarDetector.load(min_neighbors=1).detect(astronaut)
    assert len(every) > len(merged) >= 1
    assert set(every.scores.tolist()) == {1.0}


def test_haar_min_size_hides_smaller_faces(astronaut):
    assert len(detect.HaarDetector.load(min_size=120).detect(astronaut)) == 0


def test_haar_refuses_a_file_without_a_cascade(tmp_path):
    for name, text in (("empty.xml", ""), ("other.xml", "<?xml version='1.0'?><a/>")):
        (tmp_path / name).write_text(text)
        with pytest.raises(AssetDamagedError, match=name):
            detect.HaarDetector.load(path=tmp_path / name)


def test_ssd_scales_the_two_sides_of_an_oblong_picture_by_themselves(astronaut):
    wide = imaging.resize(astronaut, height=256, width=512)
    x1, y1, x2, y2 = detect.load("ssd").detect(wide).boxes[0]
    assert (x2 - x1) / (y2 - y1) == pytest.approx(2 * 92.1 / 119.2, rel=0.15)
    assert y2 < 256


def test_a_higher_ssd_threshold_leaves_fewer_boxes(astronaut):
    detector = detect.SsdDetector.load(score_threshold=0.05)
    counts = [len(replace(detector, score_threshold=t).detect(astronaut)) for t in (0.05, 0.5, 1.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


def test_a_lower_hog_threshold_finds_more(astronaut):
    counts = [
        len(detect.HogDetector.load(score_threshold=t).detect(astronaut)) for t in (-0.5, 0, 0.5)
    ]
    assert counts[0] > counts[1] > counts[2] == 1


@pytest.mark.parametrize("name", ["hog", "mmod"])
def test_upsampling_finds_faces_that_are_too_small_without(astronaut, name):
    small = imaging.resize(astronaut, height=230)  # her face is some 42 pixels wide
    detector = detect.load(name)
    assert len(replace(detector, upsample=0).detect(small)) == 0
    assert len(replace(detector, upsample=1).detect(small)) >= 1


def test_above_the_best_score_mmod_finds_nothing(astronaut):
    detector = detect.load("mmod")
    best = float(detector.detect(astronaut).scores[0])
    assert len(replace(detector, score_threshold=best + 0.01).detect(astronaut)) == 0


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (lambda: detect.load("mtcnn"), "'haar', 'ssd', 'hog', 'mmod'.*, got 'mtcnn'"),
        (lambda: detect.load(None), "detector: expected one of"),
        (lambda: detect.HaarDetector.load(scale_factor=1), "scale_factor: .* above 1"),
        (lambda: detect.HaarDetector.load(scale_factor="1.1"), "scale_factor: expected a number"),
        (lambda: detect.HaarDetector.load(min_neighbors=-1), "min_neighbors"),
        (lambda: detect.HaarDetector.load(min_neighbors=2.5), "a whole number"),
        (lambda: detect.HaarDetector.load(min_size=-3), "min_size"),
        (lambda: detect.SsdDetector.load(score_threshold=1.5), "at most 1"),
        (lambda: detect.SsdDetector.load(score_threshold=np.nan), "score_threshold"),
        (lambda: detect.HogDetector.load(upsample=True), "upsample"),
        (lambda: detect.HogDetector.load(upsample=9), "at most 4"),
        (lambda: detect.MmodDetector.load(upsample=-1), "upsample"),
        (lambda: detect.MmodDetector.load(score_threshold=-1), "at least 0"),
    ],
)
def test_settings_out_of_bounds_are_refused(load, message):
    with pytest.raises(InputError, match=message):
        load()


def test_the_ssd_sees_ghosts_beside_a_close_up_and_mended_one_face():
    close_up = imaging.grace_hopper()[100:350, 141:390]
    as_it_is = detect.SsdDetector.load(as_copied=True).detect(close_up)
    assert len(as_it_is) > 1
    mended = detect.load("ssd").detect(close_up)
    assert len(mended) == 1
    assert (mended.boxes > -10).all()
    assert (mended.boxes < 260).all()


@pytest.mark.parametrize("name", ["hog", "mmod"])
def test_a_large_picture_is_reduced_and_its_boxes_scaled_back(name, caplog):
    """Cost that grows with the picture is bounded, and the log says what it means."""
    kind = detect.DETECTORS[name]
    image = imaging.resize(imaging.grace_hopper(), width=1024)
    whole = kind.load().detect(image)
    with caplog.at_level("INFO"):
        found = kind.load(max_pixels=350_000).detect(image)
    assert len(found) == len(whole) == 1
    assert boxes.iou(found.boxes, whole.boxes)[0, 0] > 0.6
    assert "searched at 0.3: faces below" in caplog.text


@pytest.mark.parametrize("name", ["hog", "mmod"])
def test_where_memory_runs_out_the_picture_is_named(name):
    class Full:
        def run(self, *_):
            raise MemoryError("std::bad_alloc")

        __call__ = run

    detector = detect.DETECTORS[name](Full())
    with pytest.raises(ImageError, match="not enough memory to search a picture of 512 x 600"):
        detector.detect(imaging.grace_hopper())
