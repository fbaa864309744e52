"""Faces made worse: what a network sees of them, and a small case from end to end."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from facenet_lite import align, degrade, imaging, landmarks, models, train
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.image_quality import degradation, degraded, face_sets
from facenet_lite.book.experiments.image_quality.degradation import KINDS, Degradation
from facenet_lite.book.experiments.published import VAL_BY_JPEG_QUALITY, VAL_BY_PIXELS
from facenet_lite.data import lfw, lfw_reference, nobody
from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.models import ModelSpec

PEOPLE, EACH = 12, 2
JPEG, SIZE = KINDS["jpeg_quality"], KINDS["image_size"]


@dataclass
class Tiny:
    """Mean colours of an 8 x 8 grid, of unit length: tells a few drawn people apart."""

    spec: ModelSpec
    bias: float = 0.0
    calls: int = 0

    def embed(self, crops):
        self.calls += len(crops)
        side = self.spec.image_size // 8
        seen = crops.reshape(len(crops), 8, side, 8, side, 3).mean(axis=(2, 4)).reshape(-1, 192)
        seen = seen - seen.mean(axis=1, keepdims=True) + self.bias
        return (seen / np.linalg.norm(seen, axis=1, keepdims=True).clip(1e-6)).astype(np.float32)


def tiny(name="tiny", size=48, **kwargs):
    return Tiny(ModelSpec(name, size, 0.25, (0, 0, 0), 1.0, 192, True, 1.0), **kwargs)


@pytest.fixture
def networks(monkeypatch):
    """Two stand-ins in place of the package's networks."""
    there = {"tiny": tiny(), "small": tiny("small", 32)}
    monkeypatch.setattr(models, "NAMES", tuple(there))
    monkeypatch.setattr(models, "load", lambda name, fast: there[name])
    return there


@pytest.fixture(scope="module")
def people_copy(tmp_path_factory):
    """A stand-in for LFW: 13 test people with 1, 2, 3, 2, 3, ... drawn pictures, with boxes."""
    root, rng, model = tmp_path_factory.mktemp("lfw"), np.random.default_rng(7), nobody.load()
    drawn = model.sample_pictures(
        model.sample_identities(13, rng=rng), 3, rng=rng, size=160, crop_margin=0.5
    )
    names, boxes, lines = [], [], ["13"]
    for person in range(13):
        name, count = f"Nobody_{person:02d}", 1 if person == 0 else 2 + person % 2
        (root / lfw.PICTURES / name).mkdir(parents=True)
        lines.append(f"{name}\t{count}")
        for number in range(count):
            picture = np.pad(drawn.pictures[person, number], ((45,), (45,), (0,)), mode="edge")
            imaging.write_image(
                picture, root / lfw.PICTURES / name / f"{name}_{number + 1:04d}.jpg"
            )
            names.append(f"{name}/{name}_{number + 1:04d}.jpg")
            boxes.append(landmarks.box_around(drawn.landmarks[person, [number]] + 45)[0])
    (root / "peopleDevTest.txt").write_text("\n".join(lines) + "\n")
    np.savez(root / lfw_reference.NAME, names=np.array(names), boxes=np.rint(boxes).astype(int))
    return root


def few(tmp_path, **changes):
    settings = {"partial": tmp_path / "partial", "people": PEOPLE, "each": EACH, "trials": 100}
    return degraded.Config(**(settings | {"progress": False} | changes))


@pytest.fixture(scope="module")
def faces():
    return face_sets.drawn(3, 2, seed=0)


@pytest.mark.parametrize("name", KINDS)
def test_a_small_case_from_end_to_end_stopped_and_continued(
    name, networks, people_copy, tmp_path, monkeypatch
):
    whole, pictures = networks["small"].embed, []

    def stopped(crops):
        pictures.append(len(crops))
        if len(pictures) > 3:
            raise KeyboardInterrupt
        return whole(crops)

    monkeypatch.setattr(networks["small"], "embed", stopped)
    with pytest.raises(KeyboardInterrupt):
        registry.record(name, lfw=people_copy, folder=tmp_path, config=few(tmp_path))
    monkeypatch.setattr(networks["small"], "embed", whole)
    networks["tiny"].calls = networks["small"].calls = 0
    path = registry.record(name, lfw=people_copy, folder=tmp_path, config=few(tmp_path))
    assert path == tmp_path / f"{name}.json"
    record = results.load(name, tmp_path)
    assert record["command"] == f"facenet-lite experiment {name} --lfw DIR"
    assert record["seconds"] > 0
    data = record["data"]
    photographs = data["lfw"]["pictures"]
    levels = len(data["nobody"]["nets"]["tiny"]["levels"])
    signatures = 2 * levels  # a picture each
    # Of the drawn ones all were there for tiny, and some for small.
    assert networks["tiny"].calls == levels * photographs + signatures
    done = (levels * (photographs + PEOPLE * EACH)) - networks["small"].calls + signatures
    assert 0 < done <= 3 * PEOPLE * EACH
    for key in ("nobody", "lfw"):
        check_set(data[key], KINDS[name], photographs if key == "lfw" else PEOPLE * EACH)
    networks["tiny"].calls = 0
    assert degraded.measure(name, lfw=people_copy, config=few(tmp_path)).data == data
    assert networks["tiny"].calls == signatures


def check_set(found, kind, pictures):
    assert (found["people"], found["pictures"]) == (PEOPLE, pictures)
    assert found["same"] + found["different"] == pictures * (pictures - 1) // 2
    assert found["far"] == 1e-2
    assert list(found["nets"]) == ["tiny", "small"]
    for net in found["nets"].values():
        assert [row["level"] for row in net["levels"]] == [*kind.levels, None]
        assert net["levels"][-1]["change"] is None
        assert (net["claim"]["below"], net["claim"]["above"]) == kind.claim
        undegraded = net["levels"][-1]
        for row in net["levels"][:-1]:
            for measure in ("val", "auc", "eer"):
                value, low, high = row[measure]
                assert low <= value <= high
                change = row["change"][measure][0]
                assert change == pytest.approx(value - undegraded[measure][0], abs=2e-5)
        by_level = {row["level"]: row for row in net["levels"]}
        worse, better = kind.claim
        assert net["claim"]["auc"][0] == pytest.approx(
            by_level[better]["auc"][0] - by_level[worse]["auc"][0], abs=2e-5
        )


def test_a_level_that_leaves_nothing_is_seen_as_such(networks, tmp_path, monkeypatch):
    monkeypatch.delenv(lfw.VARIABLE, raising=False)

    def blacken(crop, level):
        return crop if level == 2 else np.zeros_like(crop)

    kind = Degradation("black", (1, 2), 48, blacken, straight=False, claim=(1, 2))
    data, *_ = degraded.measure_kind(kind, few(tmp_path, networks=["tiny"], people=20))
    black, clear, undegraded = data["nobody"]["nets"]["tiny"]["levels"]
    assert black["auc"][0] == 0.5
    assert black["val"][0] == 0
    assert {m: clear[m] for m in ("val", "auc", "eer")} == {
        m: undegraded[m] for m in ("val", "auc", "eer")
    }
    assert clear["change"]["auc"] == [0, None, None]
    _, low, _ = data["nobody"]["nets"]["tiny"]["claim"]["auc"]
    assert low > 0


def test_without_lfw_the_drawn_half_is_measured(networks, tmp_path, monkeypatch):
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    data = degraded.measure("image_size", config=few(tmp_path)).data
    assert data["lfw"] is None
    assert data["nobody"]["people"] == PEOPLE
    # A folder that is named and is not there is no reason to leave a half out in silence.
    with pytest.raises(AssetMissingError):
        degraded.measure("image_size", lfw=tmp_path / "nowhere", config=few(tmp_path))
    monkeypatch.setenv(lfw.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(AssetMissingError):
        degraded.measure("image_size", config=few(tmp_path))


def test_what_a_stopped_run_took_counts(networks, tmp_path, monkeypatch):
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    config = few(tmp_path, networks=["tiny"])
    data, seconds, _ = degraded.measure("image_size", config=config)
    assert seconds < 1000
    part = next((tmp_path / "partial").rglob("tiny-*.npz"))
    with np.load(part) as stored:
        vectors = stored["value"]
    np.savez(part, value=vectors, seconds=1000.0)
    again, seconds, _ = degraded.measure("image_size", config=config)
    assert again == data
    assert seconds > 1000


def test_undegraded_faces_for_sizes_are_cropped_at_the_networks_own(faces):
    spec = tiny().spec
    np.testing.assert_array_equal(SIZE.inputs(faces, spec, None), faces.cut(48, 0.25))
    large = [imaging.resize(crop, height=48) for crop in faces.cut(256, 0.25)]
    np.testing.assert_array_equal(SIZE.inputs(faces, spec, 65536), large)


def test_faces_are_compressed_at_one_side_and_then_resized(faces):
    spec, crops = tiny().spec, faces.cut(150, 0.25)
    for level, worse in ((None, crops), (10, [degrade.jpeg(crop, 10) for crop in crops])):
        np.testing.assert_array_equal(
            JPEG.inputs(faces, spec, level),
            [imaging.resize(crop, height=48) for crop in worse],
        )


def test_a_crop_is_reduced_to_so_many_pixels():
    """Each pixel is the mean of four; 65,536 are the crop as it is."""
    crop = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3) * 4
    means = crop.reshape(2, 2, 2, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(degradation.reduce(crop, 4), means, atol=0.5)
    np.testing.assert_array_equal(degradation.reduce(crop, 16), crop)
    with pytest.raises(InputError, match="square number such as 1600, got 1601"):
        degradation.reduce(crop, 1601)


def test_the_levels_are_the_papers_and_two_below():
    assert JPEG.levels == tuple(VAL_BY_JPEG_QUALITY) == (10, 20, 30, 50, 70, 90)
    assert tuple(VAL_BY_PIXELS) == (1600, 6400, 14400, 25600, 65536)
    assert SIZE.levels == (*degradation.FEWER, *VAL_BY_PIXELS)
    # The paper's fewest are this share of the side that NN1 sees; so are ours of what ours see.
    shares = [math.isqrt(n) / side for n, side in zip(degradation.FEWER, (96, 150), strict=True)]
    assert shares == pytest.approx([40 / 220] * 2, abs=0.006)
    assert SIZE.side**2 == 65536


def test_drawn_people_are_in_no_training():
    ours = face_sets.drawn(5, 2, seed=0)
    again = face_sets.drawn(5, 2, seed=0)
    np.testing.assert_array_equal(ours.cut(32, 0.25), again.cut(32, 0.25))
    assert ours.key == again.key != face_sets.drawn(5, 2, seed=1).key
    drawn = face_sets.identities(200, seed=0).coordinates
    people = train.splits(train.Data(people=200, validation_people=200))
    for some in (people.train, people.validation, people.test):
        assert not (drawn[:, None] == some.coordinates).all(axis=2).any()


def test_no_two_uses_of_chance_share_a_stream():
    uses = ("PEOPLE", "DRAWING", "CHOOSING", "BOOTSTRAP")
    numbers = [getattr(face_sets, use) for use in uses]
    draws = {face_sets.stream(0, *n).random() for n in (*zip(numbers), (numbers[-1], 1))}
    assert len(draws) == len(uses) + 1


def test_photographs_are_of_people_copy_with_two_pictures(people_copy):
    copy = Lfw(people_copy)
    pictures, who = face_sets.choose(copy, PEOPLE, 3, rng=np.random.default_rng(0))
    assert len(set(pictures)) == len(pictures) == len(who) == 6 * 3 + 6 * 2
    assert "Nobody_00" not in dict(pictures)
    assert all(copy.path(*picture).is_file() for picture in pictures)
    names = np.array([name for name, _ in pictures])
    assert all(len(set(names[who == person])) == 1 for person in range(PEOPLE))
    fewer, _ = face_sets.choose(copy, PEOPLE, 2, rng=np.random.default_rng(0))
    assert len(fewer) == 24
    with pytest.raises(InputError, match="at most 12, who have two pictures"):
        face_sets.choose(copy, 13, 2, rng=np.random.default_rng(0))


def test_photographs_are_cropped_by_landmarks_of_the_undegraded_picture(people_copy, tmp_path):
    copy = Lfw(people_copy)
    faces = face_sets.photographs(copy, PEOPLE, 2, seed=0, folder=tmp_path)
    (kept,) = tmp_path.glob("landmarks.*.npz")
    with np.load(kept) as stored:
        points = stored["value"]
    rng = face_sets.stream(0, face_sets.CHOOSING)
    picture = face_sets.choose(copy, PEOPLE, 2, rng=rng)[0][5]
    np.testing.assert_array_equal(
        faces.cut(64, 0.25)[5], align.crop(copy.picture(*picture), points[[5]], 64)[0]
    )
    # The pictures were drawn with twice the template's side across 160 pixels.
    across = face_sets.of_faces(faces, 0.25)["pixels_across"]
    assert across["lowest"] <= across["mean"] <= across["highest"]
    assert across["mean"] == pytest.approx(160 / 2 * 1.5, rel=0.05)


def test_a_drawn_crop_spans_96_pixels_of_its_texture(faces):
    found = face_sets.of_faces(faces, 0.25)
    assert (found["people"], found["pictures"]) == (3, 6)
    assert found["pixels_across"] == {"mean": 96, "lowest": 96, "highest": 96}


def test_other_weights_settings_and_pictures_share_no_file():
    one = degraded.signature("tiny", tiny())
    assert one == degraded.signature("tiny", tiny())
    others = [tiny(bias=0.5), tiny(size=32), replace(tiny(), spec=replace(tiny().spec, name="x"))]
    assert len({one, *(degraded.signature("tiny", other) for other in others)}) == 4
    spec, keys = tiny().spec, []
    for kind in (JPEG, SIZE):
        keys += [kind.key(spec, level) for level in kind.conditions]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "change",
    [
        {"people": 9},
        {"each": 1},
        {"trials": 99},
        {"seed": -1},
        {"networks": ["x"]},
        {"networks": []},
    ],
)
def test_malformed_settings_are_named(tmp_path, change):
    with pytest.raises(InputError, match=next(iter(change))):
        few(tmp_path, **change)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_recorded_has_every_network_and_interval(name):
    record = results.load(name)
    assert record["command"] == registry.find("experiment", name).line
    for key in ("nobody", "lfw"):
        found = record["data"][key]
        assert found["people"] >= 100
        assert found["far"] == 1e-3
        assert list(found["nets"]) == [name for name in models.NAMES if name in found["nets"]]
        for net in found["nets"].values():
            for row in net["levels"]:
                for measure in ("val", "auc", "eer"):
                    value, low, high = row[measure]
                    assert low <= value <= high
