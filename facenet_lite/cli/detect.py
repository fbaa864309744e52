"""``facenet-lite detect``: find the faces in photographs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from facenet_lite import detect
from facenet_lite._files import whole
from facenet_lite.cli.answers import DONE, Commands, complain
from facenet_lite.errors import FacenetLiteError


def add(commands: Commands) -> None:
    """Declare the command and its options."""
    finding = commands.add_parser("detect", help="find the faces in photographs")
    finding.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    finding.add_argument("--detector", choices=detect.NAMES, default="hog", help="default: hog")
    finding.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write there instead of printing; with a picture's suffix, "
        "the one photograph with its boxes",
    )
    finding.add_argument("--json", action="store_true", help="one JSON object a line")
    finding.set_defaults(run=_detect)


def _detect(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from facenet_lite import imaging

    as_picture = options.out is not None and options.out.suffix.lower() in (".png", ".jpg", ".jpeg")
    if as_picture and len(options.photos) > 1:
        return complain(f"--out {options.out}: expected one photograph, got {len(options.photos)}")
    detector = detect.load(options.detector)
    status, lines = DONE, []
    for photo in tqdm(
        options.photos, unit="photo", disable=True if len(options.photos) == 1 else None
    ):
        try:
            image = imaging.read_image(photo)
            found = detector.detect(image)
        except (FacenetLiteError, FileNotFoundError) as error:
            status = complain(error)
            continue
        if as_picture:
            imaging.write_image(imaging.with_boxes(image, found), options.out)
        row = {
            "photo": str(photo),
            "detector": options.detector,
            "boxes": [[round(float(v), 1) for v in box] for box in found.boxes],
            "scores": [round(float(score), 4) for score in found.scores],
        }
        lines.append(json.dumps(row) if options.json else _in_words(row))
    if options.out is None or as_picture:
        print("\n".join(lines))
        return status
    try:
        with whole(options.out) as part:
            part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        return complain(f"{options.out}: cannot be written ({error.strerror})")
    return status


def _in_words(row: dict[str, Any]) -> str:
    count = len(row["boxes"])
    lines = [f"{row['photo']}: {count} face{'' if count == 1 else 's'}"]
    for box, score in zip(row["boxes"], row["scores"], strict=True):
        lines.append(f"  x {box[0]:g}..{box[2]:g}  y {box[1]:g}..{box[3]:g}  score {score:g}")
    return "\n".join(lines)
