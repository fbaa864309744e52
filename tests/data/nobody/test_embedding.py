"""Drawn faces under a network's eyes: their people stay apart, and no crop has a black corner."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite import models
from facenet_lite.data import nobody
from facenet_lite.data.nobody import embedding
from facenet_lite.evaluate import separation


@pytest.fixture(scope="module")
def drawn():
    model, rng = nobody.load(), np.random.default_rng(4)
    return model.sample_pictures(model.sample_identities(3, rng=rng), 2, rng=rng)


def test_a_persons_pictures_are_nearer_to_each_other_for_dlib(drawn):
    vectors = embedding.embed(drawn.flat[0], drawn.flat_landmarks, models.load("dlib"))
    assert vectors.shape == (6, 128)
    assert separation(vectors.reshape(3, 2, 128)).auc > 0.9


def test_beyond_the_picture_its_edge_goes_on(drawn):
    """A white picture stays white where a crop reaches over its edge."""

    class Kept:
        spec = models.load("dlib").spec

        def embed(self, crops):
            self.crops = crops
            return np.zeros((len(crops), 128), np.float32)

    network = Kept()
    white = np.full_like(drawn.flat[0], 255)
    assert embedding.embed(white, drawn.flat_landmarks - 20, network).shape == (6, 128)
    assert network.crops.shape == (6, 150, 150, 3)
    assert network.crops.min() == 255


def test_an_edge_is_repeated_on_every_side():
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    found = embedding.padded(picture, 1)
    assert found[..., 0].tolist() == [[0, 0, 3, 3], [0, 0, 3, 3], [6, 6, 9, 9], [6, 6, 9, 9]]
