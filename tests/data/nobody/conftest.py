"""A face model small enough to be known by heart, and the package's own."""

from __future__ import annotations

import numpy as np
import pytest

from facenet_lite.data import nobody
from facenet_lite.data.nobody import mesh


@pytest.fixture(scope="session")
def model():
    """The package's own model."""
    return nobody.load()


@pytest.fixture(scope="session")
def mean_shape(model):
    return model.mean_shape


@pytest.fixture
def make_model(mean_shape):
    """Makes a model with one texture component of each kind and one shape component of each."""

    def make(texture=None, **changes):
        blank = np.zeros((1, 128, 64, 3), np.int8)
        kept, turned = blank.copy(), blank.copy()
        kept[:] = 10
        turned[:, :, 32:] = 10
        shapes = np.zeros((2, 68, 2))
        shapes[0, :, 1] = 1.0  # kept by a mirror: all points down
        shapes[1, :, 0] = 1.0  # turned over by it: all points to the right
        values = {
            "mean_texture": np.full((128, 64, 3), 100, np.float32) if texture is None else texture,
            "kept": kept,
            "turned": turned,
            "steps": np.array([2.0, 1.0], np.float32),
            "mean_shape": mean_shape,
            "shape_components": shapes,
            "triangles": mesh.triangulate(mean_shape),
            "who": np.array([[0.5], [0.0], [0.0], [0.0]]),
            "how": {part: np.zeros((4, 1)) for part in nobody.PARTS}
            | {"yaw": np.array([[0.0], [0.0], [0.0], [2.0]])},
        }
        return nobody.FaceModel(**(values | changes))

    return make
