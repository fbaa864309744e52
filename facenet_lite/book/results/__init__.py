"""Recorded measurements: what a chapter quotes, and how it was made.

``results/NAME.json`` holds the measurement under ``data``, beside the command, the seed, the
versions, the machine, the date and the time that made it.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite._checks import check_array, check_number, describe
from facenet_lite._files import whole
from facenet_lite.errors import InputError, ResultError

Record: TypeAlias = dict[str, Any]


class Distances(NamedTuple):
    """``squared`` float32 (P,): pairs' distances; ``is_same`` bool (P,); ``folds`` int64 (P,)."""

    squared: NDArray[np.float32]
    is_same: NDArray[np.bool_]
    folds: NDArray[np.int64]


class Measured(NamedTuple):
    """A measurement to be recorded: ``data``, how many ``seconds`` it took, and the ``seed`` of its
    draws."""

    data: Mapping[str, Any]
    seconds: float
    seed: int = 0


FORMAT: Final = 1
FOLDER: Final = Path(__file__).parent
MAX_BYTES: Final = 100_000
"""A recorded result holds only the figures that are quoted, not the raw answers."""
PACKAGES: Final = (
    *("dlib-bin", "faiss-cpu", "numpy", "opencv-python", "pillow"),
    *("scikit-image", "scikit-learn", "scipy", "torch"),
)
FIELDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "format": int,
    "name": str,
    "command": str,
    "seed": int,
    "versions": dict,
    "machine": dict,
    "date": str,
    "seconds": (int, float),
    "data": dict,
}


def load(name: str, folder: Path | None = None) -> Record:
    """Read the recorded result ``name``; the measurement is under ``data``.

    Raises ResultError where there is none, or where it does not have the form that ``check`` wants.
    """
    path = _path(name, folder)
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in path.parent.glob("*.json"))) or "none"
        raise ResultError(f"{path}: there is no such result; recorded are: {names}")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultError(f"{path}: expected JSON ({error}); make it again") from error
    return check(record, name)


def save(
    name: str,
    data: Mapping[str, Any],
    *,
    command: str,
    seed: int,
    seconds: float,
    folder: Path | None = None,
) -> Path:
    """Write a result with its command, seed, versions, machine and date, and return its path.

    ``seconds``: how long the measurement took. Raises ResultError for data that JSON
    cannot hold or that takes over 100 kB.
    """
    path = _path(name, folder)
    record = {
        "format": FORMAT,
        "name": name,
        "command": command,
        "seed": seed,
        "versions": versions(),
        "machine": machine(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seconds": round(float(check_number(seconds, "seconds", low=0)), 1),
        "data": dict(data),
    }
    check(record, name)
    try:
        text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    except (TypeError, ValueError) as error:
        raise ResultError(f"{name}: expected data that JSON can hold ({error})") from error
    size = len(text.encode())
    if size > MAX_BYTES:
        raise ResultError(f"{name}: expected at most {MAX_BYTES:,} bytes, got {size:,}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")
    return path


def load_distances(name: str, folder: Path | None = None) -> Distances:
    """Read the pairs' distances that lie beside the result ``name``, in ``NAME.npz``.

    Raises ResultError where there are none, or where the file is damaged.
    """
    path = _path(name, folder).with_suffix(".npz")
    if not path.is_file():
        raise ResultError(f"{path}: there are no distances of this name; make the result again")
    try:
        # subtle: np.load leaves a damaged file open when it is given its path.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            found = (stored["squared"], stored["is_same"], stored["folds"])
        return _distances(*found)
    except (KeyError, OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ResultError(f"{path}: expected pairs' distances ({error}); make it again") from error


def save_distances(
    name: str,
    squared: ArrayLike,
    is_same: ArrayLike,
    folds: ArrayLike,
    folder: Path | None = None,
) -> Path:
    """Write pairs' distances (P,), answers bool (P,) and folds (P,) beside the result ``name``."""
    found = _distances(np.asarray(squared, np.float32), np.asarray(is_same), np.asarray(folds))
    path = _path(name, folder).with_suffix(".npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {**found._asdict(), "folds": found.folds.astype(np.int8)}
    with whole(path) as part, part.open("wb") as stream:
        np.savez_compressed(stream, **arrays)
    return path


def _distances(squared: Any, is_same: Any, folds: Any) -> Distances:
    distances = check_array(squared, "squared", shape=(None,), dtype=np.float32)
    if is_same.shape != distances.shape or is_same.dtype != np.bool_:
        raise InputError(f"is_same: expected bool (P,), got {describe(is_same)}")
    return Distances(
        distances, is_same, check_array(folds, "folds", shape=distances.shape, dtype=np.int64)
    )


def check(record: Any, name: str) -> Record:
    """Return a record that has every field, of the right type; raises ResultError otherwise."""
    if not isinstance(record, dict):
        raise ResultError(f"{name}: expected a JSON object, got {describe(record)}")
    for field, kind in FIELDS.items():
        if field not in record:
            raise ResultError(f"{name}: the field {field!r} is missing; make it again")
        if not isinstance(record[field], kind) or isinstance(record[field], bool):
            raise ResultError(f"{name}: {field} is {describe(record[field])}; make it again")
    if record["format"] != FORMAT or record["name"] != name:
        raise ResultError(
            f"{name}: expected format {FORMAT} of {name!r}, got format {record['format']} "
            f"of {record['name']!r}; update the package"
        )
    return record


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that measurements depend on.

    ``dlib.DLIB_USE_BLAS`` says whether dlib uses a library to multiply matrices: its network's
    last digits and its time depend on that.
    """
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed under this name"
    import dlib  # loading it takes a while, and reading a result needs none

    found["dlib.DLIB_USE_BLAS"] = str(dlib.DLIB_USE_BLAS)
    return found


def machine(*, cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, str | int]:
    """The processor's model, the number of cores that may be used, and the system.

    ``cpuinfo``: where Linux names the model.
    """
    usable = getattr(os, "sched_getaffinity", None)
    cores = len(usable(0)) if usable else os.cpu_count() or 1
    return {"cpu": _cpu(cpuinfo), "cores": cores, "system": platform.system()}


def _cpu(info: Path) -> str:
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "unknown"


def _path(name: str, folder: Path | None) -> Path:
    if not isinstance(name, str) or not name.replace("-", "_").isidentifier() or name[0] == "-":
        raise ResultError(
            f"name: expected a result's name such as 'detectors', got {describe(name)}"
        )
    return (FOLDER if folder is None else Path(folder)) / f"{name}.json"
