"""A student that learns a teacher's embeddings: asked once, block by block, and then believed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from train.small import config

from facenet_lite import models, train
from facenet_lite.errors import InputError
from facenet_lite.imaging import astronaut, grace_hopper, resize, write_image
from facenet_lite.models import ModelSpec
from facenet_lite.train import distilled
from facenet_lite.train.config import Config


class Teacher:
    """Says the mean colours of eight strips of a crop."""

    spec = ModelSpec("strips", 48, 0.25, (0, 0, 0), 1, 8, False, 1)

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert crops.shape[1:] == (48, 48, 3)
        self.asked += len(crops)
        return crops.reshape(len(crops), 8, -1).mean(2, dtype=np.float32)


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Teacher:
    one = Teacher()
    monkeypatch.setattr(models, "load", lambda name, fast: one)
    return one


def settings(**changes: Any) -> Config:
    return config(**{"teacher": "dlib", "drawn": 20, "p": 4, "k": 2, "steps": 4} | changes)


def ask(run: Config, folder: Path, **more: int) -> distilled.Taught:
    return distilled.ask(
        run.data, run.teacher, folder, embedding_dim=run.network.embedding_dim, progress=False,
        **more,
    )  # fmt: skip


def source(run: Config, crops: NDArray[np.uint8]) -> distilled.TaughtSource:
    return distilled.TaughtSource(run.data, crops, run.augmentation)


def test_targets_are_directions_from_the_mean_and_asked_for_once(
    teacher: Teacher, tmp_path: Path
) -> None:
    found = ask(settings(), tmp_path, block=8)
    assert found.crops.shape == (20, 32, 32, 3)
    assert np.allclose(np.linalg.norm(found.targets, axis=1), 1, atol=1e-6)
    assert np.abs(found.targets.mean(0)).max() < 0.5
    assert teacher.asked == 20
    blocks = sorted(tmp_path.glob("taught-*.npz"))
    assert len(blocks) == 3
    blocks[1].unlink()  # as if it had been stopped there
    again = ask(settings(), tmp_path, block=8)
    assert teacher.asked == 24  # the last block holds 4
    assert np.array_equal(again.targets, found.targets)
    assert np.array_equal(again.crops, found.crops)


def test_drawn_people_are_all_different_and_not_those_of_the_looks(
    teacher: Teacher, tmp_path: Path
) -> None:
    crops = ask(settings(), tmp_path).crops
    assert len({crop.tobytes() for crop in crops}) == 20


def test_a_batch_is_a_function_of_the_step_and_every_picture_comes_once_an_epoch() -> None:
    crops = np.arange(20, dtype=np.uint8)[:, None, None, None] * np.ones((32, 32, 3), np.uint8)
    plain = source(settings(augment=False), crops)
    whole = plain.batch(1)
    assert np.array_equal(whole.pictures[:, 0, 0, 0], whole.labels)
    parts = [plain.batch(1, part, 2) for part in range(2)]
    assert np.array_equal(np.concatenate([part.labels for part in parts]), whole.labels)
    seen = np.concatenate([plain.batch(step).labels for step in range(2)])
    assert len(set(seen.tolist())) == 16
    changed = source(settings(), crops).batch(1)
    assert np.array_equal(changed.labels, whole.labels)
    assert not np.array_equal(changed.pictures, whole.pictures)
    again = [source(settings(), crops).batch(1, part, 2) for part in range(2)]
    assert np.array_equal(np.concatenate([part.pictures for part in again]), changed.pictures)


def test_a_student_comes_nearer_to_its_teacher(teacher: Teacher, tmp_path: Path) -> None:
    run = settings(steps=40, learning_rate=0.01, augment=False, validate_every=0)
    train.train(run, tmp_path, progress=False)
    rows = train.read(tmp_path)
    assert {row["rule"] for row in rows} == {"taught"}
    losses = [float(row["loss"]) for row in rows]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    assert teacher.asked == 20


def test_photographs_and_drawn_faces_are_each_centred(teacher: Teacher, tmp_path: Path) -> None:
    for name, image in {"a": astronaut(), "b": grace_hopper()}.items():
        (tmp_path / "people" / name).mkdir(parents=True)
        write_image(image, tmp_path / "people" / name / "1.png")
    run = settings(data="folder", folder=str(tmp_path / "people"))
    found = ask(run, tmp_path)
    assert found.crops.shape == (22, 32, 32, 3)
    assert np.allclose(found.targets[0], -found.targets[1], atol=1e-5)  # two, about their mean


def people(folder: Path) -> str:
    for name, image in {"a": astronaut(), "b": grace_hopper(), "c": astronaut()}.items():
        (folder / "people" / name).mkdir(parents=True)
        picture = image if name != "c" else np.ascontiguousarray(image[:, ::-1])
        write_image(picture, folder / "people" / name / "1.png")
    return str(folder / "people")


def test_the_teacher_is_asked_of_each_photograph_and_of_its_views(
    teacher: Teacher, tmp_path: Path
) -> None:
    plain = settings(data="folder", folder=people(tmp_path), drawn=0, p=2, k=1)
    for name in ("alone", "views", "again"):
        (tmp_path / name).mkdir()
    alone = ask(plain, tmp_path / "alone")
    assert teacher.asked == 3
    run = plain.changed(views=4)
    found = ask(run, tmp_path / "views", block=5)  # the first block ends amid the first views
    assert teacher.asked == 3 + 12
    assert found.crops.shape == (12, 32, 32, 3)
    assert np.array_equal(found.crops[:3], alone.crops)
    assert len({crop.tobytes() for crop in found.crops}) == 12
    again = ask(run, tmp_path / "again", block=5)
    assert np.array_equal(again.crops, found.crops)


def test_a_view_is_what_the_teacher_was_shown(
    teacher: Teacher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    embed = Teacher.embed
    monkeypatch.setattr(
        Teacher, "embed", lambda self, crops: shown.append(crops) or embed(self, crops)
    )
    run = settings(data="folder", folder=people(tmp_path), drawn=0, p=2, k=1, views=3)
    found = ask(run, tmp_path)
    for its, mine in zip(np.concatenate(shown)[3:], found.crops[3:], strict=True):
        assert np.array_equal(resize(its, height=32, width=32), mine)


def test_half_of_the_views_are_blended_with_another() -> None:
    black, white = (np.full((200, 8, 8, 3), level, np.uint8) for level in (0, 200))
    changed = distilled.views(np.concatenate([black, white]), rng=np.random.default_rng(0))
    of_black = changed[:200].reshape(200, -1).mean(1)
    assert 30 < (of_black > 15).sum() < 70  # half of them, and half of the others are white


def test_a_teacher_with_another_margin_cannot_be_shown_what_the_student_sees(
    teacher: Teacher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Teacher, "spec", dataclasses.replace(Teacher.spec, crop_margin=0.4))
    run = settings(data="folder", folder=people(tmp_path), views=2)
    with pytest.raises(InputError, match=r"crop_margin, 0\.25, got 0\.4"):
        ask(run, tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"embedding_dim": 16}, "expected 8, the teacher's"),
        ({"drawn": 0}, "p x k = 8"),
        ({"drawn": 7}, "p x k = 8"),
    ],
)
def test_what_cannot_be_taught_is_refused(
    teacher: Teacher, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        train.train(settings(**changes), tmp_path, progress=False)


def test_drawn_pictures_without_a_teacher_and_an_unknown_one_are_refused() -> None:
    with pytest.raises(InputError, match="without a teacher"):
        config(drawn=3)
    with pytest.raises(InputError, match="teacher"):
        config(teacher="nobody")
