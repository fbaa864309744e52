"""Run the notebooks that have no cached results, as many at once as there are cores.

``python book/_tools/execute.py``: the book's build then finds them in its cache.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors import load_executor

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from execution import cache_folder  # noqa: E402  (it lies among the book's extensions)

FIRST = "ch13_training.ipynb"
"""It trains for minutes: begun last, it would be waited for alone."""
KEEP = 3
"""Folders of results of earlier states of the package that are kept."""


def prune(folder: Path) -> None:
    """Remove all but the newest folders of results."""
    others = [p for p in folder.parent.glob("*") if p.is_dir() and p != folder]
    for old in sorted(others, key=lambda p: p.stat().st_mtime)[: -KEEP or None]:
        shutil.rmtree(old)


def register(cache: JupyterCacheBase, notebooks: list[Path]) -> None:
    """Make the cache's list of notebooks be those of this book."""
    for record in cache.list_project_records():
        cache.remove_nb_from_project(record.pk)
    for path in notebooks:
        cache.add_nb_to_project(str(path))


def execute(root: Path = ROOT, timeout: int = 600) -> int:
    """Run what is not in the cache; return how many notebooks failed."""
    folder = cache_folder(root)
    cache = get_cache(folder)
    found = (root / "notebooks").glob("*.ipynb")
    register(cache, sorted(found, key=lambda path: (path.name != FIRST, path.name)))
    waiting = [record.uri for record in cache.list_unexecuted()]
    if not waiting:
        print("Every notebook's results are up to date.")
        return 0
    print(f"Running {len(waiting)} notebooks ...", flush=True)
    # One thread for each kernel: several with as many threads as cores would wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    result = load_executor("local-parallel", cache).run_and_cache(timeout=timeout)
    failed = [*result.excepted, *result.errored]
    for uri in failed:
        record = cache.get_project_record(uri)
        print(f"\n{uri} failed:\n{record.traceback or ''}", file=sys.stderr)
    print(f"{len(result.succeeded)} run, {len(failed)} failed")
    prune(folder)
    return len(failed)


if __name__ == "__main__":
    sys.exit(1 if execute() else 0)
