"""The processes that make a run's batches, and that end with it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import os
import signal
import threading
from dataclasses import dataclass
from typing import Final

from torch.utils.data import DataLoader, Dataset

from facenet_lite.train.sources import Batch, Source

WORKERS: Final = (
    "in a script, call train under if __name__ == '__main__':, since workers read the script "
    "again; or set workers=0"
)
"""The advice for a user whose workers have died."""


@dataclass(frozen=True)
class _Steps(Dataset[Batch]):
    """Item n is this process's part of the batch of step n."""

    source: Source
    rank: int
    world: int

    def __getitem__(self, step: int) -> Batch:
        return self.source.batch(step, self.rank, self.world)


def loader(
    source: Source, steps: range, workers: int, rank: int = 0, world: int = 1
) -> DataLoader[Batch]:
    """The batches of ``steps``, in order, made by ``workers`` processes (0: by this one).

    ``rank``, ``world``: which part of each batch, of how many. The processes ignore Ctrl-C and
    SIGTERM, which are their parent's to decide on, and end when it ends, also by a kill.
    """
    return DataLoader(
        _Steps(source, rank, world),
        batch_size=None,
        sampler=steps,
        num_workers=workers,
        worker_init_fn=_begin if workers else None,
        prefetch_factor=4 if workers else None,
        multiprocessing_context=_context() if workers else None,
    )


def _context() -> multiprocessing.context.BaseContext:
    """How workers start: not by a fork, which hangs because torch and OpenCV have threads here."""
    if "forkserver" not in multiprocessing.get_all_start_methods():  # as on Windows
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # torch is imported once, not by each worker
    return context


def _begin(worker: int) -> None:
    """Leave signals to the parent, end when it does, and use only one core."""
    import cv2

    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    cv2.setNumThreads(1)


def _end_with_parent() -> None:
    """End this process as soon as the one that asked for it has ended, however that was.

    PyTorch's own watch looks at the process that forked this one, which is the forkserver, and the
    forkserver lives as long as its workers.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
