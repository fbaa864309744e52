"""Faces with their landmarks joined into parts, and how far landmarks lie from the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from facenet_lite._checks import check_array, check_boxes, check_image
from facenet_lite.book.plots.detectors import LABELS
from facenet_lite.book.plots.drawing import COLOURS, Drawing, axes, check_count, composed, figure
from facenet_lite.book.plots.pictures import (
    LINE,
    check_lengths,
    draw_box,
    draw_photo,
    draw_text,
    grid,
)
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
    alt: str | None = None,
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
    check_lengths(len(images), points=points, titles=titles, boxes=boxes)
    parts = [_part(image, around) for image in images]
    line = LINE if titles is not None else 0
    places, bottom = grid([shown.shape for shown, _ in parts], columns, width, line)
    drawn_first: dict[int, tuple[int, np.ndarray]] = {}
    body = []
    for i, (left, top, side, height) in enumerate(places):
        shown, corner = parts[i]
        scale, at = side / shown.shape[1], np.array([left, top])
        first, before = drawn_first.setdefault(id(images[i]), (i, at))
        if first == i:
            photo = draw_photo(shown, left, top, side, height)
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
            body.append(draw_text(left, top + height + 15, titles[i]))
    return composed(width, math.ceil(bottom), body, alt=alt)


def reframing(nme: Mapping[str, Mapping[str, Any]], *, alt: str | None = None) -> Drawing:
    """Draw each landmarker's mean error in each detector's boxes, as they are and reframed.

    ``nme``: by landmarker and detector, ``before`` and ``after``, each with ``mean``, ``low`` and
    ``high``, as recorded. Before is hollow, after is filled; bars are the intervals. Raises
    InputError where there is nothing to draw.
    """
    check_count(nme, "nme")
    fig, panels = axes(1, len(nme), width=6.6, height=2.6, sharey=True, squeeze=False)
    for ax, (name, rows) in zip(panels[0], nme.items(), strict=True):
        for place, row in enumerate(rows.values()):
            for key, text, shift, colour, fill in (
                ("before", "box as it is", -0.13, COLOURS[1], "none"),
                ("after", "reframed", 0.13, COLOURS[0], COLOURS[0]),
            ):
                mean, low, high = (100 * row[key][value] for value in ("mean", "low", "high"))
                bars = [[mean - low], [high - mean]]
                look = {"color": colour, "mfc": fill, "label": text if place == 0 else None}
                ax.errorbar([place + shift], [mean], bars, fmt="o", **look)
        ax.set_title(NAMES.get(name, name), fontsize=10)
        ax.set_xticks(range(len(rows)), [LABELS.get(each, each) for each in rows])
        ax.set_xlim(-0.5, len(rows) - 0.5)
    return _errors(fig, panels[0][0], 2, alt)


def sensitivity(
    boxes: Mapping[str, Sequence[Mapping[str, float]]], *, alt: str | None = None
) -> Drawing:
    """Draw the mean error against the box's scale, and against how far down it was moved.

    ``boxes``: ``scale`` and ``down``, each rows with that key and an error for every landmarker.
    """
    fig, panels = axes(1, 2, width=6.4, height=2.8, sharey=True)
    texts = {"scale": "box scaled by", "down": "box moved down (in its sides)"}
    for ax, (key, label) in zip(panels, texts.items(), strict=True):
        rows = boxes[key]
        for name in [each for each in rows[0] if each != key]:
            across, up = [row[key] for row in rows], [100 * row[name] for row in rows]
            ax.plot(across, up, LINES.get(name, "o-"), markersize=4, label=NAMES.get(name, name))
        ax.set_xlabel(label)
    return _errors(fig, panels[0], 3, alt)


def _errors(fig: Any, first: Any, columns: int, alt: str | None = None) -> Drawing:
    """Name the shared axis of errors, and put the legend above."""
    first.set_ylabel("mean error (%)")
    first.set_ylim(bottom=0)
    fig.legend(*first.get_legend_handles_labels(), loc="outside upper center", ncols=columns)
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
