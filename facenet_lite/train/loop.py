"""Run the training, from the folder's last checkpoint or from scratch, to the trained network."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor, nn

from facenet_lite import models
from facenet_lite._files import locked, writing
from facenet_lite.errors import AssetError, DivergedError, InputError, WriteError
from facenet_lite.losses import Diagnosis, is_collapsed
from facenet_lite.train import checkpoint, data, validation
from facenet_lite.train.config import Config, check_kept, keep
from facenet_lite.train.log import Journal, Row
from facenet_lite.train.network import untrained
from facenet_lite.train.processes import Processes, joined, share_batch_norm
from facenet_lite.train.sources import Batch, splits
from facenet_lite.train.step import learning_rate, optimiser
from facenet_lite.train.stopping import stoppable
from facenet_lite.train.workers import WORKERS, loader

MODEL: Final = "model.safetensors"
"""The name of the trained network's file in the run's folder."""
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

    The folder then holds ``config.json``, from the first step on, ``steps.csv``, ``looks.csv``, two
    checkpoints and, when all steps are done, ``model.safetensors``. On a CPU, a run that was killed
    at any moment and resumed ends with the same bits as one that was not. Ctrl-C or SIGTERM
    finishes the current step, saves, and raises KeyboardInterrupt. A finished run goes on if
    ``steps`` is larger than before, unless ``cosine`` made its learning rates depend on that.
    Batches are made by ``config.data.workers`` other processes, so a script must call this under
    ``if __name__ == "__main__":``. ``watch`` is called with "steps" or "looks", each row of the
    log, and the current network.

    Processes started by torchrun share each batch, and the first one writes the files.

    Raises InputError if the folder holds a run with other settings or of other pictures, or if the
    processes cannot share the people equally; InUseError if another process trains there;
    AssetDamagedError for a damaged file of the run; WriteError where a file cannot be written, as
    on a full disk; and DivergedError when a number is no longer finite. In each case the last
    checkpoint is kept.
    """
    place = Path(folder)
    with joined() as processes:
        if config.data.p % processes.world:
            raise InputError(
                f"p: expected people that {processes.world} processes share, got {config.data.p}"
            )
        first = processes.rank == 0
        with _held(place, first), _above_bars(progress and first):
            run = _Run(config, place, processes, progress and first)
            with stoppable() as asked:
                stopped = run.go_on(asked, watch)
            if stopped:
                raise KeyboardInterrupt
            return run.finished()


class _Run:
    """Raises what ``train`` does, before anything but a cache is written."""

    def __init__(self, config: Config, folder: Path, processes: Processes, progress: bool) -> None:
        self.config, self.folder, self.processes = config, folder, processes
        self.progress = progress
        state = checkpoint.load(folder)
        done = 0 if state is None else int(state["step"])
        check_kept(config, folder, done)
        self.embedder = untrained(config.network)
        self.net = self.embedder.net
        self.source, self.loss, self.contents = data.prepare(
            config, folder, device=processes.device, progress=progress
        )
        if processes.world > 1:
            share_batch_norm(self.net)
        self.net.to(processes.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = optimiser([*self.net.parameters(), *self.loss.parameters()], config.step)
        self.step, self.seconds = 0, 0.0
        if state is not None:
            try:
                self._restore(state)
            except (RuntimeError, *checkpoint.UNLIKE) as error:
                raise checkpoint.of_another_kind(folder, error) from error
            if state.get("contents", self.contents) != self.contents:
                raise InputError(
                    f"{folder}: expected the pictures of the {done} steps that are done, got "
                    "others; put them back as they were, or name another folder"
                )

    def _restore(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["weights"])
        kept = state.get("loss", [])  # missing from checkpoints older than losses with weights
        for own, value in zip(self.loss.parameters(), kept, strict=True):
            own.data.copy_(value)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = int(state["step"]), float(state["seconds"])

    def go_on(self, asked: Callable[[], bool], watch: Watch | None = None) -> bool:
        """Do the remaining steps, or save the state when asked to stop, and return whether."""
        from tqdm import tqdm

        c, p = self.config.step, self.processes
        journal = Journal(self.folder, self.step) if p.rank == 0 else None
        held_out = None
        if c.validate_every and p.rank == 0:
            held_out = validation.pictures(splits(self.config.data).validation, self.config.data)
            if self.config.data.kind != "nobody":
                log.info("validation: on drawn people, not on those who are learned from")
        wrapped = p.wrapped(self.net)
        seen: list[Diagnosis] = []
        warned = kept = False

        def write(name: str, row: Row) -> None:
            if journal is not None:
                journal.add(name, row)
                if watch is not None:
                    watch(name, row, self.embedder)

        def have_a_look() -> None:
            if held_out is not None:
                found = validation.look(self.embedder, held_out)._asdict()
                people = f"{len(held_out)} drawn"
                row = {"step": self.step, "seconds": self.seconds, **found, "people": people}
                write("looks", row)

        if self.step == 0:
            have_a_look()
        bar = tqdm(total=c.steps, initial=self.step, disable=not self.progress, unit="step")
        left = range(self.step, c.steps)
        batches = iter(loader(self.source, left, self.config.data.workers, p.rank, p.world))
        with bar:
            while self.step < c.steps and not p.any(asked()):
                start = time.perf_counter()
                try:
                    batch = next(batches)
                except RuntimeError as error:  # a worker has ended, by Ctrl-C or by itself
                    if asked() and p.world == 1:
                        break
                    error.add_note(WORKERS)
                    raise
                waited = time.perf_counter() - start
                row, diagnosis = self._update(wrapped, batch)
                seen = [*seen, diagnosis][-RECENT:]
                self.seconds += time.perf_counter() - start
                if journal is not None and not kept:
                    keep(self.config, self.folder)
                    kept = True
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
        return p.any(asked())

    def finished(self) -> models.TorchEmbedder:
        """Write the trained network, and return it; its checkpoint is kept if that fails."""
        if self.processes.rank == 0:
            try:
                models.write(self.embedder, self.folder / MODEL)
            except AssetError as error:
                raise WriteError(
                    f"{error}; the last checkpoint holds the trained network: make room and "
                    "repeat the command"
                ) from error
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
        labels, every = p.gather(own[:, None])[:, 0], p.gather(embeddings)
        self._check_finite("an embedding", [every])
        found = self.loss(every, labels, self.step)
        self._check_finite("the loss", [found.value])
        self.optimiser.zero_grad(set_to_none=True)
        p.backward(found.value, self.loss.parameters())
        self.optimiser.step()
        self._check_finite("a weight", [*self.net.state_dict().values(), *self.loss.parameters()])
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

    def _check_finite(self, what: str, values: list[Tensor]) -> None:
        """Raise DivergedError if a number is NaN or infinite, before it can reach a checkpoint."""
        largest = [value.detach().abs().amax() for value in values if value.is_floating_point()]
        if torch.stack(largest).isfinite().all():  # NaN is the largest of all
            return
        rate = self.config.step.learning_rate
        raise DivergedError(
            f"step {self.step}: {what} is NaN or infinite, so the run stops; its last checkpoint "
            f"is kept. Train in another folder with a learning_rate below {rate:g} or a longer "
            "warm_up"
        )

    def _save(self) -> None:
        if self.processes.rank == 0:
            checkpoint.save(
                {
                    "weights": self.net.state_dict(),
                    "loss": [own.detach() for own in self.loss.parameters()],
                    "optimiser": self.optimiser.state_dict(),
                    "step": self.step,
                    "seconds": self.seconds,
                    "contents": self.contents,
                },
                self.folder,
            )


def _on(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor]:
    """Pictures (B, 3, S, S) from -1 to 1, channels last in memory, and labels (B,)."""
    pictures, labels = (torch.as_tensor(part).to(device, non_blocking=True) for part in batch)
    return pictures.permute(0, 3, 1, 2).float().sub_(127.5).mul_(1 / 127.5), labels


@contextmanager
def _held(folder: Path, first: bool) -> Iterator[None]:
    """Hold a run's folder for the process that writes there."""
    if first:
        with locked(folder):
            yield
    else:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        yield


@contextmanager
def _above_bars(shown: bool) -> Iterator[None]:
    """Write what is logged on a line of its own, above a progress bar."""
    from tqdm.contrib.logging import logging_redirect_tqdm

    if shown:
        with logging_redirect_tqdm():
            yield
    else:
        yield
