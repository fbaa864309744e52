"""One face among many: roles, chances over all sub-galleries, and the recorded bars."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from facenet_lite import evaluate
from facenet_lite.book import registry, results
from facenet_lite.book.experiments.identification import curves, people, speed
from facenet_lite.book.experiments.identification import one_to_many as experiment
from facenet_lite.book.experiments.lfw.reference import Embedded, embedded
from facenet_lite.data import lfw
from facenet_lite.errors import AssetDamagedError, AssetMissingError, InputError

SEVERAL, SINGLES = 24, 30


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A stand-in for LFW: 24 people with three pictures, 30 with one, and pairs in two folds."""
    root = tmp_path_factory.mktemp("lfw")
    (root / "lfw-deepfunneled").mkdir()
    rng = np.random.default_rng(0)
    names, vectors = [], []
    for person in range(SEVERAL + SINGLES):
        middle = rng.standard_normal(128) * 0.06
        for number in range(1, 4 if person < SEVERAL else 2):
            names.append(f"Nobody_{person:02d}/Nobody_{person:02d}_{number:04d}.jpg")
            vectors.append(middle + rng.standard_normal(128) * 0.025)
    detected = np.ones(len(names), bool)
    detected[2] = False
    np.savez(root / "dlib-reference.npz", names=np.array(names), detected=detected,
             embeddings=np.float32(vectors))  # fmt: skip
    lines = ["2\t3"]
    for fold in range(2):
        mine = [f"Nobody_{fold * 12 + i:02d}" for i in range(12)]
        lines += [f"{name}\t1\t2" for name in mine[:3]]
        lines += [f"{a}\t1\t{b}\t2" for a, b in zip(mine[:3], mine[3:6], strict=True)]
    (root / "pairs.txt").write_text("\n".join(lines) + "\n")
    return lfw.Lfw(root)


@pytest.fixture(scope="module")
def roles(copy):
    return people.divide(embedded(copy), rng=np.random.default_rng(1))


def few(partial, **changes):
    settings = {
        "sizes": (1, 5),
        "drawn": (0.2, 0.6),
        "cut": (0.1, 0.3),
        "crowds": (10,),
        "vectors": (400, 800),
        "each": 4,
        "asked": 20,
        "probes": (1, 8),
        "repeats": 1,
        "progress": False,
    }
    return experiment.Config(partial=partial, **(settings | changes))


def test_pictures_without_a_face_are_left_out_and_counted(copy):
    found = embedded(copy)
    assert found.left_out == 1
    assert found.pictures[:3] == [("Nobody_00", 1), ("Nobody_00", 2), ("Nobody_01", 1)]
    assert found.people.tolist()[:4] == [0, 0, 1, 1]
    assert found.vectors.shape == (SEVERAL * 3 + SINGLES - 1, 128)


def test_everybody_has_one_role_and_mates_another_picture(copy, roles):
    found = embedded(copy)
    rows = {vector.tobytes(): row for row, vector in enumerate(found.vectors)}
    parts = (roles.gallery, roles.mates, roles.strangers)
    known, asking, unknown = ([rows[v.tobytes()] for v in part] for part in parts)
    assert not set(known) & set(asking)
    assert found.people[known[:SEVERAL]].tolist() == found.people[asking].tolist()
    who = found.people[known + unknown]
    assert len(set(who.tolist())) == len(who) == SEVERAL + SINGLES
    assert (len(asking), len(unknown)) == (SEVERAL, SINGLES // 2)


def test_roles_are_drawn_by_lot(copy):
    found = embedded(copy)
    one, same, other = (people.divide(found, rng=np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(one.gallery, same.gallery)
    assert not np.array_equal(one.gallery, other.gallery)


def test_the_threshold_is_the_folds_own(copy):
    found = embedded(copy)
    pairs = copy.pairs("folds")
    by_name = dict(zip(found.pictures, found.vectors, strict=True))
    squared = evaluate.pair_distances(pairs, by_name).squared
    folds = evaluate.ten_folds(pairs, squared)
    assert people.threshold(copy, found) == folds.thresholds.mean()


def test_a_copy_without_embeddings_or_with_others_is_named(copy, tmp_path):
    (tmp_path / "lfw-deepfunneled").mkdir()
    with pytest.raises(AssetMissingError, match="dlib-reference"):
        embedded(lfw.Lfw(tmp_path))
    np.savez(tmp_path / "dlib-reference.npz", names=np.array(["a"]), detected=np.array([True]))
    with pytest.raises(AssetDamagedError, match="expected names"):
        embedded(lfw.Lfw(tmp_path))
    few_people = Embedded([], np.zeros((3, 2), np.float32), np.array([0, 0, 1]), 0)
    with pytest.raises(InputError, match="got 1 and 1"):
        people.divide(few_people, rng=np.random.default_rng(0))


# Chances over all sub-galleries.


def test_a_chance_by_hand():
    """Two of five drawn, one marked: 3 in 5 hold it not; with two marked, 3 in 10."""
    assert curves.chance_of_none([0, 1, 2, 4], 5, 2) == pytest.approx([1, 0.6, 0.3, 0])
    assert curves.chance_of_none([[3]], 3, 0) == pytest.approx(1)
    with pytest.raises(InputError, match="drawn"):
        curves.chance_of_none([0], 3, 4)


@pytest.mark.parametrize("size", [1, 2, 4, 6])
def test_the_rates_are_the_mean_over_every_sub_gallery(size):
    rng = np.random.default_rng(3)
    small = people.Roles(*(np.float32(rng.integers(0, 4, (n, 2))) for n in (6, 3, 4)))
    limits = [0.0, 1, 2, 5]
    places = curves.Places.of(small, limits)
    known, asking, unknown = small.labels
    identified, mistaken, alarmed, first = [], [], [], []
    for rows in itertools.combinations(range(6), size):
        gallery = small.gallery[list(rows)]
        found = evaluate.search(gallery, small.strangers)
        alarmed.append([(found.squared_distances[:, 0] <= d).mean() for d in limits])
        for mate in set(rows) & set(asking.tolist()):
            near = evaluate.search(gallery, small.mates[mate : mate + 1])
            right = rows[near.indices[0, 0]] == mate
            close = [near.squared_distances[0, 0] <= d for d in limits]
            identified.append((mate, [right and c for c in close]))
            mistaken.append((mate, [not right and c for c in close]))
            first.append((mate, right))
    assert places.alarmed(size).mean(axis=0) == pytest.approx(np.mean(alarmed, axis=0))

    def of_each(rows):
        return [np.mean([row for mate, row in rows if mate == m], axis=0) for m in asking]

    np.testing.assert_allclose(places.identified(size), of_each(identified), atol=1e-9)
    np.testing.assert_allclose(places.mistaken(size), of_each(mistaken), atol=1e-9)
    np.testing.assert_allclose(places.first(size), of_each(first), atol=1e-9)
    assert len(known) + len(unknown) == 10


def test_the_whole_gallery_is_the_evaluators_own_answer(roles):
    known, asking, unknown = roles.labels
    both = np.concatenate([roles.mates, roles.strangers])
    neighbours = evaluate.search(roles.gallery, both, 3)
    who = np.concatenate([asking, unknown])
    exact = evaluate.detection_identification_rate(neighbours, known, who, 0.2)
    places = curves.Places.of(roles, np.unique(neighbours.squared_distances))
    found = curves.at_far(places.identified(len(known)), places.alarmed(len(known)), 0.2,
                          rng=np.random.default_rng(0))  # fmt: skip
    assert found["identified"] == pytest.approx(exact.identified)
    assert found["low"] <= found["identified"] <= found["high"]
    closed = evaluate.rank_k(evaluate.search(roles.gallery, roles.mates, 3), known, asking)
    for rank in (1, 3):
        assert places.first(len(known), rank).mean() == pytest.approx(closed.rank(rank))


def test_a_rate_that_no_threshold_keeps_to_identifies_nobody():
    found = curves.at_far(np.ones((5, 2)), np.full((4, 2), 0.5), 0.1, rng=np.random.default_rng(0))
    assert (found["identified"], found["place"]) == (0, -1)


def test_intervals_narrow_with_the_number_of_people():
    rng = np.random.default_rng(0)
    widths = []
    for count in (20, 2000):
        value, low, high = curves.mean(rng.random(count), rng=rng)
        assert low < value < high
        widths.append(high - low)
    assert widths[0] == pytest.approx(10 * widths[1], rel=0.3)


def test_matches_by_hand():
    """Eleven strangers by ten people at 0 to 9: one matches nobody, four match 0 and 1, one 4 and
    5, five the three around 4."""
    gallery = np.arange(10, dtype=np.float32)[:, None]
    strangers = np.float32([[-5.0], *[[0.0]] * 4, *[[4.0]] * 5, [4.5]])
    roles = people.Roles(gallery, gallery[:1], strangers)
    assert experiment.matches(roles, 1.0) == {"few": 2, "median": 2, "many": 3, "most": 3}
    assert experiment.matches(roles, 4.0) == {"few": 3, "median": 4, "many": 5, "most": 5}


# Speed.


def test_synthetic_people_have_the_moments_they_are_drawn_with():
    rng = np.random.default_rng(0)
    middle = rng.standard_normal((4000, 3)) * [1, 0.5, 0.1] + 2
    first, second = (np.float32(middle + 0.2 * rng.standard_normal((4000, 3))) for _ in range(2))
    moments = speed.Moments.of(first, second)
    gallery, queries, who = moments.draw(3000, 2, 50, rng=rng)
    assert gallery.dtype == queries.dtype == np.float32
    again = speed.Moments.of(gallery[::2], gallery[1::2])
    np.testing.assert_allclose(again.mean, moments.mean, atol=0.07)
    np.testing.assert_allclose(again.between, moments.between, atol=0.05)
    np.testing.assert_allclose(again.within, moments.within, atol=0.02)
    near = np.square(queries - gallery[2 * who]).sum(1)
    assert near.mean() == pytest.approx(2 * 3 * 0.04, rel=0.3)
    assert 1 < moments.directions < 2


def test_every_engine_is_measured_on_the_same_queries():
    rng = np.random.default_rng(0)
    people_ = rng.standard_normal((200, 8))
    first, second = (np.float32(people_ + 0.1 * rng.standard_normal((200, 8))) for _ in range(2))
    race = speed.Race(*speed.Moments.of(first, second).draw(150, 4, 30, rng=rng), 4, 2)
    exact, nearest = race.exact()
    assert (exact["recall"], exact["bytes_per_vector"], exact["vectors"]) == (1, 32, 600)
    assert exact["right_person"] > 0.9
    flat, *more = race.faiss("flat", nearest, (1, 9), seed=0)
    assert flat["recall"] == 1
    assert not more
    one, every = race.faiss("ivf", nearest, (1, 98), seed=0)
    assert one["recall"] <= every["recall"] == 1
    assert (one["lists"], one["probes"], every["probes"]) == (98, 1, 98)
    seen = speed.measured(one | {"single_cpu_s": 0.001})
    assert (seen.vectors, seen.seconds_per_query, seen.recall) == (600, 0.001, one["recall"])


# The whole, small.


@pytest.fixture(scope="module")
def small(copy, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    config = few(folder / "parts")
    path = registry.record("identification", lfw=copy.root, folder=folder, config=config)
    return results.load("identification", path.parent), config


def test_a_small_run_is_recorded_in_full(small):
    record, _ = small
    data = record["data"]
    assert data["people"] == {"pictures": 101, "not_detected": 1, "people": 54, "gallery": 39,
                              "mates": 24, "strangers": 15}  # fmt: skip
    assert data["false_accepts"]["sizes"] == [1, 5, 39]
    assert [row["size"] for row in data["by_size"]] == [1, 5, 39]
    assert [crowd["people"] for crowd in data["clusters"]] == [10, 54]
    assert [row["index"] for row in data["speed"]["rows"]] == 2 * (
        ["exact", "flat"] + 2 * ["ivf"] + 2 * ["ivf_bytes"]
    )
    assert np.shape(data["curves"]["alarmed"]) == (3, 2)
    # 15 strangers cannot show one false alarm in a thousand.
    assert data["open"][0]["reason"].startswith("not estimable from 15")
    assert "identified" in data["open"][2]


def test_a_stopped_run_goes_on_where_it_was(copy, small, monkeypatch):
    record, config = small

    def never(*_, **__):
        raise AssertionError("measured anew")

    for name in ("on_lfw", "clusters", "among", "without_order"):
        monkeypatch.setattr(experiment, name, never)
    data = experiment.measure(lfw=copy.root, config=config).data  # where the parts are kept
    assert json.loads(json.dumps(data)) == record["data"]


def test_other_settings_never_share_parts(copy, small, monkeypatch):
    _, config = small
    monkeypatch.setattr(experiment, "clusters", lambda *_, **__: ["anew"])
    changed = replace(config, cut=(0.2,))
    assert experiment.measure(lfw=copy.root, config=changed).data["clusters"] == ["anew"]


# What is recorded.


@pytest.fixture(scope="module")
def recorded():
    return results.load("identification")["data"]


def test_the_recorded_curves_agree_with_the_recorded_points(recorded):
    every = recorded["by_size"][-1]
    whole = next(row for row in recorded["closed"] if row["gallery"] == every["size"])
    assert every["rank1"][0] == pytest.approx(whole["ranks"]["1"][0])
    for point, exact in zip(every["points"], recorded["open"], strict=True):
        assert point["identified"] == pytest.approx(exact["identified"], abs=0.01)


def test_recorded_galleries_only_make_it_harder(recorded):
    ranks = [row["rank1"][0] for row in recorded["by_size"]]
    assert ranks == sorted(ranks, reverse=True)
    assert recorded["false_accepts"]["measured"] == sorted(recorded["false_accepts"]["measured"])
    for point in range(3):
        rates = [row["points"][point]["identified"] for row in recorded["by_size"]]
        assert rates == sorted(rates, reverse=True)


def test_the_recorded_approximate_index_finds_nearly_all_in_a_fraction_of_the_time(recorded):
    rows = recorded["speed"]["rows"]
    largest = max(row["vectors"] for row in rows)
    (flat,) = (row for row in rows if (row["index"], row["vectors"]) == ("flat", largest))
    best = [row for row in rows if row["vectors"] == largest and row.get("probes") == 64]
    assert all(row["single_cpu_s"] < flat["single_cpu_s"] / 5 for row in best)
    assert all(row["recall"] > 0.9 for row in best)
    assert all(row["recall"] == 1 for row in rows if row["index"] in ("exact", "flat"))
