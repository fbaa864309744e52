"""The options that several commands have, declared once so that they mean the same everywhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from facenet_lite import detect, models

if TYPE_CHECKING:
    from facenet_lite.album.chain import Chain
    from facenet_lite.album.surveying import Setup
    from facenet_lite.detect import Detector


def add_detector(parser: argparse.ArgumentParser) -> None:
    """``--detector``, ``--upsample`` and ``--score``."""
    parser.add_argument("--detector", choices=detect.NAMES, default="hog", help="default: hog")
    parser.add_argument(
        "--upsample",
        type=int,
        metavar="N",
        help="double the picture N times first, to find smaller faces (hog, mmod)",
    )
    parser.add_argument(
        "--score",
        type=float,
        metavar="S",
        help="the lowest score that counts as a face; a lower one finds more, rightly and wrongly",
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """``--model`` and ``--calibration``."""
    parser.add_argument(
        "--model",
        default="dlib",
        metavar="NAME|FILE",
        help=f"one of {', '.join(models.NAMES)}, or a file that facenet-lite train has written; "
        "default: dlib",
    )
    parser.add_argument(
        "--calibration",
        type=Path,
        metavar="FILE",
        help="the threshold and its rates, as facenet-lite calibrate wrote them",
    )


def detector_of(options: argparse.Namespace) -> Detector:
    """The detector that the options ask for."""
    return detect.load(options.detector, upsample=options.upsample, score_threshold=options.score)


def chain_of(options: argparse.Namespace) -> Chain:
    """Detector and network that the options ask for."""
    return setup_of(options).open()


def add_processes(parser: argparse.ArgumentParser) -> None:
    """``--processes``."""
    parser.add_argument(
        "--processes", type=int, metavar="N", help="how many cores work; default: all of them"
    )


def setup_of(options: argparse.Namespace) -> Setup:
    """The same for a survey, whose processes each load their own."""
    from facenet_lite.album.surveying import Setup

    return Setup(
        options.model, options.detector, options.upsample, options.score, options.calibration
    )
