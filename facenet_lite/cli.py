"""The command line: ``facenet-lite detect``, ``verify``, ``assets``, ``doctor``,
``experiment``, ``evaluate``, ``results``, ``build``, ``train``.

Answers go to standard output, errors and progress to standard error. The exit status is 0 for
success, 1 when something could not be done, and 2 when the command itself is wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from facenet_lite import __version__, _extras, assets, detect, models
from facenet_lite._files import whole
from facenet_lite.errors import FacenetLiteError

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        with _extras.named():
            return run(options)
    except (FacenetLiteError, FileNotFoundError) as error:
        return _complain(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has closed it, as `| head` does
        sys.stderr.close()
        return DONE


def _parser() -> argparse.ArgumentParser:
    # Imported here because only the commands that make the book need it.
    from facenet_lite.book import registry

    parser = argparse.ArgumentParser(prog="facenet-lite", description="Face identification.")
    parser.add_argument("--version", action="version", version=f"facenet-lite {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
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

    verify = commands.add_parser("verify", help="compare the surest faces of two photographs")
    verify.add_argument("a", type=Path, metavar="A")
    verify.add_argument("b", type=Path, metavar="B")
    verify.add_argument("--detector", choices=detect.NAMES, default="hog", help="default: hog")
    verify.add_argument("--model", choices=models.NAMES, default="dlib", help="default: dlib")
    verify.add_argument("--json", action="store_true", help="the answer as a JSON object")
    verify.set_defaults(run=_verify)

    listed = commands.add_parser("assets", help="list weights and data files, or copy them")
    listed.add_argument("--copy-to", type=Path, metavar="DIR", help="make a class's offline folder")
    listed.add_argument("--json", action="store_true", help="all fields, as JSON")
    listed.set_defaults(run=_assets)

    doctor = commands.add_parser("doctor", help="say what is installed, found and missing")
    doctor.set_defaults(run=_doctor)

    made: dict[registry.Command, str] = {
        "experiment": "make a recorded result again",
        "build": "make a file again that the package brings or reads",
    }
    for command, does in made.items():
        makes = commands.add_parser(command, help=does)
        names, listing = registry.listed(command), registry.in_words(command)
        makes.add_argument("name", choices=names, metavar="NAME", help=listing)
        makes.add_argument("--lfw", type=Path, metavar="DIR", help="the folder with LFW")
        makes.add_argument("--out", type=Path, metavar="DIR", help="where the file goes")
        makes.set_defaults(run=_make, command=command)

    judged = commands.add_parser("evaluate", help="judge a model on a benchmark, and record it")
    judged.add_argument(
        "--model", choices=(*models.NAMES, "pixels", "eigenfaces", "hog"), required=True
    )
    judged.add_argument(
        "--dataset", choices=registry.listed("evaluate"), default="lfw", help="default: lfw"
    )
    judged.add_argument("--crop", choices=("centre", "aligned"), default="aligned")
    judged.add_argument("--flip", action="store_true", help="average in the mirrored crop")
    judged.add_argument("--jitter", type=int, default=0, metavar="N", help="and N jittered crops")
    judged.add_argument(
        "--view", choices=("folds", "test"), default="folds", help="test: View 1, for choosing"
    )
    judged.add_argument("--lfw", type=Path, metavar="DIR", help="the folder with LFW")
    judged.add_argument("--out", type=Path, metavar="DIR", help="where JSON and distances go")
    judged.set_defaults(run=_evaluate)

    recorded = commands.add_parser("results", help="compare recorded results with today's")
    actions = recorded.add_subparsers(required=True, metavar="ACTION")
    checking = actions.add_parser("check", help="compute again what can be, and compare")
    checking.add_argument("names", nargs="*", metavar="NAME", help="default: all that are recorded")
    checking.add_argument("--lfw", type=Path, metavar="DIR", help="the folder with LFW")
    checking.add_argument("--full", action="store_true", help="all distances, not a sample")
    checking.set_defaults(run=_check_results)

    training = commands.add_parser(
        "train",
        help="train a network by triplets, or go on with a run that was stopped",
        epilog="settings are those of facenet_lite.train.Config, such as steps=800 data=lfw "
        "mining=batch_all,semi_hard@400",
    )
    training.add_argument("folder", type=Path, metavar="DIR", help="the run's folder")
    training.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="default: see below")
    training.set_defaults(run=_train)
    return parser


def _detect(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from facenet_lite import imaging

    as_picture = options.out is not None and options.out.suffix.lower() in (".png", ".jpg", ".jpeg")
    if as_picture and len(options.photos) > 1:
        return _complain(f"--out {options.out}: expected one photograph, got {len(options.photos)}")
    detector = detect.load(options.detector)
    status, lines = DONE, []
    for photo in tqdm(
        options.photos, unit="photo", disable=True if len(options.photos) == 1 else None
    ):
        try:
            image = imaging.read_image(photo)
            found = detector.detect(image)
        except (FacenetLiteError, FileNotFoundError) as error:
            status = _complain(error)
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
        return _complain(f"{options.out}: cannot be written ({error.strerror})")
    return status


def _in_words(row: dict[str, Any]) -> str:
    count = len(row["boxes"])
    lines = [f"{row['photo']}: {count} face{'' if count == 1 else 's'}"]
    for box, score in zip(row["boxes"], row["scores"], strict=True):
        lines.append(f"  x {box[0]:g}..{box[2]:g}  y {box[1]:g}..{box[3]:g}  score {score:g}")
    return "\n".join(lines)


def _verify(options: argparse.Namespace) -> int:
    from facenet_lite import distances, embed, imaging

    embedder = embed.load(options.model, detector=options.detector)
    embeddings = []
    for photo in (options.a, options.b):
        faces = embedder.embed(imaging.read_image(photo))
        if len(faces) == 0:
            return _complain(f"{photo}: no face found; try another --detector, such as mmod")
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


def _assets(options: argparse.Namespace) -> int:
    if options.copy_to is not None:
        for path in assets.copy_to(options.copy_to):
            print(path)
        print(f"now set FACENET_LITE_ASSETS={options.copy_to.absolute()}", file=sys.stderr)
        return DONE
    rows = [{**vars(asset), "state": assets.state(name)} for name, asset in _listed()]
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(f"{row['name']}: {row['state']}\n  {row['title']}; {row['bytes']:,} bytes")
            print(f"  {row['file']} from {row['package']}\n  licence: {row['licence']}")
            print(f"  {row['card']}")
    wrong = [a for name, a in _listed() if assets.state(name) in ("missing", "damaged")]
    return FAILED if any(asset.needed for asset in wrong) else DONE


def _listed() -> list[tuple[str, assets.Asset]]:
    return list(assets.registry().items())


def _doctor(options: argparse.Namespace) -> int:
    from facenet_lite import doctor

    findings = doctor.examine()
    for finding in findings:
        print(f"{finding.mark} {finding.what}: {finding.state}")
        if finding.remedy:
            print(f"      {finding.remedy}")
    return FAILED if any(finding.needed and not finding.good for finding in findings) else DONE


def _make(options: argparse.Namespace) -> int:
    from facenet_lite.book import registry

    make = registry.record if options.command == "experiment" else registry.build
    print(make(options.name, lfw=options.lfw, folder=options.out))
    return DONE


def _evaluate(options: argparse.Namespace) -> int:
    from facenet_lite.book import registry

    benchmark = registry.find("evaluate", options.dataset).load()
    config = benchmark.Config(
        model=options.model,
        crop=options.crop,
        flip=options.flip,
        jitter=options.jitter,
        view=options.view,
        lfw=options.lfw,
    )
    path = benchmark.save_result(config, folder=options.out)
    print(path)
    print(benchmark.in_words(json.loads(path.read_text(encoding="utf-8"))["data"]))
    return DONE


def _check_results(options: argparse.Namespace) -> int:
    from facenet_lite.book.experiments import check

    status = DONE
    for name in options.names or check.names():
        for finding in check.check(name, lfw=options.lfw, full=options.full):
            mark = {True: "ok", False: "WRONG", None: "-"}[finding.good]
            print(f"{name}: {mark:5} {finding.what}: {finding.detail}")
            status = FAILED if finding.good is False else status
    return status


def _train(options: argparse.Namespace) -> int:
    from facenet_lite import train
    from facenet_lite.train.loop import MODEL

    train.train(train.Config.from_words(options.settings), options.folder)
    print(options.folder / MODEL)
    return DONE


def _complain(error: object) -> int:
    print(f"facenet-lite: {error}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
