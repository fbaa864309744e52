"""Which of several faces are compared, and what is said about the answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import detect, evaluate, imaging, models
from facenet_lite.album.chain import (
    RATES,
    calibration_beside,
    cluster_thresholds,
    known_rates,
    open_chain,
)
from facenet_lite.album.drawing import verification_picture
from facenet_lite.album.no_face import advice
from facenet_lite.album.verification import compare_faces
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def chain():
    return open_chain()


@pytest.fixture(scope="module")
def group():
    return np.concatenate(
        [imaging.astronaut()[:500, :500], imaging.grace_hopper()[:500, :500]], axis=1
    )


@pytest.fixture(scope="module")
def faces(chain, group):
    return chain.embed(np.ascontiguousarray(imaging.astronaut()[:500, :500])), chain.embed(group)


def compared(faces, chain, **options):
    return compare_faces(
        *faces,
        threshold=chain.embedder.model.spec.threshold,
        calibration=chain.calibration,
        **options,
    )


def test_somebody_in_a_group_is_found_there(faces, chain):
    found = compared(faces, chain)
    assert found.squared_distance == pytest.approx(0, abs=1e-6)
    assert found.same
    assert found.verdict == "the same person"


def test_the_nearest_is_the_smallest_of_all_distances(faces, chain):
    found = compared(faces, chain)
    assert found.squared_distances.shape == (len(faces[0]), len(faces[1]))
    assert found.squared_distance == found.squared_distances.min()


def test_the_surest_and_the_largest_can_be_asked_for(faces, chain):
    assert compared(faces, chain, face="surest").pair == (0, 0)
    widths = [(f.boxes[:, 2] - f.boxes[:, 0]).argmax() for f in faces]
    assert compared(faces, chain, face="largest").pair == tuple(widths)
    with pytest.raises(InputError, match="'nearest', 'surest', 'largest'"):
        compared(faces, chain, face="any")


def test_without_rates_there_is_no_verdict(faces, chain):
    found = compare_faces(*faces, threshold=0.36)
    assert found.same is None
    assert "no verdict" in found.verdict


def test_a_photograph_without_a_face_cannot_be_compared(chain, faces):
    nothing = chain.embed(np.full((80, 80, 3), 9, np.uint8))
    with pytest.raises(InputError, match="b: expected at least one face"):
        compare_faces(faces[0], nothing, threshold=0.36)


@pytest.mark.parametrize("name", models.NAMES)
def test_every_network_of_the_package_has_measured_rates(name):
    chain = open_chain(name)
    known = chain.calibration
    assert known.threshold == pytest.approx(chain.embedder.model.spec.threshold)
    assert known.different > 480
    assert known.same > 480
    assert "LFW's View 1" in str(known)
    assert set(cluster_thresholds(chain.source.weights)) == {"single", "average", "complete"}


def test_the_rates_agree_with_the_recorded_distances():
    """Measured by another path: five landmarks here, 68 there, the most central face there."""
    from facenet_lite.book import results

    for name in models.NAMES:
        recorded = results.load_distances(f"lfw_{name}_aligned_view1")
        known = open_chain(name).calibration
        accepted = recorded.squared <= known.threshold
        assert known.val == pytest.approx(accepted[recorded.is_same].mean(), abs=0.02)
        assert known.far == pytest.approx(accepted[~recorded.is_same].mean(), abs=0.03)


def test_rates_of_weights_that_are_gone_are_not_kept():
    weights = {open_chain(name).source.weights for name in models.NAMES}
    assert set(known_rates()) == weights
    assert RATES.stat().st_size < 20_000


@pytest.fixture
def own(tmp_path):
    """A network of one's own, as training writes it."""
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(0)
    net = models.NN2(width=0.05, image_size=32, norm="batch", embedding_dim=16, generator=generator)
    embedder = models.TorchEmbedder.of(net.eval(), name="own", threshold=1.1)
    return models.write(embedder, tmp_path / "model.safetensors")


def test_a_network_of_ones_own_has_no_verdict_until_it_is_calibrated(own, faces):
    chain = open_chain(own)
    assert chain.calibration is None
    assert chain.embedder.model.spec.embedding_dim == 16
    made = evaluate.measure(
        [0.1, 0.9], [0, 0], [0, 1], 0.5, rng=np.random.default_rng(0), weights=chain.source.weights
    )
    made.save(calibration_beside(own))
    assert open_chain(own).calibration == made


def test_a_calibration_of_another_network_is_refused(own, chain, tmp_path):
    replace(chain.calibration, weights="other").save(tmp_path / "c.json")
    with pytest.raises(InputError, match="expected a calibration of this network"):
        open_chain(own, calibration=tmp_path / "c.json")


def test_the_named_networks_keep_no_calibration_in_the_package():
    assert calibration_beside("dlib") is None
    assert calibration_beside("runs/a/model.safetensors") == Path("runs/a/model.calibration.json")


def test_the_picture_shows_both_photographs_and_marks_the_faces(faces, chain, group):
    found = compared(faces, chain)
    image = imaging.astronaut()[:500, :500]
    drawn = verification_picture(image, group, found)
    assert drawn.dtype == np.uint8
    assert drawn.shape[1] > 3 * 360
    compared_colour = (drawn == (10, 138, 156)).all(axis=2).sum()
    assert compared_colour > 1000
    one = replace(found, pair=(1, 1))
    assert not np.array_equal(verification_picture(image, group, one), drawn)


@pytest.mark.parametrize("side", [64, 56])
def test_advice_is_what_finds_a_small_face_in_this_picture(side):
    small = imaging.resize(np.ascontiguousarray(imaging.astronaut()[:256, 100:356]), width=side)
    detector = detect.load("hog")
    assert len(detector.detect(small)) == 0
    assert "--upsample 2 finds 1" in advice(small, detector)


def test_advice_says_when_nothing_helps():
    assert "may show no face" in advice(np.full((90, 90, 3), 30, np.uint8), detect.load("hog"))


def test_mmod_is_not_advised_for_faces_that_it_does_not_find():
    small = imaging.resize(np.ascontiguousarray(imaging.astronaut()[:256, 100:356]), width=100)
    said = advice(small, detect.load("mmod"))
    assert "--detector hog finds 1" in said or "--upsample 1 finds 1" in said
