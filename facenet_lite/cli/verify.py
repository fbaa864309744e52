"""``facenet-lite verify``: compare the faces of two photographs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from facenet_lite import detect, models
from facenet_lite.cli.answers import DONE, Commands, complain


def add(commands: Commands) -> None:
    """Declare the command and its options."""
    verify = commands.add_parser("verify", help="compare the surest faces of two photographs")
    verify.add_argument("a", type=Path, metavar="A")
    verify.add_argument("b", type=Path, metavar="B")
    verify.add_argument("--detector", choices=detect.NAMES, default="hog", help="default: hog")
    verify.add_argument("--model", choices=models.NAMES, default="dlib", help="default: dlib")
    verify.add_argument("--json", action="store_true", help="the answer as a JSON object")
    verify.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    from facenet_lite import distances, embed, imaging

    embedder = embed.load(options.model, detector=options.detector)
    embeddings = []
    for photo in (options.a, options.b):
        faces = embedder.embed(imaging.read_image(photo))
        if len(faces) == 0:
            return complain(f"{photo}: no face found; try another --detector, such as mmod")
        if len(faces) > 1:
            print(f"{photo}: {len(faces)} faces, the surest is compared", file=sys.stderr)
        embeddings.append(faces.embeddings[0])
    distance = float(distances.squared_distances(embeddings[0], embeddings[1]))
    threshold = embedder.model.spec.threshold
    answer = {"squared_distance": distance, "threshold": threshold, "same": distance <= threshold}
    if options.json:
        print(json.dumps(answer))
    else:
        verdict = "the same person" if answer["same"] else "different people"
        print(f"squared distance {distance:.3f}, threshold {threshold:.2f}: {verdict}")
    return DONE
