"""A batch is a function of the seed and the step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from train.small import config

from facenet_lite.data import nobody
from facenet_lite.train import Data, DrawnSource, splits
from facenet_lite.train.sources import Batch, CropSource, Source

LABELS = np.repeat(np.arange(4), [1, 2, 3, 5])
CROPS = np.arange(len(LABELS), dtype=np.uint8)[:, None, None, None] * np.ones((32, 32, 3), np.uint8)


def data(**changes: object) -> Data:
    return config(**changes).data


def sources() -> list[Source]:
    settings = data()
    return [
        DrawnSource(settings, splits(settings).train),
        DrawnSource(data(pictures=4), splits(settings).train),
        CropSource(settings, CROPS, LABELS),
        CropSource(data(augment=False), CROPS, LABELS),
    ]


def equal(a: Batch, b: Batch) -> bool:
    return np.array_equal(a.pictures, b.pictures) and np.array_equal(a.labels, b.labels)


@pytest.mark.parametrize(
    "source", sources(), ids=["drawn", "drawn once", "crops", "crops as they are"]
)
def test_a_step_gives_the_same_batch_however_it_is_asked_for(source: Source) -> None:
    whole = source.batch(5)
    source.batch(2)
    assert equal(source.batch(5), whole)
    parts = [source.batch(5, part, 2) for part in range(2)]
    assert equal(Batch(*(np.concatenate(both) for both in zip(*parts, strict=True))), whole)
    assert not equal(source.batch(6), whole)
    assert whole.pictures.shape == (6, 32, 32, 3)
    assert np.array_equal(whole.labels, np.repeat(whole.labels[::3], 3))
    assert len(set(whole.labels.tolist())) == 2


def test_people_with_one_crop_are_left_out_and_few_crops_come_twice() -> None:
    source = CropSource(data(augment=False), CROPS, LABELS)
    seen = [source.batch(step) for step in range(20)]
    assert 0 not in np.concatenate([batch.labels for batch in seen])
    for batch in seen:
        assert np.array_equal(LABELS[batch.pictures[:, 0, 0, 0]], batch.labels)


def test_everybody_comes_once_before_anybody_comes_again() -> None:
    source = DrawnSource(replace(data(), k=1), splits(data()).train)
    labels = np.concatenate([source.batch(step).labels for step in range(3)])
    assert sorted(labels.tolist()) == list(range(6))


def test_people_held_out_are_others_and_the_same_for_any_number_trained_on() -> None:
    few, many = splits(data()), splits(data(people=60))
    assert np.array_equal(few.test.coordinates, many.test.coordinates)
    assert np.array_equal(few.train.coordinates, many.train.coordinates[:6])
    assert len(few.validation) == len(few.test) == 3
    assert not set(many.train.labels) & set(many.test.labels)


def test_another_seed_gives_other_people() -> None:
    here, there = splits(data()).train, splits(data(seed=1)).train
    assert not (here.coordinates[:, None] == there.coordinates[None]).all(-1).any()


def drawn(steps: range, **changes: object) -> dict[int, set[bytes]]:
    """Each person's different pictures in the batches of some steps, unchanged."""
    settings = data(augment=False, **changes)
    source = DrawnSource(settings, splits(settings).train)
    found: dict[int, set[bytes]] = {}
    for step in steps:
        for picture, label in zip(*source.batch(step), strict=True):
            found.setdefault(int(label), set()).add(picture.tobytes())
    return found


def test_a_person_with_so_many_pictures_shows_all_of_them_and_no_others() -> None:
    found = drawn(range(24), pictures=4)  # 8 batches of each person, 3 of 4 pictures in each
    assert {label: len(pictures) for label, pictures in found.items()} == dict.fromkeys(range(6), 4)
    assert not found[0] & found[1]


def test_two_people_never_have_pictures_of_one_draw() -> None:
    """Doubles, who differ in nothing but their label, are photographed differently."""
    doubles = nobody.Identities(np.zeros((6, nobody.load().identity_dim)), np.arange(6))
    for pictures in (None, 3):
        batch = DrawnSource(data(augment=False, pictures=pictures), doubles).batch(0)
        assert len({picture.tobytes() for picture in batch.pictures}) == 6


def test_drawn_anew_no_picture_comes_again() -> None:
    found = drawn(range(6))
    assert {len(pictures) for pictures in found.values()} == {3 * 2}


def test_fewer_pictures_and_people_are_part_of_more() -> None:
    few, many = drawn(range(12), pictures=3), drawn(range(60), pictures=5, people=12)
    for label, pictures in few.items():
        assert pictures < many[label]


def test_fewer_pictures_than_k_come_twice() -> None:
    source = DrawnSource(data(pictures=2, augment=False), splits(data()).train)
    for step in range(4):
        for person in np.split(source.batch(step).pictures, 2):
            assert len({picture.tobytes() for picture in person}) == 2


def test_pictures_that_come_again_are_changed_anew() -> None:
    source = DrawnSource(data(pictures=1), splits(data()).train)
    assert len({picture.tobytes() for picture in source.batch(0).pictures}) == 6
