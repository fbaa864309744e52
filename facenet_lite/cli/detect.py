"""``facenet-lite detect``: find the faces in photographs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from facenet_lite.cli.answers import DONE, Commands, complain
from facenet_lite.cli.folders import command, quiet, say
from facenet_lite.cli.options import add_detector, detector_of
from facenet_lite.errors import FacenetLiteError, InputError

TEXTS = (".txt", ".json", ".jsonl")
"""The suffixes of files that answers are written to."""


def add(commands: Commands) -> None:
    """Declare the command and its options."""
    finding = command(commands, "detect", "find the faces in photographs", _detect)
    add_detector(finding)
    finding.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the answers there (.txt, .json, .jsonl) instead of printing; with a picture's "
        "suffix, the one photograph with its boxes",
    )
    finding.add_argument("--json", action="store_true", help="one JSON object a line")


def _detect(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from facenet_lite import imaging, photographs

    found = photographs.find(options.photos)
    as_picture = options.out is not None and imaging.is_written(options.out)
    if as_picture and len(found.photographs) != 1:
        raise InputError(
            f"--out {options.out}: expected one photograph, got {len(found.photographs)}"
        )
    if options.out is not None and not as_picture and options.out.suffix.lower() not in TEXTS:
        raise InputError(
            f"--out {options.out}: expected a name that ends in {', '.join(TEXTS)} for the "
            f"answers, or in {', '.join(sorted(imaging.WRITTEN))} for a picture"
        )
    detector, status = detector_of(options), DONE
    with _answers(None if as_picture else options.out) as answer:
        for photo in tqdm(found.photographs, unit="photo", disable=quiet(len(found.photographs))):
            try:
                image = imaging.read_image(photo)
                boxes = detector.detect(image)
            except (FacenetLiteError, OSError, MemoryError) as error:
                status = complain(str(error) or f"{photo}: there is not enough memory for it")
                continue
            if as_picture:
                imaging.write_image(imaging.with_boxes(image, boxes), options.out)
            row = {
                "photo": str(photo),
                "detector": options.detector,
                "boxes": [[round(float(v), 1) for v in box] for box in boxes.boxes],
                "scores": [round(float(score), 4) for score in boxes.scores],
            }
            answer(json.dumps(row) if options.json else _in_words(row))
    say(found)
    return status


@contextmanager
def _answers(out: Path | None) -> Iterator[Callable[[str], None]]:
    """A function that gives an answer as soon as it is there.

    Into a file they go under a name that ends in ``.part``, which becomes the file's own when all
    are there: one that was there before stays until then, and what was answered is not lost.
    """
    if out is None:
        yield lambda line: print(line, flush=True)
        return
    part, wrote = out.with_name(f"{out.name}.part"), False
    try:
        with part.open("w", encoding="utf-8", errors="surrogateescape") as stream:

            def write(line: str) -> None:
                nonlocal wrote
                stream.write(f"{line}\n")
                stream.flush()
                wrote = True

            try:
                yield write
            except BaseException:
                print(f"{part}: what was answered until now", file=sys.stderr)
                raise
        if wrote:
            os.replace(part, out)
        else:
            part.unlink()
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror})") from error


def _in_words(row: dict[str, Any]) -> str:
    count = len(row["boxes"])
    lines = [f"{row['photo']}: {count} face{'' if count == 1 else 's'}"]
    for box, score in zip(row["boxes"], row["scores"], strict=True):
        lines.append(f"  x {box[0]:g}..{box[2]:g}  y {box[1]:g}..{box[3]:g}  score {score:g}")
    return "\n".join(lines)
