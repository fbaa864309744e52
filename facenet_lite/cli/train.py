"""``facenet-lite train``: train a network by triplets."""

from __future__ import annotations

import argparse
from pathlib import Path

from facenet_lite.cli.answers import DONE, Commands


def add(commands: Commands) -> None:
    """Declare the command and its options."""
    training = commands.add_parser(
        "train",
        help="train a network by triplets, or go on with a run that was stopped",
        epilog="settings are those of facenet_lite.train.Config, such as steps=800 data=lfw "
        "mining=batch_all,semi_hard@400",
    )
    training.add_argument("folder", type=Path, metavar="DIR", help="the run's folder")
    training.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="default: see below")
    training.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    from facenet_lite import train
    from facenet_lite.train.loop import MODEL

    train.train(train.Config.from_words(options.settings), options.folder)
    print(options.folder / MODEL)
    return DONE
