"""OpenCV's XML becomes stages, stumps and features, and a file that is none says so."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from facenet_lite import assets
from facenet_lite.by_hand.detect import cascade_file
from facenet_lite.by_hand.detect.cascade_file import Feature, Rectangle, Stump
from facenet_lite.errors import InputError

SMALL = """<?xml version="1.0"?>
<opencv_storage><cascade type_id="opencv-cascade-classifier">
<stageType>BOOST</stageType><featureType>HAAR</featureType><height>8</height><width>6</width>
<stageNum>1</stageNum>
<stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>0.25</stageThreshold>
<weakClassifiers><_><internalNodes>0 -1 0 -0.5</internalNodes>
<leafValues>1.5 -2.5</leafValues></_></weakClassifiers></_></stages>
<features><_><rects><_>0 0 6 4 -1.</_><_>0 2 6 2 2.</_></rects><tilted>0</tilted></_></features>
</cascade></opencv_storage>"""


@pytest.fixture(scope="module")
def path():
    return assets.fetch("haar_frontalface_default")


@pytest.fixture
def write(tmp_path):
    def _write(text: str):
        target = tmp_path / "cascade.xml"
        target.write_text(text)
        return target

    return _write


def test_the_frontal_face_cascade_has_25_stages_and_2913_stumps(path):
    cascade = cascade_file.read_cascade(path)
    sizes = [len(stage.stumps) for stage in cascade.stages]
    assert (cascade.width, cascade.height) == (24, 24)
    assert len(sizes) == 25
    assert sizes[:3] == [9, 16, 27]
    assert sum(sizes) == 2913


def test_the_first_stump_is_the_one_in_the_file(path):
    stage = cascade_file.read_cascade(path).stages[0]
    assert stage.threshold == pytest.approx(-5.04255, abs=1e-6)
    assert stage.stumps[0] == Stump(
        Feature((Rectangle(6, 4, 12, 9, -1.0), Rectangle(6, 7, 12, 3, 3.0))),
        pytest.approx(-0.0315119997),
        pytest.approx(2.0875380039),
        pytest.approx(-2.2172100544),
    )


def test_the_weights_of_a_feature_balance_on_a_flat_picture(path):
    stumps = [s for stage in cascade_file.read_cascade(path).stages for s in stage.stumps]
    for stump in stumps:
        assert sum(r.weight * r.width * r.height for r in stump.feature.rectangles) == 0


def test_a_small_file_is_read_number_by_number(write):
    cascade = cascade_file.read_cascade(write(SMALL))
    feature = Feature((Rectangle(0, 0, 6, 4, -1.0), Rectangle(0, 2, 6, 2, 2.0)))
    assert cascade.stages[0].stumps == (Stump(feature, -0.5, 1.5, -2.5),)
    assert cascade.stages[0].threshold == 0.25


def test_a_response_is_the_weighted_sum_of_its_rectangles(write):
    feature = cascade_file.read_cascade(write(SMALL)).stages[0].stumps[0].feature
    grey = np.random.default_rng(0).integers(0, 256, (12, 9), dtype=np.uint8)
    integral = np.pad(grey.astype(np.int64), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    window = grey[3:11, 2:8].astype(int)
    assert feature.response(integral, 2, 3) == -window[:4].sum() + 2 * window[2:4].sum()


def test_a_stump_votes_left_below_its_threshold_and_right_from_it():
    stump = Stump(Feature((Rectangle(0, 0, 1, 1, 1.0),)), 0.5, -1.0, 2.0)
    assert [stump.vote(value) for value in (0.4, 0.5, 0.6)] == [-1.0, 2.0, 2.0]


def test_the_first_stages_are_a_cascade_of_their_own(path):
    cascade = cascade_file.read_cascade(path)
    assert cascade.first(3).stages == cascade.stages[:3]
    assert cascade.first(25) == cascade


def test_opencv_reads_the_file_of_the_first_stages(path, tmp_path):
    target = cascade_file.write_first_stages(path, tmp_path / "two.xml", 2)
    assert not cv2.CascadeClassifier(str(target)).empty()
    assert cascade_file.read_cascade(target) == cascade_file.read_cascade(path).first(2)


def test_a_file_without_stage_number_is_cut_as_well(write, tmp_path):
    source = write(SMALL.replace("<stageNum>1</stageNum>", ""))
    target = cascade_file.write_first_stages(source, tmp_path / "one.xml", 1)
    assert len(cascade_file.read_cascade(target).stages) == 1


def test_cascades_cannot_be_changed(path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        cascade_file.read_cascade(path).width = 3


@pytest.mark.parametrize("stages", [0, 26, 2.0, True, None])
def test_a_number_of_stages_that_there_are_not_is_refused(path, tmp_path, stages):
    with pytest.raises(InputError, match="stages"):
        cascade_file.read_cascade(path).first(stages)
    with pytest.raises(InputError, match="stages"):
        cascade_file.write_first_stages(path, tmp_path / "none.xml", stages)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.xml"):
        cascade_file.read_cascade(tmp_path / "nowhere.xml")


MALFORMED = {
    "not XML": ("no XML at all", "expected an XML file"),
    "cut off": (SMALL[:300], "expected an XML file"),
    "another root": ("<html></html>", "OpenCV's <cascade>"),
    "no cascade inside": ("<opencv_storage></opencv_storage>", "OpenCV's <cascade>"),
    "LBP": (SMALL.replace("HAAR", "LBP"), "expected HAAR features, got LBP"),
    "no width": (SMALL.replace("<width>6</width>", ""), "expected <width>"),
    "a width that is no number": (SMALL.replace(">6</width>", ">six</width>"), "damaged"),
    "tilted": (SMALL.replace("<tilted>0", "<tilted>1"), "tilted"),
    "a rectangle outside": (SMALL.replace("0 2 6 2 2.", "0 2 6 9 2."), "inside the window"),
    "a rectangle to the left": (SMALL.replace("0 2 6 2 2.", "-1 2 6 2 2."), "inside the window"),
    "an empty rectangle": (SMALL.replace("0 2 6 2 2.", "0 2 0 2 2."), "inside the window"),
    "four numbers": (SMALL.replace("0 2 6 2 2.", "0 2 6 2"), "damaged"),
    "a feature without rectangles": (
        SMALL.replace("<_>0 0 6 4 -1.</_><_>0 2 6 2 2.</_>", ""),
        "two or three rectangles",
    ),
    "a tree": (SMALL.replace("0 -1 0 -0.5", "1 0 0 -0.5 0 -1 0 -0.5"), "a tree of 2 questions"),
    "an unknown feature": (SMALL.replace("0 -1 0 -0.5", "0 -1 7 -0.5"), "a feature below 1"),
    "no stage": (SMALL[: SMALL.index("<stages>")] + "</cascade></opencv_storage>", "one stage"),
}


@pytest.mark.parametrize(("text", "message"), MALFORMED.values(), ids=MALFORMED)
def test_a_damaged_file_is_refused_with_its_name(write, text, message):
    target = write(text)
    with pytest.raises(InputError, match=message) as caught:
        cascade_file.read_cascade(target)
    assert "cascade.xml" in str(caught.value)
