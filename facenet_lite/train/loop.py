"""Run the training, from the folder's last checkpoint or from scratch, to the trained network."""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.context
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from facenet_lite import models
from facenet_lite.errors import InputError
from facenet_lite.losses import Diagnosis, is_collapsed
from facenet_lite.train import checkpoint, data, validation
from facenet_lite.train.config import Config, keep
from facenet_lite.train.log import Journal, Row
from facenet_lite.train.network import untrained
from facenet_lite.train.processes import Processes, joined, share_batch_norm
from facenet_lite.train.sources import Batch, Source, splits
from facenet_lite.train.step import learning_rate, optimiser

MODEL: Final = "model.safetensors"
"""The name of the trained network's file in the run's folder."""
WORKERS: Final = (
    "in a script, call train under if __name__ == '__main__':, since workers read the script "
    "again; or set workers=0"
)
"""The advice for a user whose workers have died."""
RECENT: Final = 21
"""The diagnoses of this many recent steps are kept, to notice when the network collapses."""

Watch: TypeAlias = Callable[[str, Row, models.TorchEmbedder], None]

log = logging.getLogger(__name__)


def train(
    config: Config,
    folder: Path | str,
    *,
    progress: bool = True,
    watch: Watch | None = None,
) -> models.TorchEmbedder:
    """Train a network, or resume the run in ``folder`` where it stopped, and return it.

    The folder then holds ``config.json``, ``steps.csv``, ``looks.csv``, two checkpoints and, when
    all steps are done, ``model.safetensors``. On a CPU, a run that was killed at any moment and
    resumed ends with the same bits as one that was not. Ctrl-C finishes the current step, saves,
    and raises KeyboardInterrupt. Batches are made by ``config.data.workers`` other processes, so a
    script must call this under ``if __name__ == "__main__":``. ``watch`` is called with "steps" or
    "looks", each row of the log, and the current network.

    Processes started by torchrun share each batch, and the first one writes the files. Raises
    InputError if the folder holds a run with other settings, or if the processes cannot share the
    people equally.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    with joined() as processes, _stoppable() as asked:
        if config.data.p % processes.world:
            raise InputError(
                f"p: expected people that {processes.world} processes share, got {config.data.p}"
            )
        if processes.rank == 0:
            keep(config, place)
        run = _Run(config, place, processes, progress)
        run.go_on(asked, watch)
        if asked():
            raise KeyboardInterrupt
        return run.finished()


@dataclass(frozen=True)
class _Steps(Dataset[Batch]):
    """Item n is this process's part of the batch of step n."""

    source: Source
    rank: int
    world: int

    def __getitem__(self, step: int) -> Batch:
        return self.source.batch(step, self.rank, self.world)


class _Run:
    def __init__(self, config: Config, folder: Path, processes: Processes, progress: bool) -> None:
        self.config, self.folder, self.processes = config, folder, processes
        self.progress = progress and processes.rank == 0
        self.source, self.loss = data.prepare(
            config, folder, device=processes.device, progress=self.progress
        )
        self.embedder = untrained(config.network)
        self.net = self.embedder.net
        if processes.world > 1:
            share_batch_norm(self.net)
        self.net.to(processes.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = optimiser([*self.net.parameters(), *self.loss.parameters()], config.step)
        self.step, self.seconds = 0, 0.0
        state = checkpoint.load(folder)
        if state is not None:
            self.net.load_state_dict(state["weights"])
            kept = state.get("loss", [])  # missing from checkpoints older than losses with weights
            for own, value in zip(self.loss.parameters(), kept, strict=True):
                own.data.copy_(value)
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.seconds = state["step"], state["seconds"]

    def go_on(self, asked: Callable[[], bool], watch: Watch | None = None) -> None:
        """Do the remaining steps; save the state when asked to stop."""
        from tqdm import tqdm

        c, p = self.config.step, self.processes
        journal = Journal(self.folder, self.step) if p.rank == 0 else None
        held_out = None
        if c.validate_every and p.rank == 0:
            held_out = validation.pictures(splits(self.config.data).validation, self.config.data)
        wrapped = p.wrapped(self.net)
        seen: list[Diagnosis] = []
        warned = False

        def write(name: str, row: Row) -> None:
            if journal is not None:
                journal.add(name, row)
                if watch is not None:
                    watch(name, row, self.embedder)

        def have_a_look() -> None:
            if held_out is not None:
                found = validation.look(self.embedder, held_out)._asdict()
                write("looks", {"step": self.step, "seconds": self.seconds, **found})

        if self.step == 0:
            have_a_look()
        bar = tqdm(total=c.steps, initial=self.step, disable=not self.progress, unit="step")
        batches = iter(self._loader())
        with bar:
            while self.step < c.steps and not asked():
                start = time.perf_counter()
                try:
                    batch = next(batches)
                except RuntimeError as error:  # a worker has ended, by Ctrl-C or by itself
                    if asked():
                        break
                    error.add_note(WORKERS)
                    raise
                waited = time.perf_counter() - start
                row, diagnosis = self._update(wrapped, batch)
                seen = [*seen, diagnosis][-RECENT:]
                spent = time.perf_counter() - start
                self.seconds += spent
                write("steps", {**row, "seconds": self.seconds, "waited": waited})
                self.step += 1
                bar.set_postfix_str(f"loss {row['loss']:.3f}, spread {diagnosis.spread:.2f}")
                bar.update()
                if is_collapsed(seen) and not warned:
                    warned = True
                    log.warning(
                        "step %d: collapsed, every embedding is nearly the same point; begin "
                        "with batch_all or semi_hard, or a lower learning rate", self.step,
                    )  # fmt: skip
                if c.validate_every and (self.step % c.validate_every == 0 or self.step == c.steps):
                    have_a_look()
                if self.step % c.save_every == 0 or self.step == c.steps:
                    self._save()
        if self.step % c.save_every and self.step < c.steps:
            self._save()

    def finished(self) -> models.TorchEmbedder:
        """Write the trained network, and return it."""
        if self.processes.rank == 0:
            models.write(self.embedder, self.folder / MODEL)
        self.net.eval()
        return self.embedder

    def _update(self, wrapped: nn.Module, batch: Batch) -> tuple[dict[str, Any], Diagnosis]:
        """One step: forward, backward, update."""
        c, p = self.config.step, self.processes
        self.net.train()
        rate = learning_rate(c, self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        pictures, own = _on(batch, p.device)
        kind = torch.bfloat16 if c.precision == "bfloat16" else torch.float32
        with torch.autocast(p.device.type, kind, enabled=c.precision != "float32"):
            embeddings = wrapped(pictures)
        labels = p.gather(own[:, None])[:, 0]
        found = self.loss(p.gather(embeddings), labels, self.step)
        self.optimiser.zero_grad(set_to_none=True)
        p.backward(found.value, self.loss.parameters())
        self.optimiser.step()
        d = found.diagnosis
        return {
            "step": self.step,
            "learning_rate": rate,
            "rule": found.rule,
            "loss": float(found.value.detach()),
            "triplets": found.triplets,
            "active_fraction": d.active_fraction,
            "mean_positive": d.mean_positive,
            "mean_negative": d.mean_negative,
            "spread": d.spread,
        }, d

    def _save(self) -> None:
        if self.processes.rank == 0:
            checkpoint.save(
                {
                    "weights": self.net.state_dict(),
                    "loss": [own.detach() for own in self.loss.parameters()],
                    "optimiser": self.optimiser.state_dict(),
                    "step": self.step,
                    "seconds": self.seconds,
                },
                self.folder,
            )

    def _loader(self) -> DataLoader[Batch]:
        steps = _Steps(self.source, self.processes.rank, self.processes.world)
        workers = self.config.data.workers
        return DataLoader(
            steps,
            batch_size=None,
            sampler=range(self.step, self.config.step.steps),
            num_workers=workers,
            worker_init_fn=_quiet if workers else None,
            prefetch_factor=4 if workers else None,
            multiprocessing_context=_workers() if workers else None,
        )


def _on(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor]:
    """Pictures (B, 3, S, S) from -1 to 1, channels last in memory, and labels (B,)."""
    pictures, labels = (torch.as_tensor(part).to(device, non_blocking=True) for part in batch)
    return pictures.permute(0, 3, 1, 2).float().sub_(127.5).mul_(1 / 127.5), labels


def _workers() -> multiprocessing.context.BaseContext:
    """How workers start: not by a fork, which hangs because torch and OpenCV have threads here."""
    if "forkserver" not in multiprocessing.get_all_start_methods():  # as on Windows
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # torch is imported once, not by each worker
    return context


def _quiet(worker: int) -> None:
    """Make a worker leave Ctrl-C to its parent and use only one core."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Inside this block the first Ctrl-C only asks to stop; a second one interrupts as usual."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
