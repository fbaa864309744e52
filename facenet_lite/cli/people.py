"""``facenet-lite embed``, ``enroll``, ``identify`` and ``calibrate``: who is on photographs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facenet_lite.cli.answers import DONE, Commands, complain
from facenet_lite.cli.folders import (
    UNMEASURED,
    check_suffix,
    command,
    for_surveys,
    quiet,
    say,
    status_of,
    surveyed,
    threshold_of,
)
from facenet_lite.cli.options import add_detector, add_model, chain_of, setup_of
from facenet_lite.errors import FacenetLiteError, InputError

if TYPE_CHECKING:
    from facenet_lite.album.gallery import Match


def add(commands: Commands) -> None:
    """Declare the commands and their options."""
    embed = command(commands, "embed", "write a table of all faces with their embeddings", _embed)
    embed.add_argument("--out", type=Path, metavar="FILE", required=True, help=".npz or .csv")
    for_surveys(embed)

    enroll = commands.add_parser("enroll", help="make a gallery of known people")
    enroll.add_argument("folder", type=Path, metavar="FOLDER", help="one sub-folder a person")
    enroll.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="such as people.npz"
    )
    for_surveys(enroll)
    enroll.set_defaults(run=_enroll)

    identify = command(commands, "identify", "say who of a gallery is in photographs", _identify)
    identify.add_argument("--gallery", type=Path, metavar="FILE", required=True)
    identify.add_argument("--threshold", type=float, metavar="D", help="a squared distance")
    identify.add_argument("--json", action="store_true", help="one JSON object a line")
    add_detector(identify)
    add_model(identify)

    calibrate = commands.add_parser(
        "calibrate", help="choose a threshold on your own people, for a wished false accept rate"
    )
    calibrate.add_argument("folder", type=Path, metavar="FOLDER", help="one sub-folder a person")
    calibrate.add_argument(
        "--far", type=float, default=0.01, help="the rate to keep to; default: 0.01"
    )
    calibrate.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="default: beside a network's file, or MODEL.calibration.json here",
    )
    for_surveys(calibrate)
    calibrate.set_defaults(run=_calibrate)


def _embed(options: argparse.Namespace) -> int:
    from facenet_lite import photographs

    check_suffix(options.out, ".npz", ".csv")
    found = photographs.find(options.photos)
    with surveyed(options, found, options.out) as table:
        print(table.save(options.out))
    return status_of(found, table)


def _enroll(options: argparse.Namespace) -> int:
    from facenet_lite import photographs
    from facenet_lite.album.gallery import Gallery

    check_suffix(options.out, ".npz")
    found = photographs.people(options.folder)
    with surveyed(options, found, options.out, found.names) as table:
        gallery = Gallery.of(table)
        print(gallery.table.save(options.out))
    without = len(table.photographs) - len(gallery.table)
    several = len(table) - len(gallery.table)
    print(
        f"{len(gallery.people):,} people, {len(gallery.table):,} photographs; {without:,} without "
        f"a face; {several:,} more faces in photographs of several, where the largest is enrolled",
        file=sys.stderr,
    )
    known = setup_of(options).open().calibration
    print(gallery.rates(known.threshold) if known else UNMEASURED)
    return status_of(found, table)


def _identify(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from facenet_lite import imaging, photographs
    from facenet_lite.album.gallery import Gallery
    from facenet_lite.album.no_face import advice
    from facenet_lite.album.table import FaceTable

    gallery = Gallery(FaceTable.load(options.gallery))
    source = gallery.table.source
    options.model = options.model if options.model != "dlib" else source.model
    chain = chain_of(options)
    if chain.source.weights != source.weights:
        raise InputError(
            f"{options.gallery}: expected a gallery of the network {options.model!r}, got one of "
            f"{source.model!r}, whose embeddings cannot be compared"
        )
    threshold = threshold_of(chain, options.threshold)
    found, status = photographs.find(options.photos), DONE
    for photo in tqdm(found.photographs, unit="photo", disable=quiet(len(found.photographs))):
        try:
            image = imaging.read_image(photo)
            faces = chain.embed(image)
        except (FacenetLiteError, OSError, MemoryError) as error:
            status = complain(error)
            continue
        if len(faces) == 0:
            hint = advice(image, chain.embedder.detector)
            status = complain(f"{photo}: no face found; {hint}")
            continue
        matches = gallery.identify(faces.embeddings, threshold)
        rows = [
            {"box": [round(float(v), 1) for v in box], **vars(match), "weak": faces.weaknesses(n)}
            for n, (box, match) in enumerate(zip(faces.boxes, matches, strict=True))
        ]
        if options.json:
            print(
                json.dumps({"photo": str(photo), "threshold": threshold, "faces": rows}), flush=True
            )
        else:
            print(f"{photo}:", flush=True)
            for row, match in zip(rows, matches, strict=True):
                print(f"  {_who(row, match)}", flush=True)
    say(found)
    print(gallery.rates(threshold), file=sys.stderr)
    return status


def _who(row: dict[str, Any], match: Match) -> str:
    x1, y1, x2, y2 = row["box"]
    at = f"x {x1:g}..{x2:g}  y {y1:g}..{y2:g}"
    near = f"{match.nearest} at {match.squared_distance:.3f}"
    after = "" if match.second is None else f", then {match.second} at {match.second_distance:.3f}"
    weak = "".join(f"; {reason}" for reason in row["weak"])
    return f"{at}  {match.name or 'nobody known'} (nearest: {near}{after}){weak}"


def _calibrate(options: argparse.Namespace) -> int:
    import numpy as np

    from facenet_lite import evaluate, photographs
    from facenet_lite.album.chain import calibration_beside
    from facenet_lite.album.gallery import Gallery

    out = options.out or calibration_beside(options.model)
    out = out or Path(f"{options.model}.calibration.json")
    found = photographs.people(options.folder)
    with surveyed(options, found, out, found.names) as table:
        gallery = Gallery.of(table).table
        _, who = np.unique(gallery.names, return_inverse=True)
        calibration = evaluate.calibrate(
            gallery.embeddings, who, options.far,
            rng=np.random.default_rng(0), weights=table.source.weights,
            on=f"{len(gallery):,} photographs of {who.max() + 1:,} people in {options.folder}",
        )  # fmt: skip
        print(calibration.save(out))
    print(calibration)
    return status_of(found, table)
