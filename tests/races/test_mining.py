"""Mining and batch-all loss against pytorch-metric-learning: `make races`.

Results are compared first, on batches that both can hold. Then each contestant runs alone in a
process of its own, which tells its median time and how far its memory rose above what it held
after its imports and a small batch. With one thread processor time is compared, which other
programs on the machine hardly change; with two, time on the clock, which wants a quiet one.
The semi-hard sets differ by definition: pytorch-metric-learning lists every negative of the band,
FaceNet's rule takes the nearest one of each pair.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from facenet_lite import losses, miners
from facenet_lite.book import results
from facenet_lite.types import Triplets

OUT = Path(__file__).parents[2] / "build" / "races"
ROUNDS = 7
D = 128


def batch(size, each=40):
    """Embeddings (size, D) with labels: a net that has begun to tell people apart."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(size) // each
    people = torch.randn((size // each, D), generator=generator)
    x = 0.5 * people[labels] + torch.randn((size, D), generator=generator)
    return torch.nn.functional.normalize(x), labels


def squared():
    from pytorch_metric_learning import distances

    return distances.LpDistance(normalize_embeddings=False, power=2)


def our_semi_hard():
    return miners.semi_hard


def their_semi_hard():
    from pytorch_metric_learning.miners import TripletMarginMiner

    return TripletMarginMiner(0.2, type_of_triplets="semihard", distance=squared())


def with_gradient(loss):
    def run(x, labels):
        leaf = x.clone().requires_grad_()
        value = loss(leaf, labels)
        value.backward()
        return value.item(), leaf.grad

    return run


def our_batch_all():
    return with_gradient(losses.batch_all_triplet_loss)


def their_batch_all():
    from pytorch_metric_learning.losses import TripletMarginLoss

    return with_gradient(TripletMarginLoss(margin=0.2, distance=squared()))


CONTESTANTS = {
    f.__name__: f for f in (our_semi_hard, their_semi_hard, our_batch_all, their_batch_all)
}


def peak():
    """Highest memory of this process in MB. What getrusage says holds the parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def alone(name, size, threads, rounds):
    """What a process of its own does: seconds of each round, and megabytes above its start."""
    torch.set_num_threads(threads)
    run = CONTESTANTS[name]()
    run(*batch(80))  # loads and allocates
    x, labels = batch(size)
    clock = time.process_time if threads == 1 else time.perf_counter
    before, seconds = peak(), []
    for _ in range(rounds):
        start = clock()
        run(x, labels)
        seconds.append(clock() - start)
    return {"seconds": seconds, "megabytes": peak() - before}


def measure(name, size, threads, rounds=ROUNDS):
    command = [sys.executable, __file__, name, str(size), str(threads), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {
        "contestant": name,
        "batch": size,
        "threads": threads,
        "rounds": rounds,
        "median_s": round(float(np.median(found["seconds"])), 4),
        "quartile_range_s": round(
            float(np.subtract(*np.percentile(found["seconds"], [75, 25]))), 4
        ),
        "memory_mb": round(found["megabytes"], 1),
    }


def record(title, rows, capsys):
    OUT.mkdir(parents=True, exist_ok=True)
    text = {"rows": rows, "machine": results.machine(), "versions": results.versions()}
    (OUT / f"mining_{title}.json").write_text(json.dumps(text, indent=1) + "\n")
    with capsys.disabled():
        for row in rows:
            print(
                f"\n{row['contestant']:16} B {row['batch']:6}  threads {row['threads']}  "
                f"{row['median_s']:8.3f} s (quartiles {row['quartile_range_s']:.3f})  "
                f"{row['memory_mb']:+8.1f} MB",
                end="",
            )


def nearest_of_each_pair(found, x):
    """Of a list of triplets, FaceNet's: the nearest negative of each anchor-positive pair."""
    best = {}
    far = (x[found[0]] - x[found[2]]).double().square().sum(1)
    for a, p, n, d in zip(*(part.tolist() for part in (*found, far)), strict=True):
        if (a, p) not in best or (d, n) < best[a, p]:
            best[a, p] = (d, n)
    return Triplets.of([(a, p, n) for (a, p), (_, n) in sorted(best.items())])


def test_the_nearest_of_their_semi_hard_triplets_are_ours():
    x, labels = batch(240)
    found = our_semi_hard()(x, labels)
    assert found == nearest_of_each_pair(their_semi_hard()(x, labels), x)
    assert len(found) > 1000


def test_both_have_one_batch_all_loss_and_gradient():
    x, labels = batch(600)
    ours, theirs = our_batch_all()(x, labels), their_batch_all()(x, labels)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-5)
    assert torch.allclose(ours[1], theirs[1], atol=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
def test_semi_hard_mining_is_60_times_faster_with_a_25th_of_the_memory(threads, capsys):
    ours = measure("our_semi_hard", 1800, threads)
    theirs = measure("their_semi_hard", 1800, threads)
    record(f"semi_hard_{threads}", [ours, theirs], capsys)
    assert theirs["median_s"] >= 60 * ours["median_s"]
    assert theirs["memory_mb"] >= 25 * ours["memory_mb"]


@pytest.mark.parametrize("threads", [1, 2])
def test_batch_all_is_ten_times_faster(threads, capsys):
    ours = measure("our_batch_all", 600, threads)
    theirs = measure("their_batch_all", 600, threads)
    record(f"batch_all_{threads}", [ours, theirs], capsys)
    assert theirs["median_s"] >= 10 * ours["median_s"]


@pytest.mark.parametrize("threads", [1, 2])
def test_batch_all_of_the_papers_batch_takes_a_second_and_300_mb(threads, capsys):
    ours = measure("our_batch_all", 1800, threads)
    record(f"batch_all_1800_{threads}", [ours], capsys)
    assert ours["median_s"] <= 1
    assert ours["memory_mb"] <= 300


def test_ten_thousand_pictures_fit_and_cost_no_square_of_memory(capsys):
    rows = [measure(name, 10_000, 1, rounds=1) for name in ("our_semi_hard", "our_batch_all")]
    record("ten_thousand", rows, capsys)
    # One matrix of all distances in float32 has 400 MB.
    assert all(row["memory_mb"] < 400 for row in rows)


if __name__ == "__main__":
    which, size, threads, rounds = sys.argv[1], *map(int, sys.argv[2:])
    print(json.dumps(alone(which, size, threads, rounds)))
