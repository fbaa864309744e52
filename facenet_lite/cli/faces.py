"""``facenet-lite crop`` and ``blur``: pictures of faces, and pictures without them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from facenet_lite.cli.answers import Commands
from facenet_lite.cli.folders import command, each, folder
from facenet_lite.cli.options import add_detector


def add(commands: Commands) -> None:
    """Declare the commands and their options."""
    crop = command(commands, "crop", "write every face, turned upright, as a file", _crop)
    crop.add_argument("--out", type=Path, metavar="DIR", required=True)
    crop.add_argument("--size", type=int, default=160, help="pixels a side; default: 160")
    crop.add_argument(
        "--margin", type=float, default=0.25, help="space around a face, as a part; default: 0.25"
    )
    add_detector(crop)

    blur = command(commands, "blur", "make faces unrecognisable, for publishing", _blur)
    blur.add_argument("--out", type=Path, metavar="DIR", required=True)


def _crop(options: argparse.Namespace) -> int:
    from facenet_lite import align, embed, imaging, landmarks
    from facenet_lite.boxes import reframe
    from facenet_lite.cli.options import detector_of

    detector, landmarker = detector_of(options), landmarks.load(5)
    out = folder(options.out)

    def crop(photo: Path, target: Path) -> int:
        image = imaging.read_image(photo)
        boxes = reframe(detector.detect(image).boxes, detector.frame)
        points = landmarker.locate(image, boxes)
        seen = align.measure_quality(image, boxes, points).inside >= embed.EMPTY
        crops = align.crop(image, points[seen], options.size, crop_margin=options.margin)
        for number, face in enumerate(crops):
            name = f"{target.name}{f'-{number + 1}' if number else ''}.png"
            print(imaging.write_image(face, target.with_name(name)), flush=True)
        return len(crops)

    return each(options.photos, out, crop, "no face found")


def _blur(options: argparse.Namespace) -> int:
    from facenet_lite import detect, imaging
    from facenet_lite.album.blurring import blurred, every_face

    detectors = [detect.load(name) for name in detect.NAMES]
    out = folder(options.out)

    def blur(photo: Path, target: Path) -> int:
        image = imaging.read_image(photo)
        boxes = every_face(image, detectors)
        suffix = ".png" if photo.suffix.lower() == ".png" else ".jpg"
        path = target.with_name(target.name + suffix)
        print(imaging.write_image(blurred(image, boxes), path), flush=True)
        return len(boxes)

    status = each(options.photos, out, blur, "no face found: nothing in it is blurred")
    print(
        "look at each picture before you publish it: a detector misses faces that are turned, "
        "covered or small, and hair, clothes and places tell who it is as well",
        file=sys.stderr,
    )
    return status
