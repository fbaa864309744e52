"""What the commands on folders of photographs share: the walk, the progress, the survey."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from facenet_lite import _paths
from facenet_lite.cli.answers import DONE, FAILED, Commands, complain
from facenet_lite.cli.options import add_detector, add_model, add_processes, setup_of
from facenet_lite.errors import FacenetLiteError, InputError

if TYPE_CHECKING:
    from facenet_lite.album.chain import Chain
    from facenet_lite.album.table import FaceTable
    from facenet_lite.photographs import Found

UNMEASURED: Final = (
    "this network's threshold has never been measured: facenet-lite calibrate FOLDER chooses one "
    "on your own people"
)

Run: TypeAlias = Callable[[argparse.Namespace], int]


def command(commands: Commands, name: str, does: str, run: Run) -> argparse.ArgumentParser:
    """Declare a command that takes photographs, files and folders."""
    parser = commands.add_parser(name, help=does)
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="files and folders")
    parser.set_defaults(run=run)
    return parser


def for_surveys(parser: argparse.ArgumentParser) -> None:
    """The options of every command that makes a table of faces."""
    add_detector(parser)
    add_model(parser)
    add_processes(parser)


def each(photos: list[Path], out: Path, do: Callable[[Path, Path], int], nothing: str) -> int:
    """Do something with every photograph, whose file goes to the same place below ``out``."""
    from tqdm import tqdm

    from facenet_lite import photographs

    found, status = photographs.find(photos), DONE
    roots = [path for path in photos if _paths.is_folder(path)]
    taken: set[Path] = set()
    for photo in tqdm(found.photographs, unit="photo", disable=quiet(len(found.photographs))):
        root = next((root for root in roots if photo.is_relative_to(root)), photo.parent)
        target = out / photo.relative_to(root).with_suffix("")
        if target in taken:  # a.jpg beside a.png
            target = target.with_name(photo.name)
        taken.add(target)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if do(photo, target) == 0:
                print(f"{photo}: {nothing}", file=sys.stderr)
        except (FacenetLiteError, OSError, MemoryError) as error:
            status = complain(error)
    say(found)
    return status


@contextmanager
def surveyed(
    options: argparse.Namespace, found: Found, out: Path, people: tuple[str, ...] = ()
) -> Iterator[FaceTable]:
    """The table of the photographs' faces; what was found is kept beside ``out`` until it is
    written, so that the same command goes on where it stopped."""
    from facenet_lite.album.surveying import survey
    from facenet_lite.album.table import FaceTable

    if not _paths.is_folder(out.absolute().parent):
        raise InputError(f"{out}: the folder {out.absolute().parent} does not exist; make it first")
    keep = out.with_name(f".{out.name}.kept")
    known = []
    if out.suffix.lower() == ".npz" and _paths.what(out) != _paths.NOTHING:
        known = [FaceTable.load(out)]
    table = survey(
        found.photographs, setup_of(options), people=people, known=known, keep=keep,
        processes=options.processes, progress=quiet(len(found.photographs)) is None,
    )  # fmt: skip
    for path, reason in table.failed:
        complain(f"{path}: {reason}")
    if not table.photographs:
        say(found)
        raise InputError(
            f"{out}: not written, since none of {len(found.photographs)} photographs could be read"
        )
    yield table
    shutil.rmtree(keep, ignore_errors=True)


def threshold_of(chain: Chain, given: float | None = None) -> float:
    """The threshold given, or the measured one; a threshold that nobody has measured is refused."""
    if given is not None:
        return given
    if chain.calibration is None:
        raise InputError(UNMEASURED)
    return chain.calibration.threshold


def check_suffix(path: Path, *suffixes: str) -> None:
    """Refuse an ``--out`` of another kind before any work is done."""
    if path.suffix.lower() not in suffixes:
        raise InputError(f"--out {path}: expected a name that ends in {' or '.join(suffixes)}")


def folder(path: Path) -> Path:
    """The folder that ``--out`` names, made if it is missing."""
    if _paths.what(path) not in (_paths.NOTHING, _paths.FOLDER):
        raise InputError(f"--out {path}: expected a folder, got a file")
    path.mkdir(parents=True, exist_ok=True)
    return path


def quiet(count: int) -> bool | None:
    """For tqdm's ``disable``: no bar for one photograph, or where nobody looks at it."""
    return True if count < 2 or not sys.stderr.isatty() else None


def say(found: Found) -> None:
    """Say on standard error what was left out, if anything was."""
    if found.left_out:
        print(found.summary(), file=sys.stderr)


def status_of(found: Found, table: FaceTable) -> int:
    """The exit status, after saying what was left out."""
    say(found)
    return FAILED if table.failed else DONE
