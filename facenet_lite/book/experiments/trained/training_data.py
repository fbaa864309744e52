"""How much training data a network needs: a small version of FaceNet's Table 6, on two axes.

``facenet-lite experiment training_data --lfw DIR`` records ``results/training_data.json``. All runs
are ``runs.BASE`` with the same number of steps, so that every network sees 20,000 pictures.

- *Identities*: a hundred to a hundred thousand people; every picture is new.
- *Pictures*: a hundred to a hundred thousand pictures, drawn once and reused with small changes: 5
  each of many people, or 50 each of a tenth as many. With the same seed, the smaller sets are part
  of the larger ones.

The trend is a line through all runs of a series: the logit of a rate, log(rate / (1 - rate)),
against log10 of the number of people or pictures. A slope of 0.5 multiplies the odds by 1.6 for ten
times the data. Its interval treats runs as independent, though runs of the same seed share people
and initial weights. FaceNet's Table 6 varies 2.6 to 260 million pictures. Its text says that from
millions to tens of millions "the relative reduction in error is 60%" on the personal photos; the
table, which names no test set, gives 37 % (42 % for hundreds of millions). Both are recorded, under
``paper``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from facenet_lite._checks import check_number
from facenet_lite.book.experiments.published import CLAIMED_REDUCTION, TABLE_6, error_reduction
from facenet_lite.book.experiments.trained.runs import Plan, Runs, collect
from facenet_lite.book.experiments.trained.trend import linear_trend
from facenet_lite.book.results import Measured
from facenet_lite.errors import InputError
from facenet_lite.train import validation

IDENTITIES: Final = (100, 1_000, 10_000, 100_000)
GRID: Final = ((20, 5), (200, 5), (2_000, 5), (20_000, 5), (20, 50), (200, 50), (2_000, 50))
REFERENCE: Final = 10_000
TRENDS: Final = ("auc", "val", "lfw_auc")


@dataclass(frozen=True)
class Config:
    """``plan``: what all runs share; ``identities``: numbers of people whose pictures are always
    new; ``grid``: numbers of people, and of pictures of each, that are reused; ``reference``: the
    number of ``identities`` with which everything else is compared."""

    plan: Plan = field(default_factory=Plan)
    identities: tuple[int, ...] = IDENTITIES
    grid: tuple[tuple[int, int], ...] = GRID
    reference: int = REFERENCE

    def __post_init__(self) -> None:
        for people in self.identities:
            check_number(people, "identities", low=2, integer=True)
        for people, each in self.grid:
            check_number(people, "people of the grid", low=2, integer=True)
            check_number(each, "pictures of the grid", low=1, integer=True)
        if self.reference not in self.identities:
            raise InputError(
                f"identities: expected {self.reference} among them, got {self.identities}"
            )


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Train and judge, or read what is finished; ``lfw`` as ``collect`` takes it."""
    config = config or Config()
    settings: dict[str, Mapping[str, Any]] = {
        endless(people): {"people": people} for people in config.identities
    }
    settings |= {
        finite(people, each): {"people": people, "pictures": each} for people, each in config.grid
    }
    runs = collect(settings, config.plan, lfw=lfw)
    trends = fitted(config, runs)
    identities = [{"name": endless(people), "people": people} for people in config.identities]
    pictures = [
        {"name": finite(*row), "people": row[0], "each": row[1], "pictures": row[0] * row[1]}
        for row in config.grid
    ]
    more = {
        "identities": {"settings": identities, "trend": trends["identities"]},
        "pictures": {
            "settings": pictures,
            "trend": trends["pictures"],
            "people_or_pictures": _people_or_pictures(config, runs),
        },
        "paper": paper(),
    }
    return runs.measured(endless(config.reference), more)


def fitted(config: Config, runs: Runs) -> dict[str, Any]:
    """The trends: over ``identities``, and over ``pictures`` for each number per person."""
    return {
        "identities": _trends(runs, {endless(people): people for people in config.identities}),
        "pictures": {str(each): _trends(runs, some) for each, some in _series(config).items()},
    }


def endless(people: int) -> str:
    """The name of the setting in which every picture is new."""
    return f"{people:,} people"


def finite(people: int, each: int) -> str:
    """The name of the setting in which each person has a fixed number of pictures."""
    return f"{people:,} people, {each} pictures each"


def logit(rate: float, cases: int) -> float:
    """log(rate / (1 - rate)); a rate within half a case of 0 or 1 is moved half a case away."""
    half = 0.5 / cases
    inside = min(max(rate, half), 1 - half)
    return math.log(inside / (1 - inside))


def paper() -> dict[str, Any]:
    """Table 6, and the relative reduction in error as the text claims it and as the table gives it.

    ``of_the_error_before`` is what the words mean. ``of_the_error_after`` divides by the smaller
    error: for tens of millions it is near 60 %, which may be where that figure comes from.
    """
    first, *others = TABLE_6
    return {
        "table": [row.to_dict() for row in TABLE_6],
        "claimed_reduction": CLAIMED_REDUCTION,
        "reductions": [
            {
                "from": first.level,
                "to": row.level,
                "of_the_error_before": round(error_reduction(first.val, row.val), 4),
                "of_the_error_after": round(-error_reduction(row.val, first.val), 4),
            }
            for row in others
        ],
    }


def _series(config: Config) -> dict[int, dict[str, int]]:
    """For each number of pictures a person: the settings' names and their total pictures."""
    found: dict[int, dict[str, int]] = {}
    for people, each in config.grid:
        found.setdefault(each, {})[finite(people, each)] = people * each
    return found


def _trends(runs: Runs, sizes: Mapping[str, int]) -> dict[str, Any]:
    """For each rate, the line of its logit against log10 of the size, through all runs."""
    same = runs.plan.base.data.validation_people * math.comb(validation.EACH, 2)
    out: dict[str, Any] = {}
    for metric in TRENDS:
        found = {name: runs.values(name, metric) for name in sizes}
        if len(found) < 2 or None in found.values():
            out[metric] = None  # only one size, or a rate that some run could not estimate
            continue
        cases = same if metric != "lfw_auc" else runs.pairs // 2
        points = [(name, value) for name, values in found.items() for value in values or ()]
        x = [math.log10(sizes[name]) for name, _ in points]
        y = [logit(value, cases) for _, value in points]
        line = linear_trend(x, y)
        out[metric] = {
            **{key: round(value, 5) for key, value in line._asdict().items()},
            "odds_for_ten_times": round(math.exp(line.slope), 4),
            "runs": len(points),
            "line": [
                [
                    size,
                    round(1 / (1 + math.exp(-line.intercept - line.slope * math.log10(size))), 5),
                ]
                for size in sorted(sizes.values())
            ],
        }
    return out


def _people_or_pictures(config: Config, runs: Runs) -> list[dict[str, Any]]:
    """Where two settings have equally many pictures: more people minus more pictures of each."""
    ordered = sorted(config.grid, key=lambda row: (row[0] * row[1], -row[0]))
    return [
        {
            "pictures": more[0] * more[1],
            "more_people": finite(*more),
            "more_pictures_each": finite(*fewer),
            "difference": runs.difference(finite(*more), finite(*fewer)),
        }
        for more, fewer in itertools.pairwise(ordered)
        if more[0] * more[1] == fewer[0] * fewer[1]
    ]
