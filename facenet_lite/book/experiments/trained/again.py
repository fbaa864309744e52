"""Recompute the figures of trained networks from the recorded runs; nothing is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facenet_lite.book.experiments.finding import Asked, Finding
from facenet_lite.book.experiments.trained import training_data
from facenet_lite.book.experiments.trained.runs import BASE, Plan, Runs

DIFFERENT: Final = 1e-5
"""How far a mean of recorded figures may lie from the recorded mean, which is rounded."""


def again(asked: Asked) -> Iterator[Finding]:
    """Means, intervals, differences and trends from each recorded run."""
    rows = {setting["name"]: setting["runs"] for setting in asked.data["settings"]}
    base = BASE.changed(validation_people=asked.data["base"]["validation_people"])
    runs = Runs(Plan(base=base, seeds=asked.data["seeds"]), rows, [], asked.data["lfw_pairs"])
    table = {row["name"]: row for row in runs.table(asked.data["reference"])}
    wrong = [
        f"{setting['name']}: {part}"
        for setting in asked.data["settings"]
        for part in ("summary", "less_reference")
        if not _alike(table[setting["name"]][part], setting[part])
    ]
    count = sum(len(some) for some in rows.values())
    yield Finding("figures", not wrong, "; ".join(wrong) or f"again from {count} recorded runs")
    if asked.name == "training_data":
        finite, endless = asked.data["pictures"]["settings"], asked.data["identities"]["settings"]
        config = training_data.Config(
            identities=tuple(row["people"] for row in endless),
            grid=tuple((row["people"], row["each"]) for row in finite),
            reference=endless[0]["people"],
        )
        trends = training_data.fitted(config, runs)
        good = _alike(trends["identities"], asked.data["identities"]["trend"]) and _alike(
            trends["pictures"], asked.data["pictures"]["trend"]
        )
        yield Finding("trends", good, "again from the recorded runs")


def _alike(one: Any, other: Any) -> bool:
    """Whether two recorded values are the same except for rounding."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) <= DIFFERENT * max(1.0, abs(one))
    return bool(one == other)
