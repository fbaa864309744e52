"""Every pair of many pictures: counted block by block, exact at each FAR."""

from __future__ import annotations

import re
import tracemalloc

import numpy as np
import pytest
import reference

from facenet_lite.errors import FacenetLiteError, InputError, NotEstimableError
from facenet_lite.evaluate import all_pairs, val_at_far
from facenet_lite.evaluate._bit_search import DistanceClass, split_classes
from facenet_lite.evaluate._pair_blocks import PairBlocks

FARS = (0.01, 0.1, 0.25, 0.29, 0.5, 1.0)


def people(seed, *, most=14, dim=2, high=4):
    """A few people's points on a small grid: many pairs are equally far apart."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, rng.integers(4, most))
    labels[:3] = 7, 7, 8  # a same and a different pair at least
    return rng.integers(0, high, (len(labels), dim)).astype(float), labels


def cloud(seed, count=60, dim=16):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 8, count)
    middles = rng.standard_normal((8, dim))
    return middles[labels] + rng.standard_normal((count, dim)), labels


def every_pair(points, labels):
    """Squared distances and answers of all pairs, loop by loop."""
    found = [
        (reference.distance(points[i], points[j]), labels[i] == labels[j])
        for i in range(len(labels))
        for j in range(i)
    ]
    return [d for d, _ in found], [bool(s) for _, s in found]


def in_float32(points, labels, block):
    """The numbers that ``all_pairs`` itself counts, every one of them, and whose they are."""
    pairs = PairBlocks.of(points, labels, bins=65_536, block=block)
    distances, same = [], []
    for every, those in pairs:
        distances.append(every.astype(float) * pairs.unit)
        same.append(those.astype(float) * pairs.unit)
    distances, same = np.sort(np.concatenate(distances)), np.sort(np.concatenate(same))
    is_same = np.zeros(len(distances), bool)
    for value, count in zip(*np.unique(same, return_counts=True), strict=True):
        first = np.searchsorted(distances, value)  # equal ones: which of them does not matter
        is_same[first : first + count] = True
    return distances, is_same


def test_four_pictures_by_hand():
    # Same: 1 and 16. Different: 4, 9, 36, 49.
    found = all_pairs([[0], [1], [3], [7]], [0, 0, 1, 1], fars=[0.24, 0.25, 0.5, 1])
    assert (found.same, found.different) == (2, 4)
    assert [point.estimable for point in found.points] == [False, True, True, True]
    assert [point.point for point in found.points[1:]] == [(4, 0.5, 0.25), (16, 1, 0.5), (49, 1, 1)]
    assert str(found.points[2]) == "100.0% at D <= 16.0000"


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_it_is_what_the_loops_and_val_at_far_find(first):
    for seed in range(first, first + 50):
        points, labels = people(seed)
        distances, same = every_pair(points, labels)
        found = all_pairs(points, labels, fars=FARS, block=1 + seed % 5)
        assert (found.same, found.different) == (sum(same), len(same) - sum(same))
        for far, point in zip(FARS, found.points, strict=True):
            expected = val_at_far(distances, same, far)
            assert (point.allowed, point.point) == (expected.allowed, expected.point)
            assert (point.val if point.estimable else None) == reference.val_at_far(
                distances, same, far
            )


@pytest.mark.parametrize("bins", [1, 7, 65_536])
@pytest.mark.parametrize("seed", range(8))
def test_on_any_numbers_it_is_exact_in_float32(seed, bins):
    points, labels = cloud(seed)
    if seed % 2:
        points[0] *= 1e4  # one far outlier: all other pairs are in one class
    found = all_pairs(points, labels, fars=FARS, bins=bins, block=16)
    distances, same = in_float32(points, labels, 16)
    unit = found.class_width
    assert found.class_width * bins >= distances.max() * (1 - 2.0**-11)
    for far, point in zip(FARS, found.points, strict=True):
        assert point.point == val_at_far(distances, same, far).point, (far, unit)


@pytest.mark.parametrize("seed", range(20))
def test_its_roc_is_exact_where_classes_end_and_bounds_the_rest(seed):
    points, labels = people(seed) if seed % 2 else cloud(seed)
    distances, same = every_pair(points, labels)
    found = all_pairs(points, labels, fars=FARS, bins=9)
    assert found.roc.thresholds[0] == -np.inf
    assert (found.roc.val[-1], found.roc.far[-1]) == (1, 1)
    for threshold, val, far in zip(found.roc.thresholds, found.roc.val, found.roc.far, strict=True):
        assert (val, far) == reference.shares(distances, same, threshold)
    for point in found.points:
        low, high = found.between(point.asked)
        assert low <= (point.val if point.estimable else low) <= high
    exact = reference.auc(distances, same)
    assert found.auc_low - 1e-12 <= exact <= found.auc_high + 1e-12
    assert found.roc.auc == pytest.approx((found.auc_low + found.auc_high) / 2)


def test_fine_classes_leave_little_room():
    points, labels = cloud(0, count=300)
    found = all_pairs(points, labels)
    assert found.auc_high - found.auc_low < 1e-4
    low, high = found.between(0.01)
    assert high - low <= 2 / found.same


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_the_pictures_and_the_names_of_people_change_nothing(seed):
    points, labels = cloud(seed) if seed % 2 else people(seed, most=40)
    order = np.random.default_rng(seed).permutation(len(labels))
    one = all_pairs(points, labels, fars=FARS, block=16)
    two = all_pairs(points[order], -3 * labels[order] - 1, fars=FARS, block=16)
    assert [(p.allowed, p.estimable) for p in one.points] == [
        (p.allowed, p.estimable) for p in two.points
    ]
    for a, b in zip(one.points, two.points, strict=True):
        if a.estimable:
            assert a.point == pytest.approx(b.point, rel=1e-5)
    if seed % 2 == 0:  # whole numbers: not even the last digit
        assert one.points == two.points
        assert np.array_equal(one.roc.val, two.roc.val)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64, 10_000])
def test_the_size_of_a_block_does_not_change_the_answer(block):
    points, labels = people(3, most=60, dim=3)
    one, two = (
        all_pairs(points, labels, fars=FARS),
        all_pairs(points, labels, fars=FARS, block=block),
    )
    assert one.points == two.points
    assert np.array_equal(one.roc.thresholds, two.roc.thresholds)
    assert np.array_equal(one.roc.far, two.roc.far)
    assert (one.auc_low, one.auc_high) == (two.auc_low, two.auc_high)


@pytest.mark.parametrize("exponent", [-120, -60, -1, 60, 120])
def test_powers_of_two_scale_thresholds_alone(exponent):
    points, labels = cloud(1)
    points = points.astype(np.float32)
    one = all_pairs(points, labels, fars=FARS)
    two = all_pairs(np.ldexp(points, exponent), labels, fars=FARS)
    for a, b in zip(one.points[1:], two.points[1:], strict=True):
        assert (a.val, a.far) == (b.val, b.far)
        assert b.threshold == a.threshold * 4.0**exponent


@pytest.mark.parametrize("offset", [0.0, 10.0])
def test_its_distances_are_within_rounding_of_those_of_float64(offset):
    points, labels = cloud(2, count=100, dim=128)
    points = points / np.linalg.norm(points, axis=1, keepdims=True) + offset / np.sqrt(128)
    exact = np.sort(every_pair(points, labels)[0])
    # Sorted, numbers that differ by at most so much still do.
    error = np.abs(np.sort(in_float32(points, labels, 32)[0]) - exact).max()
    bound = all_pairs(points, labels).rounding
    assert error <= bound
    assert bound < 2e-5 * (1 + offset) ** 2
    assert error < 2e-6 * (1 + offset) ** 2


def test_equal_pictures_are_never_a_negative_distance_apart():
    points = np.repeat(np.random.default_rng(0).standard_normal((200, 128)), 2, axis=0)
    labels = np.arange(400) // 2
    found = all_pairs(points, labels, fars=[1e-4])
    assert found.points[0].val == 1
    distances, same = in_float32(points, labels, 64)
    assert distances.min() >= 0
    assert distances[same].max() < found.rounding


def test_pictures_that_rounding_alone_tells_apart_are_counted():
    rng = np.random.default_rng(0)
    points = rng.standard_normal(128) + 1e-7 * rng.standard_normal((50, 128))
    labels = np.arange(50) // 2
    found = all_pairs(points, labels, fars=FARS, block=16)
    distances, same = in_float32(points, labels, 16)
    assert distances.max() <= found.class_width * 65_536
    assert [p.point for p in found.points] == [val_at_far(distances, same, f).point for f in FARS]


@pytest.mark.parametrize("width", [1, 5, 70_000, 3_000_001])
def test_a_class_is_cut_from_its_first_number_to_its_last(width):
    first = 1_000_003
    numbers = first + np.array([0, 0, width // 2, width - 1, -1, width])

    distances = numbers.astype(np.int32).view(np.float32)
    pairs, whole = [(distances, distances[1:3])], DistanceClass(first, first + width, 4)
    split = split_classes(pairs, [whole], False)[whole]
    assert len(split.every) == len(split.edges) - 1 <= 2**16
    assert (split.edges[0], split.edges[-1]) == (first, first + width)
    assert np.array_equal(split.every, np.histogram(numbers[:4], split.edges)[0])
    assert np.array_equal(split.same, np.histogram(numbers[1:3], split.edges)[0])


def test_one_class_has_no_end():
    assert all_pairs(*cloud(0), bins=1).roc.thresholds.tolist() == [-np.inf, np.inf]


def test_where_all_distances_are_one_all_are_accepted_or_none():
    found = all_pairs(np.zeros((6, 3)), [0, 0, 0, 1, 1, 2], fars=[0.5, 1])
    assert found.points[0].point == (-np.inf, 0, 0)
    assert found.points[1].point == (0, 1, 1)
    assert (found.auc_low, found.auc_high, found.roc.auc) == (0, 1, 0.5)


def test_pairs_that_share_pictures_have_no_interval():
    (point,) = all_pairs([[0.0], [1], [2]], [0, 0, 1], fars=[1]).points
    assert (point.val, point.interval) == (1, None)
    for end in ("low", "high"):
        with pytest.raises(NotEstimableError, match="expected independent pairs"):
            getattr(point, end)


def test_too_few_different_pairs_are_not_estimable():
    (point,) = all_pairs([[0.0], [1], [2]], [0, 0, 1], fars=[0.4]).points
    assert str(point) == "not estimable from 2 different pairs"
    with pytest.raises(NotEstimableError, match="expected 3 or more"):
        _ = point.val
    with pytest.raises(NotEstimableError, match="expected 3 or more"):
        _ = point.low
    # 0.29 * 100 is 28.999999999999996 in floating point.
    points = np.arange(29.0)[:, None]
    (point,) = all_pairs(points[:25], [0] * 5 + [1] * 20, fars=[0.29]).points
    assert (point.different, point.allowed) == (100, 29)


def test_memory_does_not_grow_with_the_pairs_even_of_one_person():
    points = np.random.default_rng(0).standard_normal((4000, 4)).astype(np.float32)
    labels = np.r_[np.zeros(3900, int), np.arange(1, 101)]
    tracemalloc.start()
    try:
        found = all_pairs(points, labels)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.same == 3900 * 3899 // 2
    assert found.points[0].estimable
    assert peak < 16e6  # all pairs have 32 MB, as a square 64


def test_numbers_that_change_between_two_looks_are_found_out(monkeypatch):
    looks, count = [], PairBlocks.__iter__

    def other_numbers(pairs):
        looks.append(pairs)
        for every, same in count(pairs):
            yield every * np.float32(len(looks)), same

    monkeypatch.setattr(PairBlocks, "__iter__", other_numbers)
    with pytest.raises(FacenetLiteError, match="OMP_NUM_THREADS=1"):
        all_pairs(*cloud(0))


def test_a_bar_shows_what_is_asked_for_and_nothing_otherwise(capsys):
    all_pairs(*people(0))
    assert capsys.readouterr().err == ""
    from tqdm import tqdm

    shown = []

    class Bar(tqdm):
        def __init__(self, *args, **kwargs):
            shown.append((kwargs["desc"], kwargs["disable"], kwargs["total"]))
            super().__init__(*args, **{**kwargs, "disable": True})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tqdm.tqdm", Bar)
        all_pairs([[0], [1], [3], [7]], [0, 0, 1, 1], fars=[0.5], progress=True)
        all_pairs([[0], [1], [3], [7]], [0, 0, 1, 1], fars=[0.1], progress=True)
    # Where nothing is estimable there is no second look.
    assert shown == [("classes", None, 6), ("thresholds", None, 6), ("classes", None, 6)]


@pytest.mark.parametrize(
    ("embeddings", "labels", "options", "message"),
    [
        (np.eye(4), [0, 0, 0, 0], {}, "got 6 and 0 from"),
        (np.eye(4), [0, 1, 2, 3], {}, "got 0 and 6 from"),
        (np.eye(1), [0], {}, "got 0 and 0 from"),
        (np.zeros((0, 3)), [], {}, "got 0 and 0 from"),
        (np.zeros((3, 0)), [0, 0, 1], {}, re.escape("of shape (3, 0)")),
        (np.eye(3), [0, 0], {}, "labels"),
        (np.eye(3), [0.5, 0, 0], {}, "labels"),
        (np.zeros(3), [0, 0, 1], {}, "embeddings"),
        (np.eye(3) * np.nan, [0, 0, 1], {}, "NaN"),
        (np.eye(3) * 1e60, [0, 0, 1], {}, "float32 can hold"),
        (np.eye(3), [0, 0, 1], {"fars": [0]}, "fars: expected a number above 0"),
        (np.eye(3), [0, 0, 1], {"fars": [1.5]}, "fars"),
        (np.eye(3), [0, 0, 1], {"fars": 0.1}, "fars"),
        (np.eye(3), [0, 0, 1], {"bins": 0}, "bins"),
        (np.eye(3), [0, 0, 1], {"block": 0}, "block"),
        (np.eye(3), [0, 0, 1], {"progress": 1}, "progress"),
    ],
)
def test_what_cannot_be_is_refused(embeddings, labels, options, message):
    with pytest.raises(InputError, match=message):
        all_pairs(embeddings, labels, **options)


def test_between_takes_a_rate():
    with pytest.raises(InputError, match="far"):
        all_pairs(*people(0)).between(0)


@pytest.mark.lfw
def test_all_of_lfws_pairs_are_counted():
    from facenet_lite.data import lfw

    with np.load(lfw.find().root / "dlib-reference.npz") as stored:
        names, embeddings = stored["names"], stored["embeddings"]
    labels = np.unique([name.split("/")[0] for name in names], return_inverse=True)[1]
    found = all_pairs(embeddings, labels)
    assert len(names) == 13_233
    assert (found.same, found.different) == (242_257, 87_307_271)
    assert [point.allowed for point in found.points] == [8_730, 87_307, 873_072, 8_730_727]
    for point in found.points:
        assert point.far == pytest.approx(point.asked, rel=1e-3)
        low, high = found.between(point.asked)
        assert low <= point.val <= high < low + 1e-3
