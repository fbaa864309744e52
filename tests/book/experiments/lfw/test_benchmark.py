"""LFW by its protocol, on a copy made of two photographs: known answers, and no lost work."""

import json
from dataclasses import replace

import numpy as np
import pytest

from facenet_lite import align, assets, cli, landmarks, models
from facenet_lite.book import results
from facenet_lite.book.experiments import check
from facenet_lite.book.experiments.lfw import again, baselines, benchmark
from facenet_lite.book.experiments.lfw import passes as lfw_passes
from facenet_lite.book.experiments.lfw.benchmark import Config
from facenet_lite.book.experiments.lfw.protocol_card import Protocol
from facenet_lite.data import lfw_faces
from facenet_lite.data.lfw import Lfw
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.models.dlib_resnet import SPEC

BOX = np.array([[62, 65, 183, 186]], np.float32)


class Colours:
    """In dlib's place, which takes its time: a crop's mean colour above and below, left and right,
    in as many numbers."""

    calls = 0
    spec = SPEC

    def embed(self, crops):
        Colours.calls += 1
        left = crops[:, :, :75].mean((1, 2)) / 255
        right = crops[:, :, 75:].mean((1, 2)) / 255
        return np.tile(np.hstack([left, right]), (1, 22))[:, :128].astype(np.float32)


class Detector:
    """In HOG's place: a box for every picture but one; it remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, copy, pictures):
        self.asked += pictures
        lost = [name == "Grace_Hopper_03" for name, _ in pictures]
        return np.where(np.array(lost)[:, None], lfw_faces.NOT_DETECTED, BOX).astype(np.float32)


@pytest.fixture
def pairs_copy(copy, monkeypatch):
    """Ten folds of two pairs, three people in each: one twice the same picture, and two."""
    people = [f"{('Eileen_Collins', 'Grace_Hopper')[n % 2]}_{n:02d}" for n in range(32)]
    lines = ["10\t1"]
    for fold in range(10):
        lines.append(f"{people[2 * fold]}\t1\t1")
        lines.append(f"{people[2 * fold]}\t1\t{people[2 * fold + 1]}\t1")
    (copy / "pairs.txt").write_text("\n".join(lines) + "\n")
    (copy / "pairsDevTrain.txt").write_text(
        f"1\t1\n{people[30]}\t1\t1\n{people[30]}\t1\t{people[31]}\t1\n"
    )
    (copy / "pairsDevTest.txt").write_text("\n".join(["10", *lines[1::2], *lines[2::2]]) + "\n")
    monkeypatch.setattr(models, "load", lambda name, fast: Colours())
    monkeypatch.setattr(lfw_faces, "boxes", Detector())
    return copy


@pytest.fixture
def settings(pairs_copy, tmp_path):
    known = {"lfw": pairs_copy, "cache": tmp_path / "cache", "progress": False}
    return lambda **more: Config(**known | more)


@pytest.fixture
def recorded(settings, tmp_path):
    benchmark.save_result(settings(), folder=tmp_path / "out")
    return tmp_path / "out"


def test_a_picture_beside_itself_and_another_are_told_apart(recorded):
    record = results.load("lfw_dlib_aligned", recorded)
    data = record["data"]
    assert data["accuracy"] == 1
    assert data["errors"] == data["false_accepts"] == data["false_rejects"] == 0
    assert data["auc"] == 1
    assert [row["estimable"] for row in data["val"]] == [True, False, False]
    assert data["val"][0]["val"] == 1
    assert "val" not in data["val"][1]
    assert record["command"] == (
        "facenet-lite evaluate --model dlib --dataset lfw --crop aligned --lfw DIR"
    )


def test_the_distances_lie_beside_it(recorded):
    stored = results.load_distances("lfw_dlib_aligned", recorded)
    assert stored.is_same.tolist() == [True, False] * 10
    assert stored.folds.tolist() == np.repeat(np.arange(10), 2).tolist()
    assert (stored.squared[::2] == 0).all()
    assert (stored.squared[1::2] > 0).all()


def test_the_protocol_names_what_was_not_detected(recorded, settings):
    card = Protocol.of(results.load("lfw_dlib_aligned", recorded)["data"]["protocol"])
    assert card.not_detected == ("Grace_Hopper_03 1",)
    assert len(card.weights) == 64
    assert (card.seen, card.view, card.flip, card.jitter) == ("nothing", "folds", False, 0)
    centre = benchmark.measure(settings(crop="centre")).card
    assert (centre.detector, centre.not_detected) == ("none", ())
    pixels = benchmark.measure(settings(model="pixels")).card
    assert (pixels.weights, pixels.embedding_dim) == ("none", 1024)


def test_a_second_run_embeds_nothing(recorded, settings):
    before = Colours.calls
    squared, *_ = benchmark.measure(settings())
    assert Colours.calls == before
    stored = results.load_distances("lfw_dlib_aligned", recorded)
    assert squared.tolist() == stored.squared.tolist()


def test_an_interrupted_run_goes_on_at_the_block_where_it_was(settings):
    config = settings(block=8)
    whole, *_ = benchmark.measure(config)
    made = sorted(config.cache.rglob("dlib.aligned.plain.*.npz"))
    assert len(made) == 3
    made[1].unlink()
    before = Colours.calls
    second, *_ = benchmark.measure(config)
    assert Colours.calls == before + 1
    assert second.tolist() == whole.tolist()
    assert not list(config.cache.rglob("*.part"))


def test_faces_are_found_once_for_all_passes_and_runs(settings):
    lfw_faces.boxes.asked.clear()
    first = settings(crop="aligned", flip=True, block=8, cache=settings().cache / "faces")
    card = benchmark.measure(first).card
    listed = Lfw(first.lfw).pairs("folds").pictures()
    asked = [picture for picture in lfw_faces.boxes.asked if picture in listed]
    assert asked == listed
    second = benchmark.measure(first).card
    assert [picture for picture in lfw_faces.boxes.asked if picture in listed] == listed
    assert second.not_detected == card.not_detected == ("Grace_Hopper_03 1",)


def test_a_crop_in_the_middle_looks_for_no_face(settings, pairs_copy):
    passes = benchmark.open_passes(settings(crop="centre"), Lfw(pairs_copy))
    lfw_faces.boxes.asked.clear()
    passes.vectors("plain", progress=False)
    next(passes.crops("plain", [4]))
    assert lfw_faces.boxes.asked == []


def test_a_sample_looks_for_the_faces_of_its_own_pairs_alone(recorded, settings, pairs_copy):
    config = settings()
    pairs = Lfw(pairs_copy).pairs("folds")
    lfw_faces.boxes.asked.clear()
    again.sample(config, Lfw(pairs_copy), [3])
    framing = set(Lfw(pairs_copy).pairs("train").pictures())
    assert set(lfw_faces.boxes.asked) - framing == {pairs.first[3], pairs.second[3]}


def test_flipped_embeddings_are_the_mean_of_both_passes(settings, pairs_copy):
    passes = benchmark.open_passes(settings(flip=True), Lfw(pairs_copy))
    plain, mirrored = (passes.vectors(name, progress=False)[0] for name in ("plain", "mirrored"))
    crop = next(passes.crops("plain", [0]))
    assert np.array_equal(next(passes.crops("mirrored", [0])), crop[:, ::-1])
    squared, *_ = benchmark.measure(settings(flip=True))
    place = {picture: row for row, picture in enumerate(passes.pictures)}
    pairs = Lfw(pairs_copy).pairs("folds")
    mean = (plain + mirrored) / 2
    a, b = mean[place[pairs.first[1]]], mean[place[pairs.second[1]]]
    assert squared[1] == pytest.approx(np.square(a - b).sum(), rel=1e-5)


def test_jitter_depends_on_the_picture_and_not_on_the_order(settings, pairs_copy):
    passes = benchmark.open_passes(settings(), Lfw(pairs_copy))
    one, two = passes.crops("jitter0", [4, 5])
    second = next(passes.crops("jitter0", [5]))
    assert np.array_equal(two, second)
    assert not np.array_equal(one, next(passes.crops("jitter1", [4])))


def test_jitter_stays_within_its_bounds():
    matrix = np.array([[[1.0, 0, 10], [0, 1, 20]]])
    flips = []
    for seed in range(200):
        moved, flip = lfw_passes.jittered(matrix, 150, rng=np.random.default_rng(seed))
        zoom = np.sqrt(np.linalg.det(moved[0, :, :2]))
        angle = np.degrees(np.arctan2(moved[0, 1, 0], moved[0, 0, 0]))
        assert 0.95 <= zoom <= 1.05
        assert abs(angle) <= 4
        centre = np.linalg.inv(matrix[0, :, :2]) @ (np.full(2, 74.5) - matrix[0, :, 2])
        assert np.abs(moved[0, :, :2] @ centre + moved[0, :, 2] - 74.5).max() <= 0.03 * 150 + 1e-9
        flips.append(flip)
    assert 60 < sum(flips) < 140


@pytest.mark.parametrize("model", ["pixels", "hog"])
def test_baselines_know_a_picture_from_another(settings, model):
    squared, card, *_ = benchmark.measure(settings(model=model))
    assert (squared[::2] < 1e-6).all()
    assert (squared[1::2] > 0.1).all()
    assert card.model == model


def test_eigenfaces_are_made_and_judged_fold_by_fold(settings, monkeypatch, pairs_copy):
    true, learnt_from = baselines.eigenfaces, []

    def few(vectors, others):
        learnt_from.append(len(others))
        return true(vectors, others, components=4)

    monkeypatch.setattr(baselines, "eigenfaces", few)
    measured = benchmark.measure(settings(model="eigenfaces"))
    assert learnt_from == [18] * 10, "of 20 pictures, the other nine folds'"
    assert measured.card.seen == "other_folds"
    judged = benchmark.judge(Lfw(pairs_copy).pairs("folds"), measured.squared, measured.thresholds)
    assert judged["thresholds"] == np.round(measured.thresholds, 5).tolist()


def test_eigenfaces_by_hand():
    """Two directions with deviations 2 and 1: scaled to 1 each, the mean taken away."""
    others = np.array([[2.0, 0, 5], [-2, 0, 5], [0, 1, 5], [0, -1, 5]])
    found = baselines.eigenfaces([[2.0, 0, 5], [0, 1, 5]], others, components=2)
    deviations = others.std(axis=0, ddof=1)
    assert np.abs(found[0]) == pytest.approx([2 / deviations[0], 0], abs=1e-5)
    assert np.abs(found[1]) == pytest.approx([0, 1 / deviations[1]], abs=1e-5)
    with pytest.raises(InputError, match="others"):
        baselines.eigenfaces(np.zeros((1, 3)), others, components=4)


def test_pixels_ignore_light_and_a_crop_of_one_colour_is_no_fault():
    rng = np.random.default_rng(0)
    crop = rng.integers(40, 200, (1, 64, 64, 3)).astype(np.uint8)
    brighter = np.clip(crop.astype(int) + 20, 0, 255).astype(np.uint8)
    assert baselines.pixels(crop) == pytest.approx(baselines.pixels(brighter), abs=5e-3)
    assert np.abs(baselines.pixels(np.full((1, 64, 64, 3), 9, np.uint8))).max() < 1e-4


@pytest.mark.parametrize(
    "change",
    [
        {"model": "vgg"},
        {"crop": "box"},
        {"view": "train"},
        {"flip": 1},
        {"jitter": -1},
        {"model": "hog", "flip": True},
    ],
)
def test_settings_that_cannot_be_are_refused(change):
    with pytest.raises(InputError):
        Config(**change)


def test_without_a_copy_it_says_what_is_expected(monkeypatch):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    with pytest.raises(AssetMissingError, match="--lfw"):
        benchmark.measure(Config())


# View 1


def test_view_1_is_judged_in_ten_folds_without_a_common_person(settings, pairs_copy, tmp_path):
    config = settings(model="pixels", view="test")
    path = benchmark.save_result(config, folder=tmp_path / "out")
    record = results.load("lfw_pixels_aligned_view1", path.parent)
    data = record["data"]
    assert (data["accuracy"], data["errors"], data["standard_error"]) == (1, 0, 0)
    assert data["folds"] == [1] * 10
    stored = results.load_distances("lfw_pixels_aligned_view1", path.parent)
    assert stored.folds[:10].tolist() == stored.folds[10:].tolist() == list(range(10))
    assert record["command"].endswith("--crop aligned --view test --lfw DIR")
    assert data["protocol"]["dataset"] == "LFW, deep-funneled, pairsDevTest.txt"
    assert "accuracy 100.00 %, standard error 0.00" in benchmark.in_words(data)
    for full in (False, True):
        found = check.check(
            "lfw_pixels_aligned_view1", lfw=pairs_copy, folder=path.parent, full=full,
            progress=False,
        )  # fmt: skip
        assert all(finding.good for finding in found), found


class Small(Colours):
    """In our own nets' place: 96 pixels, unit length."""

    spec = replace(SPEC, name="small", image_size=96, unit_norm=True)

    def embed(self, crops):
        assert crops.shape[1:] == (96, 96, 3)
        left, right = crops[:, :, :48].mean((1, 2)), crops[:, :, 48:].mean((1, 2))
        vectors = np.hstack([left, right]).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_our_own_nets_get_their_own_crops_and_stay_on_the_sphere(
    settings, pairs_copy, tmp_path, monkeypatch
):
    monkeypatch.setattr(models, "load", lambda name, fast: Small())
    config = settings(model="lfw-triplet", view="test", flip=True)
    passes = benchmark.open_passes(config, Lfw(pairs_copy))
    image = Lfw(pairs_copy).picture(*passes.pictures[0])
    points = landmarks.load(5).locate(image, BOX)
    assert np.array_equal(next(passes.crops("plain", [0])), align.crop(image, points, 96)[0])
    path = benchmark.save_result(config, folder=tmp_path / "out")
    card = results.load(config.name, path.parent)["data"]["protocol"]
    assert (card["seen"], card["crop"]) == ("view1_train", "5 landmarks, align.crop")
    assert card["weights"] == assets.get("lfw-triplet").sha256
    found = check.check(config.name, lfw=pairs_copy, folder=path.parent, progress=False)
    assert all(finding.good for finding in found), found
    halves = [np.array([[1.0, 0]], np.float32), np.array([[0, 1.0]], np.float32)]
    assert benchmark.averaged(config, halves) == pytest.approx(np.full((1, 2), 0.5**0.5))
    assert benchmark.averaged(settings(), halves).tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("model", benchmark.OURS)
def test_our_own_nets_are_not_judged_on_people_whom_they_have_seen(model):
    with pytest.raises(InputError, match="view1 train may be reported on 'test'"):
        Config(model=model)


def test_eigenfaces_of_view_1_are_those_of_its_training_people(settings, monkeypatch):
    true, learnt_from = baselines.eigenfaces, []

    def few(vectors, others):
        learnt_from.append((len(vectors), len(others)))
        return true(vectors, others, components=1)

    monkeypatch.setattr(baselines, "eigenfaces", few)
    measured = benchmark.measure(settings(model="eigenfaces", view="test"))
    assert learnt_from == [(22, 2)], "of 22 pictures, the two of the training pairs"
    assert (measured.card.seen, measured.card.view) == ("view1_train", "test")


# results check


def test_what_is_recorded_is_found_again(recorded, pairs_copy):
    found = check.check("lfw_dlib_aligned", lfw=pairs_copy, folder=recorded, progress=False)
    assert {finding.what for finding in found} == {
        "form", "versions", "figures", "protocol", "command", "list of pairs", "distances",
    }  # fmt: skip
    assert all(finding.good for finding in found), found
    whole = check.check(
        "lfw_dlib_aligned", lfw=pairs_copy, folder=recorded, full=True, progress=False
    )
    assert all(finding.good for finding in whole)


def test_without_a_copy_of_lfw_the_figures_are_found_again(recorded, monkeypatch):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    found = {f.what: f.good for f in check.check("lfw_dlib_aligned", folder=recorded)}
    assert found["figures"] is True
    assert found["distances"] is None


@pytest.mark.parametrize("change", [{"flip": True}, {"jitter": 3}, {"model": "hog"}])
def test_a_record_under_another_cards_name_is_found(recorded, monkeypatch, change):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    path = recorded / "lfw_dlib_aligned.json"
    record = json.loads(path.read_text())
    record["data"]["protocol"] |= change
    path.write_text(json.dumps(record))
    found = check.check("lfw_dlib_aligned", folder=recorded)
    assert [finding.what for finding in found if finding.good is False] == ["command"]


def test_other_weights_than_the_packages_are_found(recorded, monkeypatch):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    path = recorded / "lfw_dlib_aligned.json"
    record = json.loads(path.read_text())
    record["data"]["protocol"]["weights"] = "0" * 64
    path.write_text(json.dumps(record))
    found = check.check("lfw_dlib_aligned", folder=recorded)
    assert [finding.what for finding in found if finding.good is False] == ["protocol"]


@pytest.mark.parametrize("figure", ["accuracy", "errors", "thresholds", "val"])
def test_a_figure_that_was_changed_is_found(recorded, monkeypatch, figure):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    path = recorded / "lfw_dlib_aligned.json"
    record = json.loads(path.read_text())
    record["data"][figure] = 0.5
    path.write_text(json.dumps(record))
    (bad,) = [f for f in check.check("lfw_dlib_aligned", folder=recorded) if f.good is False]
    assert figure in bad.detail


def test_distances_that_were_changed_are_found(recorded, pairs_copy):
    stored = results.load_distances("lfw_dlib_aligned", recorded)
    results.save_distances("lfw_dlib_aligned", stored.squared + 0.1, *stored[1:], recorded)
    found = check.check("lfw_dlib_aligned", lfw=pairs_copy, folder=recorded, progress=False)
    assert {f.what for f in found if f.good is False} == {"figures", "distances"}


def test_other_results_say_what_it_would_take(tmp_path):
    found = check.check("landmarks")
    assert [f.what for f in found] == ["form", "versions", "figures"]
    assert found[-1].good is None
    assert "facenet-lite experiment landmarks" in found[-1].detail


def test_every_recorded_lfw_result_has_the_figures_that_its_distances_give(monkeypatch):
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    names = [name for name in check.names() if name.startswith("lfw_")]
    assert "lfw_dlib_aligned" in names
    for name in names:
        assert not [f for f in check.check(name) if f.good is False], name


def test_dlibs_network_aligned_is_as_good_as_the_reference_run():
    data = results.load("lfw_dlib_aligned")["data"]
    assert data["accuracy"] >= 0.9878
    assert len(data["protocol"]["not_detected"]) == 47


@pytest.mark.lfw
@pytest.mark.slow
def test_a_sample_of_dlibs_distances_is_found_again_from_the_pictures():
    found = check.check("lfw_dlib_aligned", progress=False)
    assert all(f.good is not False for f in found), found
    assert [f.good for f in found if f.what == "distances"] == [True]


def test_the_command_evaluates_and_prints_the_card(
    settings, pairs_copy, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    arguments = ["evaluate", "--model", "pixels", "--lfw", str(pairs_copy), "--out", str(tmp_path)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "accuracy 100.00 %" in printed
    assert "not estimable at FAR 0.001" in printed
    assert "embedding_dim" in printed
    assert (tmp_path / "lfw_pixels_aligned.json").is_file()


def test_the_command_checks_and_its_status_tells(recorded, pairs_copy, monkeypatch, capsys):
    monkeypatch.setattr(results, "FOLDER", recorded)
    arguments = ["results", "check", "lfw_dlib_aligned", "--lfw", str(pairs_copy)]
    assert cli.main(arguments) == 0
    assert "ok    figures" in capsys.readouterr().out
    path = recorded / "lfw_dlib_aligned.json"
    path.write_text(path.read_text().replace('"accuracy": 1.0', '"accuracy": 0.9'))
    monkeypatch.delenv("FACENET_LITE_DATA", raising=False)
    assert cli.main(["results", "check"]) == 1
    assert "WRONG figures" in capsys.readouterr().out
    assert cli.main(["results", "check", "nothing"]) == 1
