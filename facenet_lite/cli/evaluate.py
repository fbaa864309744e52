"""``facenet-lite evaluate``: judge a model, on a benchmark or on photographs of your own."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

from facenet_lite import models
from facenet_lite.cli.answers import DONE, Commands
from facenet_lite.cli.folders import status_of, surveyed
from facenet_lite.cli.options import add_detector, add_processes

BASELINES: Final = ("pixels", "eigenfaces", "hog")


def add(commands: Commands) -> None:
    """Declare the command and its options."""
    from facenet_lite.book import registry

    judged = commands.add_parser("evaluate", help="judge a model on a benchmark, and record it")
    judged.add_argument(
        "--model",
        required=True,
        metavar="NAME|FILE",
        help=f"one of {', '.join(models.NAMES)}; on LFW also {', '.join(BASELINES)}; on your own "
        "photographs also a file that facenet-lite train has written",
    )
    own = judged.add_mutually_exclusive_group()
    own.add_argument("--folder", type=Path, metavar="DIR", help="your own: one sub-folder a person")
    own.add_argument(
        "--pairs", type=Path, metavar="FILE", help="your own: lines of two photographs and 1 or 0"
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
    judged.add_argument(
        "--out", type=Path, metavar="DIR", help="where JSON and distances go; default: results"
    )
    judged.set_defaults(run=_evaluate)
    add_detector(judged)
    add_processes(judged)


def _evaluate(options: argparse.Namespace) -> int:
    if options.folder is not None or options.pairs is not None:
        return _evaluate_own(options)
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
    path = benchmark.save_result(config, folder=options.out or Path("results"))
    print(path)
    print(benchmark.in_words(json.loads(path.read_text(encoding="utf-8"))["data"]))
    return DONE


def _evaluate_own(options: argparse.Namespace) -> int:
    from facenet_lite import photographs
    from facenet_lite.album.judging import judge_pairs, judge_people, read_pair_list
    from facenet_lite.cli.options import setup_of

    options.calibration = None
    where = Path("evaluate") if options.out is None else options.out
    if options.folder is not None:
        people = photographs.people(options.folder)
        found: photographs.Found = people
        with surveyed(options, people, where, people.names) as table:
            judged = judge_people(table)
    else:
        pairs = read_pair_list(options.pairs)
        found = photographs.Found(tuple(dict.fromkeys(p for pair in pairs for p in pair[:2])))
        with surveyed(options, found, where) as table:
            judged = judge_pairs(table, pairs)
    calibration = setup_of(options).open().calibration
    print("\n".join(judged.lines(None if calibration is None else calibration.threshold)))
    return status_of(found, table)
