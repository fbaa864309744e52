"""Parts of a long measurement, kept on the way so that an interrupted run can resume."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite import _files
from facenet_lite._files import whole
from facenet_lite.book import results

Arrays: TypeAlias = Mapping[str, NDArray[Any]]


def once(path: Path, make_it: Any) -> Any:
    """Read the part at ``path``, or make it and write it there atomically, as JSON."""
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    value = make_it()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part:
        part.write_text(json.dumps(value), encoding="utf-8")
    return value


def once_arrays(path: Path, make_it: Callable[[], Arrays]) -> tuple[dict[str, NDArray[Any]], float]:
    """Read the arrays at ``path``, or make them and write them there atomically.

    Also returns the seconds that making them took.
    """
    if not path.is_file():
        start = time.perf_counter()
        made = make_it()
        write_arrays(path, {**made, "seconds": np.array(time.perf_counter() - start)})
    with np.load(path, allow_pickle=False) as stored:
        found = dict(stored)
    return found, float(found.pop("seconds"))


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write named arrays to one ``.npz`` file, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, part.open("wb") as stream:
        np.savez(stream, **dict(arrays))  # type: ignore[arg-type]  # its next argument is a bool


def once_array(path: Path, make_it: Callable[[], NDArray[Any]]) -> tuple[NDArray[Any], float]:
    """The same as ``once_arrays``, for one array without a name."""
    found, seconds = once_arrays(path, lambda: {"value": make_it()})
    return found["value"], seconds


def in_blocks(
    count: int,
    make_it: Callable[[range], Arrays],
    path: Path,
    *,
    block: int,
    title: str | None = None,
    progress: bool = True,
) -> tuple[dict[str, NDArray[Any]], float]:
    """Make rows 0 to ``count``, a ``block`` at a time, and keep each finished block.

    ``make_it``: gives some rows of every array; ``path``: a block's file has this name and the
    number of its first row. Returns the arrays with all rows, and the seconds that making them
    took.
    """
    from tqdm import tqdm

    found, seconds = [], 0.0
    for start in tqdm(range(0, count, block), title, disable=not progress, unit=f"{block} rows"):
        rows = range(start, min(start + block, count))
        file = path.with_name(f"{path.name}.{start}.npz")
        part, spent = once_arrays(file, partial(make_it, rows))
        found.append(part)
        seconds += spent
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}, seconds


def fingerprint(*settings: Any) -> str:
    """A short hash of what measurements depend on: different settings never share a folder.

    It also covers the versions of the libraries and of the results' form.
    """
    return _files.fingerprint(*settings, results.FORMAT, results.versions())


def timed(make_it: Callable[[], Any]) -> dict[str, Any]:
    """The result under ``value``, and how many ``seconds`` it took."""
    start = time.perf_counter()
    value = make_it()
    return {"value": value, "seconds": round(time.perf_counter() - start, 1)}


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV to one thread; dlib's detectors use one anyway."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Keep PyTorch to one thread, like dlib."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
