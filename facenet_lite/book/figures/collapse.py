"""Trainings replayed: where each picture's embedding lay on the circle, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import traitlets as t

from facenet_lite.book.figures.base import Figure
from facenet_lite.book.plots.drawing import check_count
from facenet_lite.errors import InputError

if TYPE_CHECKING:  # a page of another chapter need not load torch
    from facenet_lite.book.experiments.trained.in_the_page import Run

SLOW: Final = 20
"""The first steps, up to this number, are all shown; then every ``STRIDE``-th, and the last."""
STRIDE: Final = 5
LARGEST: Final = 60_000
"""The most angles in all runs together: more would make a page heavy."""


class CollapseReplay(Figure, module="collapse.mjs"):
    """Runs of the same length side by side, controlled by the reader.

    ``steps``: those that are shown; ``rings``: each picture's person; ``runs``: for each run its
    ``name``, ``angles`` (a list a step, in tenths of a degree), ``loss`` and ``active`` (for each
    step), and ``collapsed``, the number of steps after which it counted as collapsed, or null;
    ``frame``: which of the steps is drawn.
    """

    alt = t.Unicode(
        "An interactive figure: for each mining rule a set of rings, one for each person, with a "
        "dot for each picture in the direction of its embedding. A slider and a play button go "
        "through the steps of the training; under each set stand loss, active triplets and spread."
    ).tag(sync=True)
    steps: t.List[Any] = t.List().tag(sync=True)
    rings: t.List[Any] = t.List().tag(sync=True)
    runs: t.List[Any] = t.List().tag(sync=True)
    frame = t.Int(0).tag(sync=True)

    @classmethod
    def of(cls, runs: Mapping[str, Run]) -> CollapseReplay:
        """Replay runs by name, with embeddings of two numbers and the same pictures.

        Raises InputError for no runs, for other dimensions, or for different lengths or labels.
        """
        check_count(runs, "runs")
        first, *others = runs.values()
        if any(run.embeddings.shape[2] != 2 for run in runs.values()):
            raise InputError("runs: expected embeddings of two numbers; train with dim=2")
        for run in others:
            if run.embeddings.shape != first.embeddings.shape or (run.labels != first.labels).any():
                raise InputError("runs: expected the same pictures and the same number of steps")
        steps = _shown(len(first.history))
        if len(steps) * len(first.labels) * len(runs) > LARGEST:
            raise InputError(f"runs: expected at most {LARGEST:,} angles; take fewer pictures")
        people = np.unique(first.labels.numpy(), return_inverse=True)[1]
        return cls(
            steps=steps,
            rings=people.tolist(),
            runs=[_recorded(name, run, steps) for name, run in runs.items()],
        )


def _shown(steps: int) -> list[int]:
    """Which of the steps are shown, each as it stood before its update."""
    return sorted({*range(min(SLOW, steps)), *range(SLOW, steps, STRIDE), steps - 1})


def _recorded(name: str, run: Run, steps: list[int]) -> dict[str, Any]:
    points = run.embeddings[steps].double().numpy()
    angles = np.degrees(np.arctan2(points[..., 1], points[..., 0]))
    return {
        "name": name,
        "angles": (np.round(10 * angles).astype(int) % 3600).tolist(),
        "loss": [round(run.costs[step], 3) for step in steps],
        "active": [round(run.history[step].active_fraction, 3) for step in steps],
        "collapsed": run.collapsed_at,
    }
