"""A threshold with the rates that were measured at it, and how to choose one on your own people."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number
from facenet_lite._files import whole
from facenet_lite.distances import pairwise_squared_distances
from facenet_lite.errors import InputError
from facenet_lite.evaluate.uncertainty import bca_interval, wilson_interval
from facenet_lite.evaluate.verification import val_at_far

TRIALS: Final = 1000
"""Draws of people for an interval, as in ``identity_bootstrap``."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A threshold on squared distances, and what it does on pairs whose answer is known.

    ``on``: what the pairs show, in words; ``people``: how many are on them. ``accepted`` of
    ``same`` pairs of one person and ``accepted_falsely`` of ``different`` pairs of strangers are
    within ``threshold``. ``val_interval`` and ``far_interval``: the 95 % intervals of the two
    shares. ``weights``: what identifies the network that it is for; ``asked``: the false accept
    rate that the threshold was chosen to keep to, None where it was chosen otherwise. Raises
    InputError for counts and intervals that cannot be.
    """

    on: str
    people: int
    weights: str
    threshold: float
    same: int
    accepted: int
    different: int
    accepted_falsely: int
    val_interval: tuple[float, float]
    far_interval: tuple[float, float]
    asked: float | None = None

    def __post_init__(self) -> None:
        check_number(self.threshold, "threshold", low=0)
        for part, total in (("accepted", "same"), ("accepted_falsely", "different")):
            check_number(getattr(self, total), total, low=1, integer=True)
            check_number(getattr(self, part), part, low=0, high=getattr(self, total), integer=True)
        for name in ("val_interval", "far_interval"):
            low, high = check_array(getattr(self, name), name, shape=(2,), dtype=np.float64)
            if not 0 <= low <= high <= 1:
                raise InputError(f"{name}: expected shares from low to high, got {low}, {high}")
            object.__setattr__(self, name, (float(low), float(high)))

    @property
    def val(self) -> float:
        """The share of the pairs of one person that is accepted."""
        return self.accepted / self.same

    @property
    def far(self) -> float:
        """The share of the pairs of strangers that is accepted."""
        return self.accepted_falsely / self.different

    def __str__(self) -> str:
        low, high = (f"{100 * end:.2g}" for end in self.far_interval)
        least, most = (f"{100 * (1 - end):.2g}" for end in reversed(self.val_interval))
        refused = self.same - self.accepted
        return (
            f"measured on {self.on}: at a threshold of {self.threshold:.4g}, "
            f"{self.accepted_falsely:,} of {self.different:,} pairs of strangers were taken for "
            f"one person (95 % interval {low} to {high} %), and {refused:,} of {self.same:,} pairs "
            f"of one person for strangers ({least} to {most} %)"
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it as JSON; returns the path. Raises OSError where that is not possible."""
        target = Path(path)
        with whole(target) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calibration:
        """Read what ``save`` wrote.

        Raises FileNotFoundError if there is no such file, and InputError if it is something else.
        """
        source = Path(path)
        if not source.exists():
            raise FileNotFoundError(f"{source}: there is no such file; facenet-lite calibrate")
        try:
            found = json.loads(source.read_text(encoding="utf-8"))
            if not isinstance(found, dict) or set(found) != {field.name for field in fields(cls)}:
                raise ValueError("other fields")
            return cls(**found)
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"{source}: expected a calibration as facenet-lite calibrate writes it ({error}); "
                "make it again"
            ) from error


def calibrate(
    embeddings: ArrayLike,
    people: ArrayLike,
    far: float,
    *,
    rng: np.random.Generator,
    on: str = "these photographs",
    weights: str = "",
    trials: int = TRIALS,
) -> Calibration:
    """Choose the largest threshold that keeps to a false accept rate on all pairs of your people.

    ``embeddings`` (N, D); ``people``: whole numbers (N,), who is on each. All N (N - 1) / 2 pairs
    are compared. Pairs share pictures and people, so the intervals come from drawing people with
    replacement, not pairs (``identity_bootstrap``); where no draw changes a share they are
    Wilson's, with people as the trials. The threshold is chosen on the same pairs as the rates,
    so the false accept rate on other people is on average a little higher.

    Raises InputError for other shapes, NaN, or people without any pair of one person or of two;
    NotEstimableError where the pairs are too few to show so low a rate.
    """
    vectors = check_array(embeddings, "embeddings", shape=(None, None), dtype=np.float32)
    names, who = np.unique(
        check_array(people, "people", shape=(len(vectors),), dtype=np.int64), return_inverse=True
    )
    first, second = np.triu_indices(len(vectors), 1)
    same = who[first] == who[second]
    if same.all() or not same.any():
        raise InputError(
            f"people: expected at least two, one of them on two pictures, got {len(names)} on "
            f"{len(vectors)} pictures"
        )
    squared = pairwise_squared_distances(vectors)[first, second]
    threshold = val_at_far(squared, same, far).threshold
    if threshold < 0:
        raise InputError(
            "embeddings: expected strangers with some distance, got more pairs at distance 0 than "
            f"a rate of {far:g} allows; is the same photograph filed under two people?"
        )
    found = measure(squared, who[first], who[second], threshold, rng=rng, trials=trials)
    return replace(found, on=on, weights=weights, asked=far)


def measure(
    squared_distances: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    threshold: float,
    *,
    rng: np.random.Generator,
    on: str = "these pairs",
    weights: str = "",
    trials: int = TRIALS,
) -> Calibration:
    """The rates of a given threshold on pairs; ``first`` and ``second``: who is on each, (P,).

    The intervals are those of ``calibrate``. Raises InputError as it does.
    """
    squared = check_array(squared_distances, "squared_distances", shape=(None,), dtype=np.float64)
    one = check_array(first, "first", shape=squared.shape, dtype=np.int64)
    two = check_array(second, "second", shape=squared.shape, dtype=np.int64)
    accepted = squared <= check_number(threshold, "threshold")
    same = one == two
    if same.all() or not same.any():
        raise InputError("first, second: expected pairs of one person and of two, got one kind")
    names, rows = np.unique(np.concatenate((one, two)), return_inverse=True)
    a, b = rows[: len(one)], rows[len(one) :]
    # How many pairs each two people have, and how many of these are accepted.
    cells = a * len(names) + b
    shape = (len(names), len(names))
    pairs, hits = (
        np.bincount(cells, weight, len(names) ** 2).reshape(shape)
        for weight in (np.ones(len(cells)), accepted.astype(np.float64))
    )
    has_own = pairs.diagonal() > 0
    intervals = [
        _interval(lambda often, kind=kind: _share(often, hits, pairs, kind), concerned, rng, trials)
        for kind, concerned in ((True, has_own), (False, np.ones_like(has_own)))
    ]
    return Calibration(
        on=on,
        people=len(names),
        weights=weights,
        threshold=max(0.0, float(threshold)),
        same=int(same.sum()),
        accepted=int((accepted & same).sum()),
        different=int((~same).sum()),
        accepted_falsely=int((accepted & ~same).sum()),
        val_interval=intervals[0],
        far_interval=intervals[1],
    )


def _share(
    often: NDArray[np.float64], hits: NDArray[Any], pairs: NDArray[Any], same: bool
) -> float:
    """The share accepted where person i was drawn ``often[i]`` times."""
    if same:
        one, all_ = often @ hits.diagonal(), often @ pairs.diagonal()
    else:
        square = often**2
        one = often @ hits @ often - square @ hits.diagonal()
        all_ = often @ pairs @ often - square @ pairs.diagonal()
    return float(one / all_) if all_ else float("nan")


def _interval(
    share: Any, concerned: NDArray[np.bool_], rng: np.random.Generator, trials: int
) -> tuple[float, float]:
    """The interval of a share by drawing people; ``concerned``: who has any pair of this kind."""
    people = len(concerned)
    draws = (np.bincount(rng.integers(0, people, people), minlength=people) for _ in range(trials))
    drawn = np.array([share(draw.astype(np.float64)) for draw in draws])
    without = np.array([share((np.arange(people) != i).astype(np.float64)) for i in range(people)])
    value = share(np.ones(people))
    # A draw of few people can leave no pair to judge.
    drawn, without = drawn[np.isfinite(drawn)], without[np.isfinite(without)]
    if len(drawn) < 100 or len(without) < 2 or np.ptp(drawn) == 0:
        trials = int(concerned.sum())
        return wilson_interval(round(value * trials), trials)
    _, low, high = bca_interval(value, drawn, without)
    return max(0.0, low), min(1.0, high)
