"""``facenet-lite experiment``, ``build``, ``evaluate`` and ``results``: what the book records.

The workshop is imported only when one of these commands runs or shows its help.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from facenet_lite import models
from facenet_lite.cli.answers import DONE, FAILED, Commands


def add(commands: Commands) -> None:
    """Declare the four commands and their options."""
    from facenet_lite.book import registry

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
