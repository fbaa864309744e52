"""The experiment on a copy of LFW made of two photographs: known answers, and no lost work."""

import numpy as np
import pytest

from facenet_lite import imaging, models
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.alignment import five_crops
from facenet_lite.book.experiments.alignment.misplaced import UPRIGHT, Misplacement
from facenet_lite.data import lfw_faces, lfw_reference
from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.types import Detections

PICTURES = [("Eileen_Collins_00", 1), ("Grace_Hopper_01", 1)]
BOX = np.array([[62, 65, 183, 186]], np.float32)
BOXES = np.tile(BOX, (2, 1))
TURNED = (Misplacement("rotation", 20),)


class Colours:
    """In dlib's place, which takes its time: a picture's mean colour, in as many numbers."""

    def embed(self, crops):
        return np.tile(crops.mean((1, 2)) / 255, (1, 43))[:, :128].astype(np.float32)


@pytest.fixture
def pairs_copy(copy, monkeypatch):
    """The stand-in for LFW with two folds of two pairs each: the same two portraits in each."""
    lines = [
        f"Eileen_Collins_{n:02d}\t1\t1\nEileen_Collins_{n:02d}\t1\tGrace_Hopper_{n + 1:02d}\t1"
        for n in (0, 2, 4)
    ]
    (copy / "pairs.txt").write_text("\n".join(["2\t1", *lines[:2]]) + "\n")
    (copy / "pairsDevTrain.txt").write_text("\n".join(["1", lines[2]]) + "\n")
    monkeypatch.setattr(models, "load", lambda name, fast: Colours())
    monkeypatch.setattr(lfw_faces, "boxes", lambda copy, pictures: np.tile(BOX, (len(pictures), 1)))
    return copy


def config(partial, **changes):
    settings = {"misplacements": TURNED, "ways": ("centre", "box", "points5"), "progress": False}
    return five_crops.Config(partial, **settings | changes)


def test_a_person_beside_herself_and_another_are_told_apart(pairs_copy, tmp_path):
    data = five_crops.measure(lfw=pairs_copy, config=config(tmp_path)).data
    assert data["pairs"] == 4
    assert data["pictures"] == 4
    for found in data["ways"].values():
        assert found["accuracy"] == 1
        assert found["standard_error"] == found["standard_deviation"] == 0
        assert len(found["folds"]) == len(found["thresholds"]) == 2


def test_misplaced_faces_are_judged_by_the_upright_thresholds(pairs_copy, tmp_path):
    data = five_crops.measure(lfw=pairs_copy, config=config(tmp_path)).data
    upright, turned = data["misplaced"]
    assert (upright["kind"], turned["kind"], turned["level"]) == ("upright", "rotation", 20)
    assert set(turned["ways"]) == {"box", "points5"}
    counts = turned["ways"]["box"]
    assert counts["pairs"] == 2
    assert counts["low"] < counts["accuracy"] == counts["high"] == 1
    assert counts["false_rejects"] == counts["false_accepts"] == 0


def test_killed_and_continued_gives_the_same_and_measures_nothing_twice(
    pairs_copy, tmp_path, monkeypatch
):
    whole = five_crops.measure(lfw=pairs_copy, config=config(tmp_path / "whole")).data
    calls = []
    embed = five_crops._embed

    def until_the_third(*arguments):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(arguments)
        return embed(*arguments)

    monkeypatch.setattr(five_crops, "_embed", until_the_third)
    with pytest.raises(KeyboardInterrupt):
        five_crops.measure(lfw=pairs_copy, config=config(tmp_path / "stopped"))
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.glob("stopped/*/*.npz")}
    assert len(kept) == 4, "two folds, each with its boxes and embeddings"
    monkeypatch.setattr(five_crops, "_embed", embed)
    again = five_crops.measure(lfw=pairs_copy, config=config(tmp_path / "stopped")).data
    assert again == whole
    assert {p: p.stat().st_mtime_ns for p in kept} == kept
    assert not list(tmp_path.rglob("*.part"))


def test_the_record_says_how_it_was_made(pairs_copy, tmp_path):
    settings = config(tmp_path / "partial")
    path = registry.record("alignment", lfw=pairs_copy, folder=tmp_path, config=settings)
    record = results.load("alignment", tmp_path)
    assert path == tmp_path / "alignment.json"
    assert record["command"] == "facenet-lite experiment alignment --lfw DIR"
    assert "seconds" not in record["data"]


@pytest.mark.parametrize("way", five_crops.WAYS)
def test_every_way_makes_crops_as_dlibs_network_wants_them(copy, way):
    framing = five_crops.Framing(centre_share=0.5, box_margin=0.05)
    made = list(five_crops.crops(way, Lfw(copy), PICTURES, BOXES, framing))
    assert [(crop.shape, crop.dtype) for crop in made] == [((150, 150, 3), np.uint8)] * 2
    assert all(crop.std() > 20 for crop in made)


def test_misplaced_pictures_are_turned_before_their_landmarks_are_found(copy):
    framing = five_crops.Framing(centre_share=0.5, box_margin=0.05)

    def change(way):
        upright, turned = (
            np.stack(
                list(five_crops.crops(way, Lfw(copy), PICTURES, BOXES, framing, wrong))
            ).astype(float)
            for wrong in (UPRIGHT, Misplacement("rotation", 25))
        )
        return np.abs(upright - turned)[:, 40:110, 40:110].mean()

    assert change("points5") < change("box") / 2


def test_a_copys_own_answers_are_used_and_are_what_is_computed(copy, tmp_path):
    computed = lfw_faces.boxes(Lfw(copy), PICTURES)
    names = np.array([f"{name}/{name}_0001.jpg" for name, _ in PICTURES])
    stored = (computed - [0, 0, 1, 1]).astype(np.int16)
    np.savez(tmp_path / lfw_reference.NAME, names=names[::-1], boxes=stored[::-1])
    known = lfw_faces.boxes(Lfw(tmp_path), PICTURES)
    assert known.tolist() == computed.tolist()
    assert known.dtype == np.float32


def test_without_a_face_the_box_is_where_funneling_puts_it(tmp_path):
    folder = tmp_path / "lfw-deepfunneled" / "No_Body"
    folder.mkdir(parents=True)
    imaging.write_image(np.full((250, 250, 3), 90, np.uint8), folder / "No_Body_0001.jpg")
    assert lfw_faces.boxes(Lfw(tmp_path), [("No_Body", 1)]).tolist() == [
        list(lfw_faces.NOT_DETECTED)
    ]
    assert lfw_faces.boxes(Lfw(tmp_path), []).shape == (0, 4)


def test_of_several_faces_the_most_central_is_taken(copy, monkeypatch):
    both = Detections.sorted([(0, 0, 90, 90), (100, 100, 150, 150)], [2, 1])
    monkeypatch.setattr(
        lfw_faces.HogDetector,
        "load",
        lambda **settings: type("", (), {"detect": lambda s, i: both})(),
    )
    assert lfw_faces.boxes(Lfw(copy), PICTURES[:1]).tolist() == [[100, 100, 150, 150]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"misplaced_folds": 0}, "misplaced_folds"),
        ({"framing": 0}, "framing"),
        ({"seed": -1}, "seed"),
    ],
)
def test_malformed_settings_are_named(change, message):
    with pytest.raises(InputError, match=message):
        five_crops.Config(**change)


def test_a_missing_copy_is_named(tmp_path):
    with pytest.raises(AssetMissingError, match="lfw-deepfunneled"):
        five_crops.measure(lfw=tmp_path / "nowhere", config=config(tmp_path))
