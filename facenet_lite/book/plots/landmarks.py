"""Faces with their landmarks joined into parts, and how far landmarks lie from the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_boxes, check_image, check_number, describe
from facenet_lite.book.plots.charts import axes, figure
from facenet_lite.book.plots.detectors import LABELS
from facenet_lite.book.plots.pictures import GAP, LINE, draw_box, draw_photo, draw_text, svg
from facenet_lite.book.plots.style import COLOURS, Drawing, drawing
from facenet_lite.errors import InputError
from facenet_lite.landmarks import COUNTS, GROUPS
from facenet_lite.types import Image

POINT_COLOURS: Final = ("#ffd400", "#4de3ff")
"""The colours of the first and the second set of points on a photograph; dark outlines make both
visible on light and on dark skin."""
NAMES: Final = {"5": "dlib's 5", "68": "dlib's 68", "ours": "ours, 68"}
LINES: Final = {"5": "o-", "68": "s--", "ours": "^:"}
"""A marker and a dash for each landmarker: colour is not all that tells them apart."""


def faces(
    images: Sequence[Image],
    points: Sequence[Sequence[ArrayLike]],
    titles: Sequence[str] | None = None,
    *,
    alt: str,
    boxes: Sequence[ArrayLike] | None = None,
    around: ArrayLike | None = None,
    columns: int = 3,
    width: int = 640,
    numbers: bool = False,
) -> Drawing:
    """Draw faces in rows of ``columns``, with the landmarks of each.

    ``points``: for each picture up to two sets of points (K, 2), the second drawn under the first;
    5 or 68 of them are joined within each part of the face. ``boxes``: one (4,) for each picture.
    ``around``: x1 y1 x2 y2, the part of every picture that is shown. ``numbers``: write each
    point's number beside it. Raises InputError where lengths differ or nothing is given.
    """
    check_number(columns, "columns", low=1, integer=True)
    for name, given in (("points", points), ("titles", titles), ("boxes", boxes)):
        if given is not None and (len(given) != len(images) or len(images) == 0):
            raise InputError(f"{name}: expected {max(1, len(images))}, got {len(given)}")
    columns = min(columns, len(images))
    side = (width - GAP * (columns - 1)) / columns
    drawn_first: dict[int, tuple[int, np.ndarray]] = {}
    body, top = [], 0.0
    for start in range(0, len(images), columns):
        tallest = 0.0
        for place, i in enumerate(range(start, min(start + columns, len(images)))):
            shown, corner = _part(images[i], around)
            scale = side / shown.shape[1]
            height = shown.shape[0] * scale
            at = np.array([place * (side + GAP), top])
            first, before = drawn_first.setdefault(id(images[i]), (i, at))
            if first == i:
                photo = draw_photo(shown, at[0], at[1], side, height)
                body.append(f'<g id="photo-{i}">{photo}</g>')
            else:  # the same picture again costs the page a reference only
                x, y = at - before
                body.append(f'<use href="#photo-{first}" x="{x:.1f}" y="{y:.1f}"/>')
            if boxes is not None:
                (box,) = check_boxes([boxes[i]])
                box = (box - np.tile(corner, 2)) * scale + np.tile(at, 2)
                body.append(draw_box(box, COLOURS[0], "", width, top + height))
            for number, some in reversed(list(enumerate(points[i]))):
                where = check_array(some, "points", shape=(None, 2), dtype=np.float64)
                drawn = (where + 0.5 - corner) * scale + at
                body.append(_points(drawn, POINT_COLOURS[number % 2], numbers, side))
            if titles is not None:
                body.append(draw_text(at[0], top + height + 15, titles[i]))
            tallest = max(tallest, height)
        top += tallest + (LINE if titles is not None else 0) + GAP
    return drawing(svg(width, math.ceil(top - GAP), body), alt)


def reframing(nme: Mapping[str, Mapping[str, Any]], *, alt: str) -> Drawing:
    """Draw each landmarker's mean error in each detector's boxes, as they are and reframed.

    ``nme``: by landmarker and detector, ``before`` and ``after``, each with ``mean``, ``low`` and
    ``high``, as recorded. Before is hollow, after is filled; bars are the intervals. Raises
    InputError where there is nothing to draw.
    """
    if not nme:
        raise InputError(f"nme: expected at least one landmarker, got {describe(nme)}")
    fig, grid = axes(1, len(nme), width=6.6, height=2.6, sharey=True, squeeze=False)
    for ax, (name, rows) in zip(grid[0], nme.items(), strict=True):
        for place, row in enumerate(rows.values()):
            for key, shift, colour, fill in (
                ("before", -0.13, COLOURS[1], "none"),
                ("after", 0.13, COLOURS[0], COLOURS[0]),
            ):
                mean, low, high = (100 * row[key][value] for value in ("mean", "low", "high"))
                bars = [[mean - low], [high - mean]]
                label = {"before": "box as it is", "after": "reframed"}[key] if place == 0 else None
                ax.errorbar(
                    [place + shift], [mean], bars, fmt="o", color=colour, mfc=fill, label=label
                )
        ax.set_title(NAMES.get(name, name), fontsize=10)
        ax.set_xticks(range(len(rows)), [LABELS.get(each, each) for each in rows])
        ax.set_xlim(-0.5, len(rows) - 0.5)
    grid[0][0].set_ylabel("mean error (%)")
    grid[0][0].set_ylim(bottom=0)
    fig.legend(
        *grid[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False
    )
    return figure(fig, alt=alt)


def sensitivity(boxes: Mapping[str, Sequence[Mapping[str, float]]], *, alt: str) -> Drawing:
    """Draw the mean error against the box's scale, and against how far down it was moved.

    ``boxes``: ``scale`` and ``down``, each rows with that key and an error for every landmarker.
    """
    fig, grid = axes(1, 2, width=6.4, height=2.8, sharey=True)
    texts = {"scale": "box scaled by", "down": "box moved down (in its sides)"}
    for ax, (key, label) in zip(grid, texts.items(), strict=True):
        rows = boxes[key]
        for name in [each for each in rows[0] if each != key]:
            ax.plot(
                [row[key] for row in rows],
                [100 * row[name] for row in rows],
                LINES.get(name, "o-"),
                markersize=4,
                label=NAMES.get(name, name),
            )
        ax.set_xlabel(label)
    grid[0].set_ylabel("mean error (%)")
    grid[0].set_ylim(bottom=0)
    fig.legend(
        *grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False
    )
    return figure(fig, alt=alt)


def _part(image: Image, around: ArrayLike | None) -> tuple[Image, np.ndarray]:
    """The part of a picture inside a box, and where its corner lies."""
    if around is None:
        return check_image(image), np.zeros(2)
    rows, columns = check_image(image).shape[:2]
    x1, y1, x2, y2 = (int(v) for v in check_boxes([around], "around")[0])
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, columns), min(y2, rows)
    return np.ascontiguousarray(image[y1:y2, x1:x2]), np.array([x1, y1], float)


def _points(drawn: np.ndarray, colour: str, numbers: bool, side: float) -> str:
    parts = [p for count in COUNTS if count == len(drawn) for p in GROUPS[count].values()]
    lines = "".join(
        "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in drawn[list(part)]) for part in parts
    )
    size = min(1.0, side / 300)  # small faces have small points
    radius = (2.4 if len(drawn) > 5 else 3.4) * size
    body = [
        f'<path d="{lines}" fill="none" stroke="{stroke}" stroke-width="{wide * size:.2g}" '
        f'stroke-opacity="{seen}"/>'
        for stroke, wide, seen in (("#111", 3, 0.45), (colour, 1, 0.8))
        if lines
    ]
    circles = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2g}"/>' for x, y in drawn]
    body.append(f'<g fill="{colour}" stroke="#111" stroke-width=".5">{"".join(circles)}</g>')
    if numbers:
        texts = [
            f'<text x="{x + 4:.1f}" y="{y - 3:.1f}">{i}</text>' for i, (x, y) in enumerate(drawn)
        ]
        body.append(
            '<g font-size="10" font-family="sans-serif" fill="#fff" stroke="#111" '
            f'stroke-width="2.5" paint-order="stroke">{"".join(texts)}</g>'
        )
    return "".join(body)
