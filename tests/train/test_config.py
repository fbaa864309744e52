"""A run's settings: checked once, kept beside it, never mixed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from train.small import config

from facenet_lite import losses, miners
from facenet_lite.errors import InputError
from facenet_lite.losses import RULES
from facenet_lite.train import Augmentation, Config, Data, Network
from facenet_lite.train.augment import HARDER, MILDER
from facenet_lite.train.config import check_kept, keep


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": "faces"},
        {"loss": "hinge"},
        {"norm": "layer"},
        {"seed": -1},
        {"colour": 1},
        {"data": "folder"},
        {"optimiser": "sgd"},
        {"precision": "float16"},
        {"reduction": "max"},
        {"p": 1},
        {"k": 0},
        {"steps": 0},
        {"steps": 2.5},
        {"learning_rate": 0},
        {"margin": -0.1},
        {"mining": ()},
        {"mining": ((1, "batch_all"),)},
        {"mining": ((0, "batch_all"), (0, "semi_hard"))},
        {"mining": ((0, "hardest"),)},
        {"mining": "batch_all"},
        {"mining": 3},
        {"validation_people": 2},
        {"pictures": 0},
        {"pictures": 2.5},
        {"pictures": 5, "data": "lfw"},
        {"pictures": 5, "teacher": "dlib"},
        {"views": 0, "teacher": "dlib", "data": "lfw"},
        {"views": 2, "data": "lfw"},
        {"views": 2, "data": "lfw", "teacher": "dlib", "harder": True},
        {"views": 2, "teacher": "dlib", "drawn": 5},
        {"teacher": "dlib", "drawn": 5},
        {"image_size": 16},
        {"width": 50},
        {"width": 0},
        {"embedding_dim": 0},
        {"first_pool": 1},
        {"margin": float("inf")},
        {"spread": float("inf")},
        {"learning_rate": float("inf")},
        {"weight_decay": float("nan")},
        {"augment": "no"},
        {"cosine": 1},
        {"seed": 2**32},
        {"people": 3, "p": 4},
        {"k": 1},
        {"k": 1, "data": "lfw"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="expected"):
        config(**wrong)


def test_it_comes_back_from_json() -> None:
    settings = config(mining=((0, "batch_all"), (3, "semi_hard")), learning_rate=0.01)
    assert Config.from_json(settings.to_json()) == settings


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"mining": 3}', '{"mining": [], "colour": 1}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="config"):
        Config.from_json(text)


def test_every_setting_has_one_name_and_is_changed_alone() -> None:
    """``seed`` and ``image_size`` are in several parts, and changed in all of them."""
    run = config(data="lfw")  # a teacher alone could not teach drawn people
    before = run.flat()
    assert len(before) == 35
    for name, value in {"seed": 3, "image_size": 64, "teacher": "dlib", "margin": 0.5}.items():
        changed = run.changed(**{name: value})
        assert changed.flat() == before | {name: value}
        assert Config.of(**changed.flat()) == changed
    assert config(seed=3).data.seed == config(seed=3).network.seed == config(seed=3).loss.seed == 3


@pytest.mark.parametrize("parts", [{"data": Data(seed=1)}, {"network": Network(image_size=64)}])
def test_parts_that_contradict_each_other_are_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="one value in all parts"):
        Config(**parts)


def test_a_run_from_before_a_loss_could_be_named_is_the_same_run() -> None:
    assert "loss" not in config().flat()
    old = json.loads(config().to_json())
    assert not config().differences(Config.from_json(json.dumps(old)))


def test_the_choices_of_the_command_line_are_what_is_registered() -> None:
    for word, names in {"loss=?": losses.LOSSES, "mining=?": losses.RULES}.items():
        with pytest.raises(InputError) as caught:
            Config.from_words([word])
        assert all(name in str(caught.value) for name in names)
    assert set(losses.RULES) == set(miners.MINERS) - {"all_semi_hard"}


def test_phases_follow_each_other() -> None:
    settings = config(mining=((0, "batch_all"), (3, "semi_hard")))
    assert [settings.loss.rule(step) for step in (0, 2, 3, 5)] == ["batch_all"] * 2 + [
        "semi_hard"
    ] * 2


def test_every_rule_can_be_named() -> None:
    for rule in RULES:
        assert config(mining=((0, rule),)).loss.rule(0) == rule


def test_crops_are_changed_more_where_it_is_to_be_harder() -> None:
    assert config().augmentation == Augmentation()
    assert config(harder=True).augmentation == HARDER
    assert config(data="lfw", teacher="dlib", views=2).augmentation == MILDER
    assert config(augment=False).augmentation is None
    assert config(data="lfw", teacher="dlib", views=2, augment=False).augmentation is None


def test_words_make_a_config() -> None:
    words = ["steps=7", "margin=0.5", "cosine=false", "data=folder", "folder=a b"]
    made = Config.from_words([*words, "mining=batch_all,semi_hard@4"])
    assert Config.from_words(["pictures=5"]) == Config.of(pictures=5)
    assert made == Config.of(
        steps=7, margin=0.5, cosine=False, data="folder", folder="a b",
        mining=((0, "batch_all"), (4, "semi_hard")),
    )  # fmt: skip


@pytest.mark.parametrize(
    "word", ["steps", "step=3", "steps=many", "pictures=few", "cosine=1", "mining=a@b"]
)
def test_words_that_are_no_settings_are_refused(word: str) -> None:
    with pytest.raises(InputError, match="expected"):
        Config.from_words([word])


def test_a_folder_holds_one_run(tmp_path: Path) -> None:
    keep(config(), tmp_path)
    check_kept(config(workers=2), tmp_path)  # changes nothing that is computed
    with pytest.raises(InputError, match="seed is 1 and was 0"):
        check_kept(config(seed=1), tmp_path)
