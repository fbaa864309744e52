"""Run the chapters that have no cached results, as many at once as there are cores.

``python book/_tools/execute.py``: the book's build then finds the results in its cache. Each
chapter is first lifted (``book/_ext/lift.py``) into ``book/_build/lifted``. With ``--numbers`` the
numbers that the run gave are written into the chapters' sentences; without it, those that differ
are named.
"""

from __future__ import annotations

import copy
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import ProjectNb
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors.basic import ExecutionWorkerLocalMProc, ProcessData
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat.v4.rwbase import split_lines
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import lift  # noqa: E402  (both lie among the book's extensions)
from execution import cache_folder  # noqa: E402

FIRST = "ch13_training.ipynb"
"""It trains for minutes: begun last, it would be waited for alone."""
KEEP = 3
"""Folders of results of earlier states of the package that are kept."""
QUIET_S = 30
"""After this many seconds without a finished chapter, a line says which are running."""


def prune(folder: Path) -> None:
    """Remove all but the newest folders of results."""
    others = [p for p in folder.parent.glob("*") if p.is_dir() and p != folder]
    for old in sorted(others, key=lambda p: p.stat().st_mtime)[: -KEEP or None]:
        shutil.rmtree(old)


def lifted(root: Path) -> dict[Path, lift.Lifted]:
    """Lift every chapter and write it beside the cache; the chapters by their sources."""
    folder = root / "book" / "_build" / "lifted"
    folder.mkdir(parents=True, exist_ok=True)
    known, made = lift.references(root / "book"), {}
    found = sorted((root / "notebooks").glob("ch*.ipynb"))
    for path in sorted(found, key=lambda path: (path.name != FIRST, path.name)):
        made[path] = lift.lift(nbformat.read(path, as_version=4), path.stem, known)
        nbformat.write(made[path].notebook, folder / path.name)
    return made


def front_page(root: Path, place: Path) -> list[Path]:
    """The front page draws too: write it as a notebook, so that it runs with the chapters."""
    page = root / "book" / "index.md"
    if not page.is_file():
        return []
    notebook = read_myst_markdown_notebook(page.read_text(encoding="utf8"))
    nbformat.write(notebook, place / "index.ipynb")
    return [place / "index.ipynb"]


def register(cache: JupyterCacheBase, notebooks: list[Path]) -> None:
    """Make the cache's list of notebooks be those of this book."""
    for record in cache.list_project_records():
        cache.remove_nb_from_project(record.pk)
    for path in notebooks:
        cache.add_nb_to_project(str(path))


class Worker(ExecutionWorkerLocalMProc):  # type: ignore[misc]
    """Runs a chapter in a kernel that is spoken to through a file: over TCP each would warn."""

    @staticmethod
    def execute(project_nb: ProjectNb, data: ProcessData) -> ExecutionResult:
        """Run the chapter in its own folder."""
        with tempfile.TemporaryDirectory() as folder:
            files = {"transport": "ipc", "ip": str(Path(folder) / "kernel")}
            return single_nb_execution(
                project_nb.nb,
                cwd=str(Path(project_nb.uri).parent),
                timeout=data.timeout,
                allow_errors=data.allow_errors,
                config=Config(KernelManager={} if os.name == "nt" else files),
            )


def run(cache: JupyterCacheBase, *, timeout: int) -> list[str]:
    """Run what is not in the cache; print a line for each chapter; return those that failed."""
    waiting = cache.list_unexecuted()
    if not waiting:
        print("Every chapter's results are up to date.")
        return []
    print(f"Running {len(waiting)} chapters ...", flush=True)
    # One thread for each kernel: several with as many threads as cores would wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # The chapters import this clone's package, wherever an environment has been installed from.
    others = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([others] if others else [])])
    work = [ProcessData(each.pk, each.uri, cache, timeout, False) for each in waiting]
    begin, failed = time.monotonic(), []
    with multiprocessing.get_context("spawn").Pool() as pool:
        done = pool.imap_unordered(Worker(), work)
        for number, (status, uri) in enumerate(patiently(done, len(work), begin), start=1):
            name, seconds = Path(uri).stem, time.monotonic() - begin
            says = "failed" if status else f"done after {seconds:.0f} s"
            print(f"[{number:2}/{len(work)}] {name} {says}", flush=True)
            if status:
                failed.append(uri)
    return failed


def patiently(
    done: Iterator[tuple[int, str]], count: int, begin: float
) -> Iterator[tuple[int, str]]:
    """Each result as it comes, and a line where none comes for long."""
    finished = 0
    while finished < count:
        try:
            yield done.next(timeout=QUIET_S)  # type: ignore[attr-defined]
        except multiprocessing.TimeoutError:
            seconds = time.monotonic() - begin
            print(f"        {count - finished} to go, {seconds:.0f} s so far", flush=True)
        else:
            finished += 1


def last_runs(root: Path) -> dict[str, tuple[lift.Lifted, dict[str, str]]]:
    """By chapter: what its source says, and the numbers of its run; none that was not run."""
    folder = cache_folder(root)
    if not folder.exists():
        return {}
    cache, known = get_cache(folder), lift.references(root / "book")
    found = {}
    for path in sorted((root / "notebooks").glob("ch*.ipynb")):
        made = lift.lift(nbformat.read(path, as_version=4), path.stem, known)
        try:
            _, run = cache.merge_match_into_notebook(made.notebook)
        except KeyError:
            continue
        found[path.stem] = (made, lift.values(run))
    return found


def execute(root: Path = ROOT, timeout: int = 900, *, write: bool = False) -> int:
    """Run what is not in the cache; return how many chapters failed."""
    folder = cache_folder(root)
    cache = get_cache(folder)
    try:
        chapters = lifted(root)
    except lift.LiftError as error:
        print(error, file=sys.stderr)
        return 1
    place = root / "book" / "_build" / "lifted"
    front = front_page(root, place)
    register(cache, [*(place / path.name for path in chapters), *front])
    failed = run(cache, timeout=timeout)
    for uri in failed:
        record = cache.get_project_record(uri)
        print(f"\n{uri} failed:\n{record.traceback or ''}", file=sys.stderr)
    prune(folder)
    keep_seconds(cache, chapters, root / "book" / "_build" / "seconds.json")
    if not failed:
        tell_numbers(cache, chapters, write=write)
    return len(failed)


def keep_seconds(cache: JupyterCacheBase, chapters: dict[Path, lift.Lifted], place: Path) -> None:
    """Keep how long each chapter ran: the teaching plan shows it."""
    took = {}
    for path, made in sorted(chapters.items()):
        try:
            record = cache.match_cache_notebook(made.notebook)
        except KeyError:
            continue
        took[path.stem] = record.data["execution_seconds"]
    place.write_text(json.dumps(took, indent=1) + "\n", encoding="utf8")


def tell_numbers(cache: JupyterCacheBase, chapters: dict[Path, lift.Lifted], *, write: bool) -> int:
    """Name the numbers that are not what the run gave, or write them; return how many."""
    count = 0
    for path, made in sorted(chapters.items()):
        values = lift.values(cache.merge_match_into_notebook(made.notebook)[1])
        for number in lift.stale(made, values):
            count += 1
            print(
                f"{path.stem}, cell {number.cell}, line {number.line + 1}: "
                f"{number.text} stands there, and the run gave {values[number.name]}"
            )
        if write:
            before = nbformat.read(path, as_version=4)
            after = lift.rewritten(before, made, values)
            if after != before:
                path.write_text(text(after), encoding="utf8")
    if count:
        print(f"{count} numbers " + ("written." if write else "differ: make numbers writes them."))
    return count


def text(notebook: nbformat.NotebookNode) -> str:
    """The notebook as the repository keeps it."""
    kept = split_lines(copy.deepcopy(notebook))
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(1 if execute(write="--numbers" in sys.argv[1:]) else 0)
