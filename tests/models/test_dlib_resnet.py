"""dlib's ResNet behind our interface."""

import numpy as np
import pytest

from facenet_lite import models


@pytest.fixture(scope="module")
def net():
    return models.load("dlib")


@pytest.fixture(scope="module")
def crops():
    return np.random.default_rng(0).integers(0, 256, (18, 150, 150, 3), dtype=np.uint8)


def test_batches_change_nothing(net, crops):
    one_by_one = np.concatenate([net.embed(crops[i : i + 1]) for i in (0, 16, 17)])
    assert net.embed(crops)[[0, 16, 17]] == pytest.approx(one_by_one, abs=1e-5)


def test_the_embedding_is_dlibs_own(net, crops):
    alone = np.array(net.model.shared.compute_face_descriptor(np.ascontiguousarray(crops[0])))
    assert net.embed(crops[:1])[0] == pytest.approx(alone, abs=1e-5)
