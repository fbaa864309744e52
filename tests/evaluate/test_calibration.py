"""A threshold chosen for a false accept rate, with intervals that do not promise too much."""

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.errors import InputError, NotEstimableError


def crowd(people=30, pictures=4, spread=0.5, seed=0):
    """Embeddings on the sphere, each person's around a centre of their own, and who is who."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(people, 16))
    faces = np.repeat(centres, pictures, 0) + spread * rng.normal(size=(people * pictures, 16))
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    return faces.astype(np.float32), np.repeat(np.arange(people), pictures)


def rng():
    return np.random.default_rng(1)


def test_the_threshold_is_the_largest_that_keeps_to_the_rate():
    faces, who = crowd(spread=1.2)
    found = evaluate.calibrate(faces, who, 0.01, rng=rng())
    squared = np.array([[np.sum((a - b) ** 2) for b in faces] for a in faces])
    strangers = np.sort(squared[np.triu(who[:, None] != who, 1)])
    allowed = int(0.01 * len(strangers))
    assert found.accepted_falsely == allowed == 69
    assert strangers[allowed - 1] <= found.threshold + 1e-6 < strangers[allowed]
    assert found.different == len(strangers) == 6960
    assert found.same == 30 * 6


def test_rates_are_counted_as_by_loops():
    faces, who = crowd(people=6, pictures=3, spread=1.0)
    first, second = np.triu_indices(len(faces), 1)
    squared = np.square(faces[first] - faces[second]).sum(1)
    found = evaluate.measure(squared, who[first], who[second], 1.0, rng=rng())
    accepted = falsely = 0
    for a, b, d in zip(first, second, squared, strict=True):
        accepted += bool(who[a] == who[b] and d <= 1)
        falsely += bool(who[a] != who[b] and d <= 1)
    assert (found.accepted, found.accepted_falsely) == (accepted, falsely)
    assert found.val_interval[0] < found.val < found.val_interval[1]
    assert found.far_interval[0] < found.far < found.far_interval[1]


def test_the_interval_agrees_with_drawing_people_pair_by_pair():
    faces, who = crowd(people=12, pictures=3, spread=1.0)
    first, second = np.triu_indices(len(faces), 1)
    squared = np.square(faces[first] - faces[second]).sum(1)
    found = evaluate.measure(squared, who[first], who[second], 1.0, rng=rng())
    apart = who[first] != who[second]

    def far(weights):
        return float(weights[apart & (squared <= 1)].sum() / weights[apart].sum())

    _, low, high = evaluate.identity_bootstrap(far, who[first], who[second], rng=rng())
    assert found.far_interval == pytest.approx((low, high), abs=0.01)


def test_more_pictures_of_the_same_few_people_do_not_narrow_the_interval_as_more_pairs_would():
    few, many = (
        evaluate.calibrate(*crowd(people=8, pictures=n, spread=1.2), 0.1, rng=rng())
        for n in (3, 12)
    )
    widths = [np.ptp(found.far_interval) for found in (few, many)]
    assert many.different > 16 * few.different - few.different
    assert widths[1] > widths[0] / 4  # a sixteenth of the pairs would be a quarter of the width


def test_a_rate_that_the_pairs_are_too_few_for_is_not_estimable():
    with pytest.raises(NotEstimableError, match="expected 100,000 or more"):
        evaluate.calibrate(*crowd(), 1e-5, rng=rng())


def test_one_photograph_under_two_names_is_suspected():
    faces, who = crowd(people=3, pictures=2)
    with pytest.raises(InputError, match="filed under two people"):
        evaluate.calibrate(np.repeat(faces[:1], 6, 0), who, 0.1, rng=rng())


@pytest.mark.parametrize("who", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_people_of_one_kind_of_pair_are_refused(who):
    with pytest.raises(InputError, match="at least two, one of them on two"):
        evaluate.calibrate(np.eye(4, dtype=np.float32), who, 0.5, rng=rng())


def test_a_calibration_is_read_as_it_was_saved(tmp_path):
    made = evaluate.calibrate(*crowd(), 0.01, rng=rng(), on="my album", weights="0123")
    assert evaluate.Calibration.load(made.save(tmp_path / "c.json")) == made
    assert "my album" in str(made)
    assert f"{made.accepted_falsely:,} of {made.different:,} pairs of strangers" in str(made)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"on": 1}', "\udcff"])
def test_another_file_is_named_with_its_remedy(text, tmp_path):
    path = tmp_path / "c.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="expected a calibration"):
        evaluate.Calibration.load(path)


def test_impossible_counts_are_refused(tmp_path):
    path = evaluate.calibrate(*crowd(), 0.01, rng=rng()).save(tmp_path / "c.json")
    path.write_text(path.read_text().replace('"accepted": ', '"accepted": 9'))
    with pytest.raises(InputError, match="accepted: expected"):
        evaluate.Calibration.load(path)
