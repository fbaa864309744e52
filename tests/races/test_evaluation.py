"""Ten folds against the usual evaluator, all pairs against scikit-learn: `make races`.

Results are compared first, where they can be, and where the usual evaluator is wrong that is shown.
Then each contestant runs alone in a process of its own with one thread, which tells its median
processor time and how far its memory rose above what it held with its imports and its input.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from races import usual_evaluator

from facenet_lite import evaluate
from facenet_lite.book import results
from facenet_lite.distances import squared_distances

TESTS = Path(__file__).parents[1]
OUT = TESTS.parent / "build" / "races"
ROUNDS = 7
D = 128
FAR = 1e-3
FARS = (1e-4, 1e-3, 1e-2, 1e-1)


def unit(x):
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def pairs(count):
    """Embeddings (count, D) of each pair's two pictures, whether they show one person, and folds:
    laid out as LFW's, in each fold first the same pairs, with about 98 % accuracy."""
    rng = np.random.default_rng(0)
    folds = np.arange(count) * 10 // count
    same = np.arange(count) % (count // 10) < count // 20
    noise = rng.gamma(5, 0.35, (count, 1))
    one, two = (rng.standard_normal((count, D)) for _ in range(2))
    other = np.where(same[:, None], one, two) + noise * rng.standard_normal((count, D))
    return unit(one), unit(other), same, folds


def pictures(count, each=10):
    """Embeddings (count, D) and labels (count,), people in no order."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.arange(count) // each)
    people = rng.standard_normal((count // each, D))
    return unit(people[labels] + 1.5 * rng.standard_normal((count, D))), labels


def our_folds(first, second, same, folds):
    distances = squared_distances(first, second)
    judged = evaluate.fold_accuracy(distances, same, folds)
    return judged.accuracies, evaluate.val_at_far(distances, same, FAR)


def usual_folds(first, second, same, folds):
    return usual_evaluator.evaluate(squared_distances(first, second), same, FAR)


def our_all_pairs(x, labels):
    return [point.val for point in evaluate.all_pairs(x, labels, fars=FARS).points]


def roc_curve_of_all_pairs(x, labels):
    return vals_of_roc_curve(*upper_triangle(x, labels))


def upper_triangle(x, labels):
    """Squared distances (P,) and answers (P,) of all pairs, as fast as NumPy makes them."""
    count = len(x)
    distances = np.empty(count * (count - 1) // 2, np.float32)
    same = np.empty(len(distances), bool)
    squares, place = np.einsum("nd,nd->n", x, x), 0
    for top in range(0, count, 256):
        block = (
            squares[top : top + 256, None] + squares[top:] - 2 * (x[top : top + 256] @ x[top:].T)
        )
        for row in range(len(block)):
            size = count - top - row - 1
            distances[place : place + size] = block[row, row + 1 :]
            same[place : place + size] = labels[top + row + 1 :] == labels[top + row]
            place += size
    return distances, same


def vals_of_roc_curve(distances, same):
    from sklearn.metrics import roc_curve

    far, val, _ = roc_curve(same, -distances)
    return [float(val[np.searchsorted(far, asked, side="right") - 1]) for asked in FARS]


#: Each contestant, and what makes its input; the input is no part of the race.
CONTESTANTS = {
    "our_folds": (our_folds, pairs),
    "usual_folds": (usual_folds, pairs),
    "our_all_pairs": (our_all_pairs, pictures),
    "roc_curve_of_all_pairs": (roc_curve_of_all_pairs, pictures),
    "roc_curve_alone": (vals_of_roc_curve, lambda count: upper_triangle(*pictures(count))),
}


def memory(what):
    """What this process holds (VmRSS) or has held at most (VmHWM), in MB. What getrusage says holds
    the parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+) kB", status)[1]) / 1024


def alone(name, size, rounds):
    """What a process of its own does: seconds of each round, and megabytes above its start."""
    run, made = CONTESTANTS[name]
    run(*made(400))  # loads and allocates
    given = made(size)
    Path("/proc/self/clear_refs").write_text("5")  # forget what making the input took at most
    before, seconds = memory("VmRSS"), []
    for _ in range(rounds):
        start = time.process_time()
        run(*given)
        seconds.append(time.process_time() - start)
    return {"seconds": seconds, "megabytes": memory("VmHWM") - before}


def measure(name, size, rounds=ROUNDS):
    command = [sys.executable, __file__, name, str(size), str(rounds)]
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    threads = {key: "1" for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | threads | {"PYTHONPATH": path},
    )
    found = json.loads(done.stdout)
    return {
        "contestant": name,
        "size": size,
        "threads": 1,
        "rounds": rounds,
        "median_s": round(float(np.median(found["seconds"])), 5),
        "quartile_range_s": round(
            float(np.subtract(*np.percentile(found["seconds"], [75, 25]))), 5
        ),
        "memory_mb": round(found["megabytes"], 1),
    }


def record(title, rows, capsys):
    OUT.mkdir(parents=True, exist_ok=True)
    text = {"rows": rows, "machine": results.machine(), "versions": results.versions()}
    (OUT / f"evaluation_{title}.json").write_text(json.dumps(text, indent=1) + "\n")
    with capsys.disabled():
        for row in rows:
            print(
                f"\n{row['contestant']:22} size {row['size']:6}  {row['median_s']:9.5f} s "
                f"(quartiles {row['quartile_range_s']:.5f})  {row['memory_mb']:+8.1f} MB",
                end="",
            )


def test_where_the_grid_holds_every_threshold_the_usual_accuracies_are_ours():
    # In the middle between two thresholds of the grid nothing can be below one and not the other.
    first, second, same, folds = pairs(6000)
    distances = (np.floor(squared_distances(first, second) * 100) + 0.5) / 100
    ours = evaluate.fold_accuracy(distances, same, folds)
    assert 0.95 < ours.mean < 0.999
    assert len(set(ours.accuracies)) > 3
    theirs = usual_evaluator.evaluate(distances, same, FAR)
    assert np.array_equal(ours.accuracies, theirs.accuracies)
    # What they print after ± is not how far the mean may be off, but the scatter of the folds.
    assert np.std(theirs.accuracies) == pytest.approx(3 * ours.standard_error)


def test_its_accuracy_depends_on_the_unit_and_ours_does_not():
    first, second, same, folds = pairs(6000)
    distances = squared_distances(first, second).astype(float)
    ours = evaluate.fold_accuracy(distances, same, folds)
    for unit in (1 / 256, 8):
        # As short as if all distances were within a few steps, as long as if beyond the grid's end.
        scaled = evaluate.fold_accuracy(unit * distances, same, folds)
        assert np.array_equal(ours.accuracies, scaled.accuracies)
        theirs = usual_evaluator.evaluate(unit * distances, same, FAR)
        assert theirs.accuracies.mean() < ours.mean - 0.005


def test_a_distance_on_the_grid_is_a_step_too_far_for_it():
    # All can be told apart, but 3.99 is below no threshold of the grid.
    distances, same = np.tile([3.99, 4.0], 50), np.tile([True, False], 50)
    folds = np.repeat(np.arange(10), 10)
    assert evaluate.fold_accuracy(distances, same, folds).mean == 1
    assert usual_evaluator.evaluate(distances, same, FAR).accuracies.mean() == 0.5


def test_a_pair_that_is_left_out_moves_its_later_folds():
    first, second, same, folds = pairs(6000)
    kept = np.arange(6000) >= 200  # same pairs of the first fold without a distance
    distances = squared_distances(first, second)
    ours = evaluate.fold_accuracy(distances, same, folds, missing=~kept)
    assert ours.missing.tolist() == [200] + 9 * [0]
    theirs = usual_evaluator.evaluate(distances[kept], same[kept], FAR)
    with_its_folds = evaluate.fold_accuracy(distances[kept], same[kept], folds[kept])
    assert not np.array_equal(theirs.accuracies, with_its_folds.accuracies)
    assert np.allclose(with_its_folds.accuracies[1:], ours.accuracies[1:])


def test_its_rate_per_fold_cannot_be_the_one_asked_for():
    first, second, same, _ = pairs(6000)
    distances = squared_distances(first, second)
    theirs = usual_evaluator.evaluate(distances, same, FAR)
    # Of 300 different pairs none or one is 0 or 3.3 times what was asked for.
    assert set(np.rint(theirs.far * 300)) <= {0, 1, 2, 3}
    assert np.all((theirs.far == 0) | (theirs.far > 3 * FAR))
    one_fold = slice(0, 600)
    assert not evaluate.val_at_far(distances[one_fold], same[one_fold], FAR).estimable
    ours = evaluate.val_at_far(distances, same, FAR)
    assert (ours.allowed, ours.far) == (3, 1e-3)


def test_where_the_rate_is_never_reached_it_reports_that_nobody_is_known():
    # Every different pair is beyond the grid: the best there can be.
    first, second, same, _ = pairs(6000)
    distances = np.where(same, squared_distances(first, second), 5.0)
    assert usual_evaluator.evaluate(distances, same, FAR).val.max() == 0
    assert evaluate.val_at_far(distances, same, FAR).val == 1


def test_roc_curve_of_all_pairs_finds_our_rates():
    x, labels = pictures(1200)
    # On a grid of 64ths squared distances are exact in float32 either way, with many ties.
    x = np.rint(x * 64) / np.float32(64)
    distances, same = upper_triangle(x, labels)
    assert len(np.unique(distances)) < len(distances) / 10
    found = evaluate.all_pairs(x, labels, fars=FARS)
    assert (found.same, found.different) == (np.sum(same), np.sum(~same))
    assert 0.3 < found.points[0].val < found.points[-1].val < 1
    assert [point.val for point in found.points] == vals_of_roc_curve(distances, same)
    for point in found.points:
        assert point.point == evaluate.val_at_far(distances, same, point.asked).point


def test_ten_folds_take_ten_milliseconds_and_a_150th_of_the_usual_time(capsys):
    ours, theirs = measure("our_folds", 6000), measure("usual_folds", 6000)
    record("folds", [ours, theirs], capsys)
    assert ours["median_s"] <= 0.010
    assert theirs["median_s"] >= 150 * ours["median_s"]


def test_all_pairs_are_15_times_faster_than_roc_curve_with_a_25th_of_the_memory(capsys):
    rows = [
        measure(name, 4000)
        for name in ("our_all_pairs", "roc_curve_of_all_pairs", "roc_curve_alone")
    ]
    record("all_pairs", rows, capsys)
    ours, theirs, _ = rows
    assert theirs["median_s"] >= 15 * ours["median_s"]
    assert theirs["memory_mb"] >= 25 * ours["memory_mb"]


def test_all_pairs_of_as_many_pictures_as_lfw_has_take_two_seconds_and_300_mb(capsys):
    ours = measure("our_all_pairs", 13_230)
    record("all_pairs_lfw_size", [ours], capsys)
    assert ours["median_s"] <= 2
    assert ours["memory_mb"] <= 300


def test_a_hundred_thousand_pictures_fit(capsys):
    ours = measure("our_all_pairs", 100_000, rounds=1)
    record("all_pairs_hundred_thousand", [ours], capsys)
    assert ours["memory_mb"] <= 300  # all distances in float32 have 20 GB


if __name__ == "__main__":
    which, size, rounds = sys.argv[1], *map(int, sys.argv[2:])
    print(json.dumps(alone(which, size, rounds)))
