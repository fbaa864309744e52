"""Tasks for a clone: ``python -m facenet_lite.book.dev TARGET`` or ``make TARGET``.

Without a target it lists them. It needs only Python: a target first makes ``.venv`` with the
interpreter that runs this, and installs what the target needs there, in the versions of
``constraints.txt``. It reads the environment variables ``JOBS`` (the number of test processes) and
``PORT`` (where the site is served). The exit status is that of the first command that fails,
2 for an unknown target, and 1 if Python or the clone is unsuitable.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
WINDOWS: Final = os.name == "nt"
OLDEST: Final = (3, 11)
SITE: Final = "book/_build/html"
NOT_THE_LIBRARY: Final = (
    *("book", "by_hand", "races", "site"),
    *("test_architecture.py", "test_project.py", "test_solutions.py"),
)
"""The parts of ``tests/`` that test the lessons, the book or the repository, not the library."""
BUILT: Final = (
    *("book/_build", "jupyter_execute", "htmlcov", ".coverage", ".coverage.*"),
    *(".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
)


@dataclass(frozen=True)
class Target:
    """``says`` describes it; ``extras`` are installed for it (if empty, nothing is).

    The first word of each command is a program in ``.venv``; without extras, ``python`` is the
    interpreter that runs this. ``needs`` is a file made by another target; ``note`` is printed at
    the end.
    """

    says: str
    extras: str
    commands: tuple[tuple[str, ...], ...]
    needs: str = ""
    note: str = ""
    one_thread: bool = False


def targets(
    root: Path = ROOT, *, jobs: str = "2", port: str = "8000", lfw: bool = False
) -> dict[str, Target]:
    """All targets by name, in the order of the list.

    ``lfw``: whether the reader has a copy of LFW. Without it no test runs some of the package, so
    the coverage that pyproject.toml requires is not enforced.
    """
    pytest = ("python", "-m", "pytest")
    # One thread for each process: two processes with two threads each would hold each other up.
    parallel = (*pytest, "-n", jobs)
    covered = ("--cov", "--cov-report=term", *(() if lfw else ("--cov-fail-under=0",)))
    informs = "LFW is not here (FACENET_LITE_DATA): the coverage above informs, and is not judged."
    here = "not browser and not network"
    library = tuple(f"--ignore=tests/{name}" for name in NOT_THE_LIBRARY)
    fast = sorted(path.relative_to(root).as_posix() for path in (root / "tests").glob("test_*.py"))
    notebooks = sorted(p.relative_to(root).as_posix() for p in root.glob("notebooks/*.ipynb"))
    building = ("jupyter-book", "build", "book", "-W", "-n", "--keep-going", "--quiet")
    return {
        "book": Target(
            f"run every chapter and build the site ({SITE})",
            "book",
            (("python", "book/_tools/execute.py"), building),
            note=f"The book is in {SITE}/index.html; make serve shows it.",
        ),
        "numbers": Target(
            "write what the chapters' runs gave into their sentences",
            "book",
            (("python", "book/_tools/execute.py", "--numbers"),),
        ),
        "test": Target(
            "test the package and the notebooks, with coverage",
            "test",
            ((*parallel, "-m", here, "--ignore=tests/races", *covered),),
            note="" if lfw else informs,
            one_thread=True,
        ),
        "test-library": Target(
            "test the library alone, without lessons and book: what CI runs on Windows and macOS",
            "test",
            ((*parallel, "-m", here, *library),),
            one_thread=True,
        ),
        "test-book": Target(
            "look at the built site in Chromium (make book first)",
            "test",
            ((*parallel, "tests/site", "-m", "browser"),),
            needs=f"{SITE}/index.html",
        ),
        "check": Target(
            "check format, lint and types, run tests/test_*.py but the slow ones, and count the "
            "package; changes no file",
            "book,test,dev",
            (
                ("ruff", "format", "--check", "."),
                ("ruff", "check", "."),
                ("mypy",),
                (*parallel, "-q", "-m", f"not slow and not lfw and {here}", *fast),
                ("python", "book/_tools/count.py"),
            ),
            one_thread=True,
        ),
        "format": Target(
            "rewrite code and notebooks in the project's format, without outputs",
            "book,test,dev",
            (
                ("ruff", "check", "--fix", "."),
                ("ruff", "format", "."),
                ("nbstripout", "--keep-id", *notebooks),
            ),
        ),
        "races": Target(
            "speed of the package against the libraries that it calls",
            "test",
            ((*pytest, "-q", "tests/races"),),
        ),
        "results": Target(
            "compute recorded figures again, from a copy of LFW where there is one",
            "test",
            (("facenet-lite", "results", "check"),),
        ),
        "lab": Target(
            "open copies of the chapters that are yours in JupyterLab (my-notebooks)",
            "book",
            (("python", "book/_tools/lab.py"),),
        ),
        "serve": Target(
            f"show the built site on http://localhost:{port}",
            "",
            (("python", "-m", "http.server", port, "--bind", "127.0.0.1", "--directory", SITE),),
            needs=f"{SITE}/index.html",
        ),
        "constraints": Target(
            "write constraints.txt again, from the newest versions that pip resolves",
            "",
            (("python", "book/_tools/constraints.py"),),
        ),
        "clean": Target(
            "remove what was built (.venv stays; remove its folder by hand)",
            "",
            (),
        ),
    }


def listing(all_targets: Mapping[str, Target]) -> str:
    """The list of targets that ``make`` prints."""
    rows = [f"  {name:<14} {target.says}" for name, target in all_targets.items()]
    without = "without make: python -m facenet_lite.book.dev TARGET"
    usage = f"make TARGET [PYTHON=python3.12], or {without}"
    return "\n".join([usage, *rows])


def program(name: str, root: Path = ROOT, *, windows: bool = WINDOWS) -> Path:
    """The path of a program in the clone's own environment."""
    folder = "Scripts" if windows else "bin"
    return root / ".venv" / folder / (f"{name}.exe" if windows else name)


def hindrance(root: Path = ROOT, *, version: tuple[int, ...] = sys.version_info[:3]) -> str | None:
    """Why no target can run, and the remedy; None if nothing is in the way."""
    oldest = ".".join(map(str, OLDEST))
    if version[:2] < OLDEST:
        return (
            f"Python {version[0]}.{version[1]} ({sys.executable}) is too old: this book needs "
            f"Python {oldest} or newer. Name one: make PYTHON=python3.12, "
            "or python3.12 -m facenet_lite.book.dev"
        )
    if not (root / "pyproject.toml").is_file():
        return f"{root}: not a clone of the repository (there is no pyproject.toml)"
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return (
            f"{sys.executable} cannot make virtual environments: install its venv module "
            "(on Debian and Ubuntu: apt install python3-venv)"
        )
    return None


def _run(command: Sequence[str | Path], root: Path, *, one_thread: bool = False) -> int:
    """Run a command in the clone; returns its exit status."""
    words = [str(word) for word in command]
    print("+", shlex.join(words).replace(f"{root}{os.sep}", ""), flush=True)
    environment = {**os.environ, **({"OMP_NUM_THREADS": "1"} if one_thread else {})}
    with subprocess.Popen(words, cwd=root, env=environment) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the command receives Ctrl-C too, and decides what to do
                continue


def _install(extras: str, root: Path) -> int:
    """Make ``.venv`` and install the extras, unless that has been done for these versions."""
    stamps = root / ".venv" / ".stamps"
    made, done = stamps / "venv", stamps / extras
    if not made.is_file():
        if status := _run([sys.executable, "-m", "venv", ".venv"], root):
            return status
        stamps.mkdir(exist_ok=True)
        made.touch()
    wanted = [(root / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    state = hashlib.sha256(b"".join(wanted)).hexdigest()
    if done.is_file() and done.read_text(encoding="utf8") == state:
        return 0
    quietly = ["install", "--quiet", "--disable-pip-version-check"]
    tested = ["--constraint", "constraints.txt", "--editable", f".[{extras}]"]
    status = _run([program("python", root), "-m", "pip", *quietly, *tested], root)
    if not status:
        done.write_text(state, encoding="utf8")
    return status


def _clean(root: Path) -> None:
    for path in [path for pattern in BUILT for path in root.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the targets one after the other, until one fails; returns the exit status."""
    if problem := hindrance(root):
        print(problem, file=sys.stderr)
        return 1
    data = os.environ.get("FACENET_LITE_DATA")
    known = targets(
        root,
        jobs=os.environ.get("JOBS", "2"),
        port=os.environ.get("PORT", "8000"),
        lfw=bool(data) and Path(str(data), "lfw").is_dir(),
    )
    names = list(sys.argv[1:] if arguments is None else arguments)
    if not names or names == ["help"]:
        print(listing(known))
        return 0
    if unknown := [name for name in names if name not in known]:
        print(f"no such target: {', '.join(unknown)}\n{listing(known)}", file=sys.stderr)
        return 2
    for name in names:
        if status := _reach(name, known[name], root):
            return status
    return 0


def _reach(name: str, target: Target, root: Path) -> int:
    """Run one target; returns the exit status."""
    if target.needs and not (root / target.needs).is_file():
        print(f"{name}: there is no {target.needs} yet: make book", file=sys.stderr)
        return 1
    if target.extras and (status := _install(target.extras, root)):
        return status
    for first, *rest in target.commands:
        tool = program(first, root) if target.extras else sys.executable
        if status := _run([tool, *rest], root, one_thread=target.one_thread):
            return status
    if name == "clean":
        _clean(root)
    if target.note:
        print(target.note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
