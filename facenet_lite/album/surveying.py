"""Find and embed the faces of a folder of photographs, on all cores, and go on where it stopped."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

import numpy as np

from facenet_lite import imaging
from facenet_lite._checks import check_number
from facenet_lite.album.chain import Chain, open_chain
from facenet_lite.album.table import FaceTable
from facenet_lite.embed import Faces
from facenet_lite.errors import FacenetLiteError, InputError

PART: Final = 64
"""After this many photographs what was found is kept."""
AHEAD: Final = 4
"""Each process has at most this many photographs waiting for it."""


@dataclass(frozen=True)
class Setup:
    """What ``album.open_chain`` is asked for, in a form that every process can be told."""

    model: str = "dlib"
    detector: str = "hog"
    upsample: int | None = None
    score: float | None = None
    calibration: str | os.PathLike[str] | None = None

    def open(self) -> Chain:
        """Load the chain."""
        return open_chain(
            self.model,
            detector=self.detector,
            upsample=self.upsample,
            score=self.score,
            calibration=self.calibration,
        )


class Looked(NamedTuple):
    """One photograph: its path, what identifies its contents, and its faces or why there are none
    to be had."""

    path: str
    digest: str
    faces: Faces | None
    failure: str = ""


def survey(
    photographs: Sequence[str | os.PathLike[str]],
    setup: Setup | None = None,
    *,
    people: Sequence[str] = (),
    known: Sequence[FaceTable] = (),
    keep: str | os.PathLike[str] | None = None,
    processes: int | None = None,
    progress: bool = False,
) -> FaceTable:
    """Embed every face of these photographs: one table, in their order.

    ``setup``: detector and network. ``people``: whose photographs they are, one for each, or none.
    ``known``: earlier tables; a photograph whose contents stand in one that was made with the same
    setup is not looked at again, whatever its name. ``keep``: a folder in which what was found is
    kept every 64 photographs, and looked for first, so that a survey that was stopped goes on; who
    calls removes it. ``processes``: how many work at the same time, one core each; None takes the
    cores that this process may use.

    A photograph that cannot be read stands in the table's ``failed`` with the reason. Raises
    InputError for another number of people than photographs.
    """
    setup = Setup() if setup is None else setup
    names = [os.fspath(path) for path in photographs]
    if len(people) not in (0, len(names)):
        raise InputError(f"people: expected {len(names)}, got {len(people)}")
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    workers = count or 1 if processes is None else processes
    check_number(workers, "processes", low=1, integer=True)
    chain = setup.open()  # in this process too: it fails here by name, and knows the source
    folder = None if keep is None else Path(keep)
    earlier = [*known, *_kept(folder)]
    found = {
        digest: (table, row)
        for table in reversed(earlier)
        if table.source == chain.source
        for row, digest in enumerate(table.digests)
    }
    parts = [FaceTable.empty(chain.source, chain.embedder.model.spec.embedding_dim)]
    waiting: list[Looked] = []
    workers = min(workers, max(1, len(names)))
    with _looking(names, setup, chain, frozenset(found), workers) as looking:
        from tqdm import tqdm

        try:
            for looked in tqdm(looking, total=len(names), unit="photo", disable=not progress):
                waiting.append(looked)
                if len(waiting) == PART:
                    parts.append(_table(waiting, chain, found, folder))
                    waiting = []
        finally:  # also after Ctrl-C: what was found is kept
            parts.append(_table(waiting, chain, found, folder))
    table = FaceTable.merge(parts)
    if not people:
        return table
    whose = dict(zip(names, people, strict=True))
    return replace(table, people=tuple(whose[name] for name in table.photographs))


def digest(data: bytes) -> str:
    """What identifies a photograph's contents: 16 hexadecimal digits of BLAKE2."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def look(path: str, chain: Chain, known: frozenset[str] = frozenset()) -> Looked:
    """Read a photograph, and find and embed its faces unless its contents are known."""
    try:
        source = Path(path)
        if not source.is_file():
            imaging.read_image(source)  # which says what is wrong with it
        data = source.read_bytes()
        name = digest(data)
        if name in known:
            return Looked(path, name, None)
        return Looked(path, name, chain.embed(imaging.read_image(source)))
    except (FacenetLiteError, OSError, MemoryError) as error:
        reason = str(error) or "there is not enough memory for this picture"
        return Looked(path, "", None, reason.removeprefix(f"{path}: "))


def _table(
    looked: list[Looked], chain: Chain, found: dict[str, tuple[FaceTable, int]], keep: Path | None
) -> FaceTable:
    """The rows of these photographs, fresh or from earlier tables; the fresh ones are kept."""
    empty = FaceTable.empty(chain.source, chain.embedder.model.spec.embedding_dim)
    tables, fresh = [empty], [empty]
    for one in looked:
        if one.failure:
            tables.append(replace(empty, failed=((one.path, one.failure),)))
        elif one.faces is None:
            table, row = found[one.digest]
            known = table.of(table.photographs[row])
            tables.append(replace(known, photographs=(one.path,), people=()))
        else:
            tables.append(_of(one, one.faces, chain))
            fresh.append(tables[-1])
    if keep is not None and len(fresh) > 1:
        keep.mkdir(parents=True, exist_ok=True)
        part = FaceTable.merge(fresh)
        part.save(keep / f"{digest(''.join(part.digests).encode())}.npz")
    return FaceTable.merge(tables)


def _of(looked: Looked, faces: Faces, chain: Chain) -> FaceTable:
    return FaceTable(
        chain.source,
        (looked.path,),
        (looked.digest,),
        np.zeros(len(faces), np.int64),
        faces.boxes,
        faces.scores,
        faces.landmarks,
        faces.quality.inside,
        faces.quality.size,
        faces.quality.sharpness,
        faces.embeddings,
    )


def _kept(folder: Path | None) -> list[FaceTable]:
    """The parts of a survey that was stopped; a damaged one is looked for no further."""
    tables = []
    for path in sorted(folder.glob("*.npz")) if folder is not None and folder.is_dir() else ():
        try:
            tables.append(FaceTable.load(path))
        except InputError:
            continue
    return tables


@contextmanager
def _looking(
    names: Sequence[str], setup: Setup, chain: Chain, known: frozenset[str], processes: int
) -> Iterator[Iterator[Looked]]:
    """What is in these photographs, in their order, looked for here or by several processes."""
    if processes == 1:
        yield (look(name, chain, known) for name in names)
        return
    context, others = multiprocessing.get_context("spawn"), multiprocessing.active_children()
    with ProcessPoolExecutor(processes, context, _begin, (setup, known)) as pool:
        try:
            yield _ahead(pool, names, processes * AHEAD)
        except KeyboardInterrupt:  # without waiting for the photographs in hand
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                if child not in others:
                    child.terminate()
            raise
        except BrokenProcessPool as error:
            raise FacenetLiteError(
                "a process ended unexpectedly, most likely because memory ran out; what was found "
                "is kept: run the same again, with fewer processes"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _ahead(pool: ProcessPoolExecutor, names: Sequence[str], most: int) -> Iterator[Looked]:
    """Results in order, with so few handed out ahead that memory stays bounded."""
    rest = iter(names)
    queue: deque[Future[Looked]] = deque(pool.submit(_work, name) for name in islice(rest, most))
    while queue:
        yield queue.popleft().result()
        queue.extend(pool.submit(_work, name) for name in islice(rest, 1))


class _Worker:
    """What a process of a survey holds from its beginning on."""

    chain: ClassVar[Chain]
    known: ClassVar[frozenset[str]]


def _begin(setup: Setup, known: frozenset[str]) -> None:
    """Prepare a process: one thread, and an end when its parent ends, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported
    import cv2

    cv2.setNumThreads(1)
    _Worker.chain, _Worker.known = setup.open(), known


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(name: str) -> Looked:
    return look(name, _Worker.chain, _Worker.known)
