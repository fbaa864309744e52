"""A run that is ended from outside leaves no process behind, and what it may keep it keeps."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from train.small import SMALL

from facenet_lite import train
from facenet_lite.train import checkpoint

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

PATIENCE = 240
"""The seconds after which a test gives up; nothing waits for as long unless it is broken."""


def processes() -> dict[tuple[str, str], str]:
    """Every living process, by its number and the time of its start, and its parent's number."""
    command = ["ps", "-axo", "pid=,ppid=,stat=,lstart="]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = (line.split(maxsplit=3) for line in listed.splitlines())
    return {(pid, start): parent for pid, parent, state, start in rows if state[0] != "Z"}


def below(pid: int) -> set[tuple[str, str]]:
    """The children of a process, theirs, and so on."""
    every, found = processes(), set[tuple[str, str]]()
    parents = {str(pid)}
    while parents:
        children = {key for key, parent in every.items() if parent in parents} - found
        found |= children
        parents = {number for number, _ in children}
    return found


def wait_until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[list[str], int], subprocess.Popen[bytes]]]:
    """Start a run that would take hours; whatever is left of it is killed after the test."""
    own: list[subprocess.Popen[bytes]] = []
    left: set[tuple[str, str]] = set()

    def start(launcher: list[str], workers: int) -> subprocess.Popen[bytes]:
        settings = {**SMALL, "steps": 10**6, "save_every": 10**6, "validate_every": 0}
        words = [f"{name}={value}" for name, value in {**settings, "workers": workers}.items()]
        command = [sys.executable, *launcher, "facenet_lite.cli", "train", str(tmp_path), *words]
        with (tmp_path.with_suffix(".said")).open("wb") as said:
            own.append(
                subprocess.Popen(
                    command,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                    env={**os.environ, "OMP_NUM_THREADS": "1"},
                )
            )
        wait_until(
            lambda: len(train.read(tmp_path)) >= 2 or own[0].poll() is not None, "it had trained"
        )
        assert own[0].poll() is None, tmp_path.with_suffix(".said").read_text()
        left.update(below(own[0].pid))
        return own[0]

    yield start
    own[0].kill()
    own[0].wait()
    for pid, _ in left & set(processes()):
        os.kill(int(pid), signal.SIGKILL)


def ended(run: subprocess.Popen[bytes], number: int, group: bool = False) -> int:
    """Send a signal to a run, or to its group, and wait until nothing is left; its exit status."""
    those = below(run.pid)
    assert len(those) >= 3  # the forkserver, a resource tracker, a worker
    os.killpg(run.pid, number) if group else run.send_signal(number)
    status = run.wait(timeout=PATIENCE)
    wait_until(lambda: not those & set(processes()), f"{those} had ended")
    return status


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_leaves_no_process_behind(started, workers: int) -> None:
    assert ended(started(["-m"], workers), signal.SIGKILL) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("number", "group"),
    [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGTERM, True)],
    ids=["ctrl-c", "kill", "timeout"],
)
def test_a_run_asked_to_stop_keeps_its_last_step_and_leaves_no_process_behind(
    started, tmp_path: Path, number: int, group: bool
) -> None:
    """Ctrl-C and ``timeout`` reach every process of the run, ``kill`` the first."""
    assert ended(started(["-m"], 1), number, group) == 130
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == len(train.read(tmp_path)) >= 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_two_processes_end_with_torchrun_and_keep_their_last_step(
    started, tmp_path: Path, number: int
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    torchrun = ["-m", "torch.distributed.run", "--nproc-per-node=2", f"--master-port={port}", "-m"]
    assert ended(started(torchrun, 1), number) != 0
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == len(train.read(tmp_path)) >= 2
