"""The landmarks' experiment: its arithmetic, and one small run that is recorded."""

import numpy as np
import pytest

from facenet_lite import detect
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.detectors import box_frames
from facenet_lite.book.experiments.landmarks import accuracy
from facenet_lite.book.experiments.landmarks.drawn_faces import LandmarkedFaces
from facenet_lite.by_hand.landmarks.training import Settings
from facenet_lite.errors import AssetMissingError, InputError

TINY = Settings(levels=2, trees=3, depth=2, places=20, starts=1)


class Shifted:
    """A landmarker that answers with the truth, moved right as far as its box is too wide."""

    def __init__(self, faces):
        self.faces = faces

    def locate(self, image, boxes):
        (which,) = (i for i, picture in enumerate(self.faces.pictures) if picture is image)
        width = boxes[0, 2] - boxes[0, 0]
        return self.faces.points[which][None] + np.float32([width - 80, 0])


@pytest.fixture
def faces():
    points = np.random.default_rng(0).uniform(10, 90, (3, 68, 2)).astype(np.float32)
    points[:, 36], points[:, 45] = [20, 40], [70, 40]
    return LandmarkedFaces([np.zeros((100, 100, 3), np.uint8) for _ in range(3)], points)


def test_a_face_that_is_not_found_is_counted_and_has_no_error(faces):
    found = {"hog": [[0, 0, 80, 80], None, [5, 5, 90, 85]]}
    row = accuracy.by_detector(Shifted(faces), faces, found)["hog"]
    assert (row["found"], row["missed"]) == (2, 1)
    assert row["before"]["mean"] == pytest.approx((0 + 5) / 2 / 50)
    assert row["before"] == row["after"]  # HOG's boxes are not reframed
    assert row["gain"]["mean"] == 0


def test_the_gain_is_what_reframing_takes_off_the_error(faces):
    found = {"ssd": [[0, 0, 90, 80], [0, 0, 95, 80], [0, 0, 100, 80]]}
    row = accuracy.by_detector(Shifted(faces), faces, found)["ssd"]
    assert row["before"]["mean"] == pytest.approx(15 / 50)
    assert row["gain"]["mean"] == pytest.approx(
        row["before"]["mean"] - row["after"]["mean"], abs=2e-5
    )


def test_the_summary_of_numbers_worked_by_hand():
    assert accuracy.summary(np.array([0.1, 0.3, 0.05, 0.15])) == {
        "mean": 0.15,
        "low": pytest.approx(0.15 - 1.95996 * 0.1080123 / 2, abs=1e-5),
        "high": pytest.approx(0.15 + 1.95996 * 0.1080123 / 2, abs=1e-5),
        "median": 0.125,
        "failed": 0.5,
    }


def test_a_small_run_is_recorded_and_taken_up_again(copy, tmp_path, monkeypatch):
    monkeypatch.setattr(detect, "NAMES", ("ssd", "hog"))
    config = accuracy.Config(
        people=3, learned=20, tested=3, partial=tmp_path / "partial", settings=TINY
    )
    path = registry.record("landmarks", lfw=copy, folder=tmp_path, config=config)
    record = results.load("landmarks", tmp_path)
    data = record["data"]
    assert path == tmp_path / "landmarks.json"
    assert record["command"] == "facenet-lite experiment landmarks --lfw DIR"
    assert data["faces"] == 3
    assert set(data["nme"]) == {"5", "68", "ours"}
    assert data["nme"]["68"]["hog"]["after"]["mean"] < 0.05
    assert len(data["ours"]["stages"]) == 3
    assert [row["scale"] for row in data["boxes"]["scale"]] == list(accuracy.SCALES)

    def again(*arguments):
        raise AssertionError("measured twice")

    monkeypatch.setattr(box_frames, "all_boxes", again)
    second = accuracy.measure(lfw=copy, config=config).data
    assert second["nme"] == data["nme"]


def test_the_recorded_result_says_what_the_chapter_quotes():
    data = results.load("landmarks")["data"]
    assert set(data["nme"]) == {"5", "68", "ours"}
    for rows in data["nme"].values():
        assert set(rows) == set(data["framing"]) <= set(detect.NAMES)
        for row in rows.values():
            assert row["found"] + row["missed"] == data["faces"]
        ssd = rows["ssd"]
        assert ssd["gain"]["low"] > 0  # the tallest frame gains, and not by chance


def test_without_lfw_it_says_where_to_put_it(tmp_path, monkeypatch):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    with pytest.raises(AssetMissingError, match="--lfw DIR"):
        accuracy.measure(config=accuracy.Config(partial=tmp_path))


@pytest.mark.parametrize("change", [{"people": 1}, {"tested": 0}, {"seed": -1}])
def test_other_settings_are_refused(change):
    with pytest.raises(InputError, match=next(iter(change))):
        accuracy.Config(**change)
