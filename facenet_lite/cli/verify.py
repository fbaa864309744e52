"""``facenet-lite verify``: compare the faces of two photographs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facenet_lite.cli.answers import DONE, Commands, complain
from facenet_lite.cli.options import add_detector, add_model, chain_of

if TYPE_CHECKING:
    from facenet_lite.album.verification import Verification
    from facenet_lite.embed import Faces


def add(commands: Commands) -> None:
    """Declare the command and its options."""
    verify = commands.add_parser("verify", help="compare the faces of two photographs")
    verify.add_argument("a", type=Path, metavar="A")
    verify.add_argument("b", type=Path, metavar="B")
    verify.add_argument(
        "--face",
        choices=("nearest", "surest", "largest"),
        default="nearest",
        help="which of several faces to compare: of all pairs the nearest (default), in each "
        "photograph the one that the detector is surest of, or the largest",
    )
    add_detector(verify)
    add_model(verify)
    verify.add_argument("--json", action="store_true", help="all that was found as a JSON object")
    verify.add_argument(
        "--picture", type=Path, metavar="FILE", help="draw boxes, points, crops and distance there"
    )
    verify.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    from facenet_lite import imaging
    from facenet_lite.album.drawing import verification_picture
    from facenet_lite.album.no_face import advice
    from facenet_lite.album.verification import compare_faces

    chain = chain_of(options)
    images = [imaging.read_image(photo) for photo in (options.a, options.b)]
    found = []
    for photo, image in zip((options.a, options.b), images, strict=True):
        faces = chain.embed(image)
        if len(faces) == 0 and faces.left_out:
            return complain(
                f"{photo}: nothing of a face to compare in {faces.left_out} boxes: more than half "
                "lies outside the picture, or there is no contrast"
            )
        if len(faces) == 0:
            return complain(f"{photo}: no face found; {advice(image, chain.embedder.detector)}")
        found.append(faces)
    answer = compare_faces(
        *found,
        threshold=chain.embedder.model.spec.threshold,
        calibration=chain.calibration,
        face=options.face,
    )
    if options.picture is not None:
        imaging.write_image(verification_picture(images[0], images[1], answer), options.picture)
    if options.json:
        print(json.dumps(_all(options, answer)))
        return DONE
    print(
        f"squared distance {answer.squared_distance:.3f}, threshold {answer.threshold:.2f}: "
        f"{answer.verdict}"
    )
    for photo, faces, row in _both(options, answer):
        if len(faces) > 1:
            print(f"{photo}: {len(faces)} faces; the {options.face} is at {_at(faces, row)}")
        for weakness in faces.weaknesses(row):
            print(f"{photo}: {weakness}")
    print(answer.calibration or "measure them on your own people: facenet-lite calibrate FOLDER")
    pairs = answer.squared_distances.size
    if options.face == "nearest" and pairs > 1:
        print(f"these rates are of one pair; the nearest of {pairs} has more chances to be wrong")
    if answer.calibration is not None and answer.calibration is not chain.own:
        print(
            "photographs of another kind have other rates, often worse: facenet-lite calibrate "
            "FOLDER measures them on your own people",
            file=sys.stderr,
        )
    return DONE


def _both(options: argparse.Namespace, answer: Verification) -> list[tuple[Path, Faces, int]]:
    return list(zip((options.a, options.b), (answer.a, answer.b), answer.pair, strict=True))


def _at(faces: Faces, row: int) -> str:
    x1, y1, x2, y2 = (round(float(value)) for value in faces.boxes[row])
    return f"x {x1}..{x2}  y {y1}..{y2}"


def _all(options: argparse.Namespace, answer: Verification) -> dict[str, Any]:
    return {
        "squared_distance": answer.squared_distance,
        "threshold": answer.threshold,
        "same": answer.same,
        "face": options.face,
        "photographs": [
            {
                "photo": str(photo),
                "compared": row,
                "faces": [
                    {
                        "box": [round(float(value), 1) for value in faces.boxes[face]],
                        "score": round(float(faces.scores[face]), 4),
                        "weaknesses": faces.weaknesses(face),
                    }
                    for face in range(len(faces))
                ],
            }
            for photo, faces, row in _both(options, answer)
        ],
        "squared_distances": [[float(d) for d in row] for row in answer.squared_distances],
        "rates": None if answer.calibration is None else vars(answer.calibration),
    }
