"""The model's file: whole, small, without pickles; anything else is named."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import assets
from facenet_lite.data import nobody
from facenet_lite.errors import AssetDamagedError, AssetMissingError


def test_the_packages_file_is_small_enough_and_tells_its_origin(model):
    assert assets.fetch("nobody").stat().st_size <= 5_000_000
    assert model.facts["pictures"] > 9000
    assert model.facts["people"] > 3900
    assert model.facts["texture_share"] > 0.93


def test_its_card_says_what_it_was_made_from(model):
    card = assets.get("nobody").card
    assert f"{model.facts['pictures']:,.0f} pictures of {model.facts['people']:,.0f} people" in card


def test_it_is_read_once():
    assert nobody.load() is nobody.load()


def test_written_and_read_again_it_draws_the_same(make_model, tmp_path):
    model = make_model(facts={"people": 2})
    path = nobody.write(model, tmp_path / "small.npz")
    again = nobody.read(path)
    c = np.array([[1.0, -1.0, 0.5, 2.0]])
    np.testing.assert_array_equal(again.draw(c)[0], model.draw(c)[0])
    assert again.facts == {"people": 2}
    assert [p.name for p in tmp_path.iterdir()] == ["small.npz"]


def test_no_pickle_is_in_it():
    with np.load(assets.fetch("nobody"), allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored)


def test_a_missing_file_names_the_command(tmp_path):
    with pytest.raises(AssetMissingError, match="facenet-lite build nobody"):
        nobody.read(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "content", [b"", b"not a model", assets.fetch("nobody").read_bytes()[:5000]]
)
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "damaged.npz"
    path.write_bytes(content)
    with pytest.raises(AssetDamagedError, match=r"damaged\.npz"):
        nobody.read(path)


@pytest.mark.parametrize("arrays", [{"format": 99}, {"mean": np.zeros(3)}, {"format": 1}])
def test_another_format_is_named(tmp_path, arrays):
    path = tmp_path / "other.npz"
    np.savez(path, **arrays)
    with pytest.raises(AssetDamagedError, match="format 1"):
        nobody.read(path)


def test_a_later_format_is_refused_though_all_is_there(make_model, tmp_path):
    path = nobody.write(make_model(), tmp_path / "later.npz")
    with np.load(path) as stored:
        arrays = dict(stored)
    np.savez(path, **(arrays | {"format": 2}))
    with pytest.raises(AssetDamagedError, match="format 2"):
        nobody.read(path)
