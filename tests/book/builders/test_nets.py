"""Training a network that the package brings: its file, its threshold and its log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from train.small import config

from facenet_lite import assets, evaluate, models, train
from facenet_lite.book import registry, results
from facenet_lite.book.builders import nets
from facenet_lite.data import lfw
from facenet_lite.errors import AssetMissingError, InputError
from facenet_lite.imaging import astronaut, grace_hopper, write_image
from facenet_lite.train.photographs import Frame, of_lfw


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """View 1 with the astronaut and Grace Hopper, to train on and to test on."""
    root = tmp_path / "lfw"
    for name, image in {"A_B": astronaut(), "C_D": grace_hopper()}.items():
        (root / lfw.PICTURES / name).mkdir(parents=True)
        for number in (1, 2):
            picture = image if number == 1 else np.ascontiguousarray(image[:, ::-1])
            write_image(picture, root / lfw.PICTURES / name / f"{name}_{number:04d}.jpg")
    (root / "peopleDevTrain.txt").write_text("2\nA_B\t2\nC_D\t2\n")
    (root / "pairsDevTest.txt").write_text("1\nA_B\t1\t2\nA_B\t1\tC_D\t1\n")
    return root


def test_triplets_are_drawn_from_people_with_two_pictures_and_a_teacher_needs_one(
    copy: Path,
) -> None:
    (copy / "peopleDevTrain.txt").write_text("3\nA_B\t2\nC_D\t1\nE_F\t4\n")
    found = {
        name: nets.photographs(recipe, lfw.find(copy)) for name, recipe in nets.RECIPES.items()
    }
    assert found == {"nobody-triplet": 0, "lfw-triplet": 6, "lfw-distilled": 7}


@pytest.mark.parametrize("data", ["nobody", "lfw"])
def test_the_file_has_its_name_its_threshold_and_its_log(
    copy: Path, tmp_path: Path, data: str
) -> None:
    stages = (config(data=data, steps=3, k=2), config(data="nobody", steps=2, k=2, seed=1))
    path = nets.build(
        "lfw-triplet", lfw=copy, folder=tmp_path, partial=tmp_path / "partial", recipe=stages,
        log=tmp_path / "log", progress=False,
    )  # fmt: skip
    net = models.read(path)
    assert (path.name, net.spec.name) == ("lfw-triplet.safetensors", "lfw-triplet")
    record = results.load("net_lfw-triplet", tmp_path / "log")
    assert record["command"] == "facenet-lite build lfw-triplet --lfw DIR"
    found = record["data"]
    assert found["weights"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found["pictures"] == 12 + 8
    assert found["photographs"] == (4 if data == "lfw" else 0)
    first, second = found["stages"]
    assert first["settings"]["folder"] is None  # where the copy lay is nobody's business
    assert [stage["settings"]["start"] for stage in found["stages"]] == [None, "stage 1"]
    assert (first["pictures"], second["pictures"]) == (12, 8)
    assert record["seconds"] == pytest.approx(first["seconds"] + second["seconds"], abs=0.11)
    for stage in found["stages"]:
        assert [len(curve) for curve in stage["curves"].values()] == [1] * len(nets.CURVES)
    pairs = lfw.find(copy).pairs("test")
    (crops,), _ = of_lfw(lfw.find(copy), pairs.pictures()).crops(range(3), [Frame(32)])
    vectors = dict(zip(pairs.pictures(), net.embed(crops), strict=True))
    squared = evaluate.pair_distances(pairs, vectors).squared
    expected = max(0, evaluate.best_threshold(squared, pairs.is_same))
    assert net.spec.threshold == pytest.approx(expected, abs=1e-3)


def test_every_recipe_is_of_the_small_network_and_can_be_built() -> None:
    small = models.small_nn2().settings
    assert set(nets.RECIPES) == set(models.NAMES) - {"dlib"}
    assert set(nets.RECIPES) < set(registry.listed("build"))
    for recipe in nets.RECIPES.values():
        for stage in recipe:
            assert {name: getattr(stage.network, name) for name in small} == small


def test_a_stage_goes_on_from_the_weights_of_the_one_before(copy: Path, tmp_path: Path) -> None:
    still = config(
        data="nobody", steps=1, k=2, learning_rate=1e-12, seed=1, norm="local", centred=False
    )
    stages = (config(data="nobody", steps=3, k=2, norm="local", centred=False), still)
    places = [tmp_path / part for part in ("one", "two")]
    alone, both = (
        models.read(
            nets.build(
                "nobody-triplet", lfw=copy, folder=place, partial=place, recipe=stages[:number],
                log=place, progress=False,
            )
        )
        for number, place in enumerate(_made(places), start=1)
    )  # fmt: skip
    crops = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    assert both.embed(crops) == pytest.approx(alone.embed(crops), abs=1e-4)
    untrained = models.TorchEmbedder.of(train.untrained(still.network).net)
    assert not np.allclose(both.embed(crops), untrained.embed(crops), atol=1e-2)


def _made(places: list[Path]) -> list[Path]:
    for place in places:
        place.mkdir()
    return places


def test_a_recipe_without_a_stage_is_refused(copy: Path) -> None:
    with pytest.raises(InputError, match="at least one stage"):
        nets.build("nobody-triplet", lfw=copy, recipe=())


def test_another_name_or_no_copy_of_lfw_is_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    with pytest.raises(InputError, match="network"):
        nets.build("dlib")
    with pytest.raises(AssetMissingError, match="LFW"):
        nets.build("nobody-triplet", partial=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_command_names_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []
    monkeypatch.setattr(nets, "build", lambda name, **more: asked.append(name) or tmp_path)
    (tmp_path / lfw.PICTURES).mkdir()
    assert registry.build("lfw-distilled", lfw=tmp_path, folder=tmp_path) == tmp_path
    assert asked == ["lfw-distilled"]


@pytest.mark.parametrize("name", nets.RECIPES)
def test_the_log_and_the_weights_are_those_of_the_recipe(name: str) -> None:
    recorded = results.load(f"net_{name}")["data"]
    expected = [stage.flat() for stage in nets.RECIPES[name]]
    for number, settings in enumerate(expected):
        settings["start"] = f"stage {number}" if number else settings["start"]
        settings["mining"] = [list(phase) for phase in settings["mining"]]
    assert [stage["settings"] for stage in recorded["stages"]] == expected
    assert recorded["weights"] == assets.get(name).sha256
    for stage in recorded["stages"]:
        assert stage["looks"][-1]["step"] == stage["settings"]["steps"]
