"""LFW's View 1: pairs in folds, rates with intervals, and networks judged on crops and mirrors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from facenet_lite import evaluate
from facenet_lite.book.experiments.lfw.view1 import View1, rates, weighted_area
from facenet_lite.data import lfw
from facenet_lite.errors import AssetMissingError
from facenet_lite.evaluate import area_under_roc
from facenet_lite.models import ModelSpec
from facenet_lite.types import Pairs

SPEC = ModelSpec("halves", 32, 0.25, (0, 0, 0), 1.0, 2, True, 1.0)


class Halves:
    """Two numbers a face: how bright its left and its right half are."""

    def __init__(self, spec: ModelSpec = SPEC) -> None:
        self.spec = spec

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        half = crops.shape[2] // 2
        both = np.stack([crops[:, :, :half].mean((1, 2, 3)), crops[:, :, half:].mean((1, 2, 3))], 1)
        length = np.linalg.norm(both, axis=1, keepdims=True) if self.spec.unit_norm else 1
        return (both / length).astype(np.float32)


@pytest.fixture
def view1(view1_copy: Path) -> View1:
    found = View1.find(view1_copy)
    assert found is not None
    return found


def pairs(count: int) -> Pairs:
    """``count`` people with a same pair each, and as many pairs with the next but one."""
    names = [(f"P{i:02d}", 1) for i in range(count)]
    same = [(name, 2) for name, _ in names]
    other = [(names[(i + 2) % count][0], 2) for i in range(count)]
    is_same = np.repeat([True, False], count)
    return Pairs((*names, *names), (*same, *other), is_same, np.tile(np.arange(count) // 2, 2))


def test_its_ten_folds_share_no_person(view1: View1) -> None:
    evaluate.assert_disjoint_identities(view1.pairs)
    assert np.bincount(view1.pairs.folds).tolist() == [4] * 10


def test_weights_of_one_give_the_area_and_two_a_pair_that_stands_twice() -> None:
    rng = np.random.default_rng(0)
    squared = rng.integers(0, 9, 30).astype(np.float32)  # with ties
    same = rng.random(30) < 0.5
    area = weighted_area(squared, same)
    assert area(np.ones(30)) == pytest.approx(area_under_roc(squared[same], squared[~same]))
    weights = np.ones(30)
    weights[[3, 4]] = 2
    twice = np.concatenate([squared, squared[[3, 4]]])
    kind = np.concatenate([same, same[[3, 4]]])
    assert area(weights) == pytest.approx(area_under_roc(twice[kind], twice[~kind]))


def test_an_accuracy_is_of_pairs_that_chose_no_threshold() -> None:
    """One same pair lies beyond all others, yet nearer than every different pair: a threshold that
    has seen it would be right of everything, the one of the other folds is wrong of it."""
    listed = pairs(20)
    squared = np.where(listed.is_same, 0.2, 1.0).astype(np.float32)
    squared[3] = 0.4
    found = rates(listed, squared, trials=100)
    assert found["accuracy"]["value"] == pytest.approx(39 / 40)
    assert found["accuracy"]["low"] < 39 / 40 < found["accuracy"]["high"]
    assert found["auc"]["value"] == 1
    assert found["threshold"] == pytest.approx(0.4)


def test_a_pair_beyond_all_others_costs_its_share_of_the_area() -> None:
    listed = pairs(20)
    squared = np.where(listed.is_same, 0.2, 1.0).astype(np.float32)
    squared[3] = 3.0
    auc = rates(listed, squared, trials=100)["auc"]
    assert auc["value"] == pytest.approx(0.95)
    assert auc["low"] < 0.95 < auc["high"] <= 1


def test_a_network_is_judged_alone_and_with_mirror_images(view1: View1) -> None:
    found = view1.judge(Halves())
    assert len(view1.pairs) == 40
    assert set(found) == {"crops", "mirrored"}
    # with its mirror image averaged in, a face is as bright on either side: nothing is left
    assert found["mirrored"]["auc"]["value"] == pytest.approx(0.5, abs=0.2)
    assert found["mirrored"]["threshold"] < 1e-6 < found["crops"]["threshold"]
    assert 0 <= found["crops"]["accuracy"]["low"] < found["crops"]["accuracy"]["high"] <= 1


def test_embeddings_without_unit_length_are_averaged_as_they_are(view1: View1) -> None:
    found = view1.judge(Halves(replace(SPEC, unit_norm=False)))
    assert found["mirrored"]["threshold"] > 1  # brightness itself, in grey levels


def test_crops_are_made_once_for_each_frame(view1: View1) -> None:
    first = view1.crops(32)
    assert first.shape == (40, 32, 32, 3)
    assert view1.crops(32) is first
    assert view1.crops(32, 0.1) is not first
    assert (view1.crops(32, 0.1) != first).any()


def test_without_a_folder_there_is_none_and_a_wrong_one_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(lfw.VARIABLE, raising=False)
    assert View1.find() is None
    with pytest.raises(AssetMissingError):
        View1.find(tmp_path)
    monkeypatch.setenv(lfw.VARIABLE, str(tmp_path))
    with pytest.raises(AssetMissingError):
        View1.find()
