"""``facenet-lite experiment``, ``build`` and ``results``: what the book records.

The workshop is imported only when one of these commands runs or shows its help.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from facenet_lite.cli.answers import DONE, FAILED, Commands


def add(commands: Commands) -> None:
    """Declare the three commands and their options."""
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
        makes.add_argument(
            "--out",
            type=Path,
            metavar="DIR",
            help="the folder it goes to; default: results, or beside LFW",
        )
        makes.set_defaults(run=_make, command=command)

    recorded = commands.add_parser("results", help="compare recorded results with today's")
    actions = recorded.add_subparsers(required=True, metavar="ACTION")
    checking = actions.add_parser("check", help="compute again what can be, and compare")
    checking.add_argument("names", nargs="*", metavar="NAME", help="default: all that are recorded")
    checking.add_argument("--lfw", type=Path, metavar="DIR", help="the folder with LFW")
    checking.add_argument("--full", action="store_true", help="all distances, not a sample")
    checking.set_defaults(run=_check_results)


def _make(options: argparse.Namespace) -> int:
    from facenet_lite.book import registry

    made = registry.record if options.command == "experiment" else registry.build
    place = registry.find(options.command, options.name).place
    out = Path(place) if options.out is None and place else options.out
    print(made(options.name, lfw=options.lfw, folder=out))
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
