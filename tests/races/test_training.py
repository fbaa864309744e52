"""Training steps against those of before batches had a lasting sampler: `make races`.

The peer is the package's own former way: for each batch it sorted all labels and split them by
person, and it ranked each batch twice, for the loss and for the diagnosis beside it. Results are
compared first. Then each contestant runs alone in a process of its own, with one thread, and tells
the processor time of each round and how far its memory rose above what it held before.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from facenet_lite import losses, train
from facenet_lite.book import results
from facenet_lite.samplers import PKSampler
from facenet_lite.train.step import optimiser

OUT = Path(__file__).parents[2] / "build" / "races"
PEOPLE = 50_000
CONFIG = train.Config.of(people=PEOPLE, p=32, k=4, image_size=32, width=0.0625, workers=0)
"""The batches of the networks that the package brings, for a network so narrow that drawing them is
a large part of a step. With a network of width 0.25 at 96 pixels it is about a 25th of one."""
ROUNDS = 15


class Rebuilt:
    """The former sampler: everything is made for one batch, and thrown away."""

    def __init__(self, labels, p, k, *, generator):
        self.labels, self.p, self.k = labels, p, k
        self.seed = int(generator.integers(2**63))

    def batch(self, step):
        order = np.argsort(self.labels, kind="stable")
        starts = np.flatnonzero(np.diff(self.labels[order])) + 1
        people = [rows for rows in np.split(order, starts) if len(rows) >= min(self.k, 2)]
        epoch, number = divmod(step, len(people) // self.p)
        shuffled = np.random.default_rng([self.seed, epoch]).permutation(len(people))
        draw = np.random.default_rng([self.seed, epoch, 1 + number])
        found = []
        for person in shuffled[number * self.p : (number + 1) * self.p]:
            found += draw.permutation(people[person])[: self.k].tolist()
        return np.array(found)


def sampled(kind, labels, p, k):
    """What draws the rows of each step, with the same seed."""
    return kind(labels, p, k, generator=np.random.default_rng(0)).batch


def ours_rows():
    return sampled(PKSampler, np.arange(PEOPLE), CONFIG.data.p, 1)


def before_rows():
    return sampled(Rebuilt, np.arange(PEOPLE), CONFIG.data.p, 1)


class Before(train.DrawnSource):
    """A source with the former sampler."""

    @property
    def sampler(self):
        generator = train.sources.stream(0, train.sources.SAMPLING)
        return Rebuilt(np.arange(len(self.people)), self.data.p, 1, generator=generator)


def ranked_twice(x, labels):
    losses.diagnose_batch(x, labels)
    return losses.batch_all_triplet_loss(x, labels)


def ranked_once(x, labels):
    return losses.TripletLoss()(x, labels).value


def stepping(kind, loss, config=CONFIG):
    """Make a batch, embed it, go back, update: a function of the step that gives the loss."""
    source = kind(config.data, train.splits(config.data).train)
    net = train.untrained(config.network).net.train()
    weights = optimiser(net.parameters(), config.step)

    def run(step):
        pictures, labels = (torch.as_tensor(part) for part in source.batch(step))
        value = loss(net((pictures.permute(0, 3, 1, 2).float() - 127.5) / 127.5), labels)
        weights.zero_grad()
        value.backward()
        weights.step()
        return value.item()

    return run


CONTESTANTS = {
    "ours_rows": ours_rows,
    "before_rows": before_rows,
    "ours_step": partial(stepping, train.DrawnSource, ranked_once),
    "before_step": partial(stepping, Before, ranked_twice),
}


def peak():
    """Highest memory of this process in MB. What getrusage says holds the parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def alone(name, rounds):
    """What a process of its own does: seconds of each round, and megabytes above its start."""
    torch.set_num_threads(1)
    before, seconds = peak(), []
    run = CONTESTANTS[name]()
    run(0)  # loads and allocates
    for step in range(1, rounds + 1):
        start = time.process_time()
        run(step)
        seconds.append(time.process_time() - start)
    return {"seconds": seconds, "megabytes": peak() - before}


def measure(name, rounds=ROUNDS):
    command = [sys.executable, __file__, name, str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    median = float(np.median(found["seconds"]))
    return {
        "contestant": name,
        "people": PEOPLE,
        "rounds": rounds,
        "median_s": round(median, 5),
        "per_second": round(1 / median, 2),
        "quartile_range_s": round(
            float(np.subtract(*np.percentile(found["seconds"], [75, 25]))), 5
        ),
        "memory_mb": round(found["megabytes"], 1),
    }


def record(title, rows, capsys):
    OUT.mkdir(parents=True, exist_ok=True)
    text = {"rows": rows, "machine": results.machine(), "versions": results.versions()}
    (OUT / f"training_{title}.json").write_text(json.dumps(text, indent=1) + "\n")
    with capsys.disabled():
        for row in rows:
            print(
                f"\n{row['contestant']:12} {row['median_s']:9.5f} s "
                f"(quartiles {row['quartile_range_s']:.5f}) {row['per_second']:9.2f} a second  "
                f"{row['memory_mb']:+8.1f} MB",
                end="",
            )


@pytest.mark.parametrize("k", [1, 3])
def test_both_draw_the_same_rows(k):
    labels = np.repeat(np.arange(40), 3)
    ours, before = (sampled(kind, labels, 8, k) for kind in (PKSampler, Rebuilt))
    for step in (0, 1, 5, 123):
        assert ours(step).tolist() == before(step).tolist()


def test_both_have_the_same_losses():
    small = CONFIG.changed(people=60, p=4)
    ours = stepping(train.DrawnSource, ranked_once, small)
    before = stepping(Before, ranked_twice, small)
    assert [ours(step) for step in range(3)] == [before(step) for step in range(3)]


def test_the_rows_of_a_batch_are_drawn_20_times_faster(capsys):
    ours, before = measure("ours_rows"), measure("before_rows")
    record("rows", [ours, before], capsys)
    assert before["median_s"] >= 20 * ours["median_s"]
    assert ours["memory_mb"] <= before["memory_mb"]


def test_a_narrow_networks_step_is_an_eighth_faster_and_takes_hardly_more_memory(capsys):
    ours, before = measure("ours_step"), measure("before_step")
    record("steps", [ours, before], capsys)
    assert ours["per_second"] >= 1.125 * before["per_second"]
    assert ours["memory_mb"] <= 1.1 * before["memory_mb"]


if __name__ == "__main__":
    which, rounds = sys.argv[1], int(sys.argv[2])
    print(json.dumps(alone(which, rounds)))
