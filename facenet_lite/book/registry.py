"""What can be recorded, rebuilt and checked: the one table that the command line reads.

A new experiment is registered here, in ``ENTRIES``, and nowhere else.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from facenet_lite._checks import check_choice
from facenet_lite.book import results
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data import lfw_reference

Command: TypeAlias = Literal["experiment", "build", "evaluate"]
Needs: TypeAlias = Literal["nothing", "lfw", "reference"]


@dataclass(frozen=True)
class Entry:
    """``name``: what ``facenet-lite COMMAND NAME`` calls it; ``module``: of ``facenet_lite.book``,
    which measures it (``measure``), builds it (``build``) or has the settings to evaluate
    (``Config``); ``what`` it is.

    ``needs``: ``nothing`` beyond the package (some then measure less); ``lfw``, a copy of LFW; or
    ``reference``, also the file in it that ``build lfw-reference`` makes. ``again``: the function
    of ``facenet_lite.book`` that computes a recorded result again, in the form of
    ``experiments.finding``; None where that takes the whole command. ``by_name``: the module makes
    several entries and is told which. ``result``: the recorded result's name, ``*`` for any letters
    in it, by default ``name``; "" where nothing is recorded. ``before``: what precedes the command
    when it is recorded. ``place``: the folder in which the command puts it unless told otherwise;
    never the installed package; "" where the builder says.
    """

    command: Command
    name: str
    module: str
    what: str
    needs: Needs = "lfw"
    again: str | None = None
    by_name: bool = False
    result: str | None = None
    before: str = ""
    place: str = "results"

    @property
    def line(self) -> str:
        """The whole command, as it is recorded with what it measures."""
        return f"{self.before}facenet-lite {self.command} {self.name} --lfw DIR"

    @property
    def which(self) -> tuple[str, ...]:
        """The first arguments of the module's function: the name, if it makes several entries."""
        return (self.name,) if self.by_name else ()

    def load(self) -> Any:
        """Import the module only when it runs, since it loads detectors and networks."""
        return importlib.import_module(f"facenet_lite.book.{self.module}")

    def load_again(self) -> Callable[..., Any] | None:
        """The function that computes the result again, or None if there is none."""
        if self.again is None:
            return None
        module, _, function = self.again.rpartition(".")
        found = importlib.import_module(f"facenet_lite.book.{module}")
        again: Callable[..., Any] = getattr(found, function)
        return again

    def check_needs(self, folder: Path | None) -> None:
        """Raise AssetMissingError before anything is measured if a required file is missing."""
        if self.needs != "nothing":
            copy = lfw_data.find(folder)
            if self.needs == "reference":
                lfw_reference.check(copy)


ENTRIES: Final = (
    Entry(
        "experiment", "all_pairs", "experiments.lfw.all_pairs",
        "every pair of LFW's pictures, at false accept rates down to one in a million",
        needs="reference", again="experiments.lfw.again.all_pairs",
    ),
    Entry(
        "experiment", "alignment", "experiments.alignment.five_crops",
        "ten-fold accuracy on LFW of faces cropped in five ways",
    ),
    Entry(
        "experiment", "detectors", "experiments.detectors.rates",
        "the four detectors on scenes made of LFW's faces",
    ),
    Entry(
        "experiment", "nobody", "experiments.nobody.quality",
        "drawn faces: found, told apart, nobody's copies, like real ones",
        needs="reference",
    ),
    Entry(
        "experiment", "landmarks", "experiments.landmarks.accuracy",
        "landmarks against the truth on Faces of Nobody, in each detector's boxes",
    ),
    Entry(
        "experiment", "identification", "experiments.identification.one_to_many",
        "one face among many: LFW's people, and speed among a million vectors",
        needs="reference", before="OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 ",
    ),
    Entry(
        "experiment", "net_formats", "experiments.networks.formats",
        "the trained networks in ONNX and in 8 bits: size, speed, accuracy",
    ),
    Entry(
        "experiment", "training", "experiments.trained.five_minutes",
        "triplets on Faces of Nobody alone, judged on people never seen",
    ),
    Entry(
        "experiment", "jpeg_quality", "experiments.image_quality.degraded",
        "the networks on faces compressed by JPEG: the left half of FaceNet's table 4",
        needs="nothing", again="experiments.image_quality.again.again", by_name=True,
    ),
    Entry(
        "experiment", "image_size", "experiments.image_quality.degraded",
        "the networks on faces of few pixels: the right half of FaceNet's table 4",
        needs="nothing", again="experiments.image_quality.again.again", by_name=True,
    ),
    Entry(
        "experiment", "embedding_dim", "experiments.trained.one_setting",
        "networks trained with 16 to 512 numbers for a face",
        needs="nothing", again="experiments.trained.again.again", by_name=True,
    ),
    Entry(
        "experiment", "training_data", "experiments.trained.training_data",
        "networks trained on a hundred to a hundred thousand people, and pictures",
        needs="nothing", again="experiments.trained.again.again",
    ),
    Entry(
        "experiment", "margin", "experiments.trained.one_setting",
        "networks trained with margins from 0 to 1",
        needs="nothing", again="experiments.trained.again.again", by_name=True,
    ),
    Entry(
        "experiment", "mining", "experiments.trained.one_setting",
        "networks trained on the triplets of every rule of mining",
        needs="nothing", again="experiments.trained.again.again", by_name=True,
    ),
    Entry(
        "experiment", "architectures", "experiments.networks.architectures",
        "what FaceNet's networks, ours and dlib's cost, and how good they are",
        needs="nothing", again="experiments.networks.architectures.again",
    ),
    Entry(
        "evaluate", "lfw", "experiments.lfw.benchmark",
        "a model on LFW's pairs, by the benchmark's own protocol",
        again="experiments.lfw.again.benchmark", result="lfw_*",
    ),
    Entry(
        "build", "lfw-reference", "builders.lfw_reference",
        "the boxes, landmarks and embeddings that dlib finds in LFW's pictures",
        result="", place="",
    ),
    Entry(
        "build", "verify-rates", "builders.verify_rates",
        "the rates that verify and cluster say of their thresholds, on LFW's View 1",
        result="",
    ),
    Entry(
        "build", "nobody", "builders.nobody",
        "the face model behind Faces of Nobody, from LFW's View 1 training people",
        needs="reference", result="",
    ),
    Entry(
        "build", "nobody-triplet", "builders.nets",
        "a network trained by triplets of drawn faces alone",
        by_name=True, result="net_nobody-triplet",
    ),
    Entry(
        "build", "lfw-triplet", "builders.nets",
        "the same, trained on by triplets of LFW's View 1 training people",
        by_name=True, result="net_lfw-triplet",
    ),
    Entry(
        "build", "lfw-distilled", "builders.nets",
        "a network that learnt dlib's embeddings of these people and of drawn faces",
        by_name=True, result="net_lfw-distilled",
    ),
)  # fmt: skip
"""Everything that can be made again, in the order in which it is listed."""


def listed(command: Command) -> dict[str, Entry]:
    """The entries of one command, by name."""
    return {entry.name: entry for entry in ENTRIES if entry.command == command}


def in_words(command: Command) -> str:
    """The same in one line, for the command's help."""
    return "; ".join(f"{name}: {entry.what}" for name, entry in listed(command).items())


def find(command: Command, name: str) -> Entry:
    """The entry with this name; for an unknown one, raises InputError with the known names."""
    known = listed(command)
    return known[check_choice(name, command, known)]


def behind(result: str) -> Entry | None:
    """The entry that made the recorded result of this name; None where none did."""
    for entry in ENTRIES:
        if fnmatchcase(result, entry.name if entry.result is None else entry.result):
            return entry
    return None


def record(
    name: str, *, lfw: Path | None = None, folder: Path | None = None, config: Any = None
) -> Path:
    """Run an experiment, and write ``NAME.json`` into ``folder`` (None: among the package's own).

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it); ``config``: other settings
    than the recorded result's, as the module's ``measure`` takes them. Returns the file's path.
    Raises InputError for an unknown name, AssetMissingError where LFW is needed and missing, and
    what the experiment itself raises.
    """
    entry = find("experiment", name)
    entry.check_needs(lfw)
    data, seconds, seed = entry.load().measure(*entry.which, lfw=lfw, config=config)
    return results.save(name, data, command=entry.line, seed=seed, seconds=seconds, folder=folder)


def build(name: str, *, lfw: Path | None = None, folder: Path | None = None) -> Path:
    """Make a file again with the settings it was made with, and return its path.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it); ``folder``: where the file
    goes (None: where its builder puts it). Raises as ``record`` does.
    """
    entry = find("build", name)
    entry.check_needs(lfw)
    path: Path = entry.load().build(*entry.which, lfw=lfw, folder=folder)
    return path
