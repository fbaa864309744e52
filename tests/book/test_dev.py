"""The targets of ``make``: what they are, what they run, and what they say when they cannot."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from facenet_lite.book import dev

TARGETS = dev.targets()


class Recorded:
    """In place of subprocess.Popen: keeps what would be run; fails where a word is in it."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.environments: list[dict[str, str]] = []
        self.fails_at = "never"

    def __call__(self, words: list[str], *, cwd: Path, env: dict[str, str]) -> Recorded:
        self.commands.append(words)
        self.environments.append(env)
        if words[1:3] == ["-m", "venv"]:
            (cwd / ".venv").mkdir()
        return self

    def __enter__(self) -> Recorded:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self) -> int:
        return 3 * (self.fails_at in self.commands[-1])


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(subprocess, "Popen", recorded)
    for name in ("FACENET_LITE_DATA", "JOBS", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return recorded


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name, encoding="utf8")
    return tmp_path


def test_the_list_names_every_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main([]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == list(TARGETS)


def test_the_first_time_an_environment_is_made_and_filled(clone: Path, ran: Recorded) -> None:
    assert dev.main(["results"], root=clone) == 0
    made, installed, results = ran.commands
    assert made == [sys.executable, "-m", "venv", ".venv"]
    assert installed[:4] == [str(dev.program("python", clone)), "-m", "pip", "install"]
    assert installed[-4:] == ["--constraint", "constraints.txt", "--editable", ".[test]"]
    assert results == [str(dev.program("facenet-lite", clone)), "results", "check"]


def test_the_second_time_nothing_is_installed(clone: Path, ran: Recorded) -> None:
    assert dev.main(["results"], root=clone) == 0
    before = len(ran.commands)
    assert dev.main(["results"], root=clone) == 0
    assert len(ran.commands) == before + 1


def test_other_versions_are_installed(clone: Path, ran: Recorded) -> None:
    assert dev.main(["results"], root=clone) == 0
    (clone / "constraints.txt").write_text("numpy==3", encoding="utf8")
    before = len(ran.commands)
    assert dev.main(["results"], root=clone) == 0
    assert len(ran.commands) == before + 2


@pytest.mark.parametrize("step", ["venv", "pip", "results"])
def test_the_first_failure_is_the_status_and_the_step_is_done_again(
    step: str, clone: Path, ran: Recorded
) -> None:
    ran.fails_at = step
    assert dev.main(["results", "races"], root=clone) == 3
    assert step in ran.commands[-1]
    ran.fails_at = "never"
    ran.commands.clear()
    (clone / ".venv").rmdir() if step == "venv" else None
    assert dev.main(["results"], root=clone) == 0
    assert any(step in command for command in ran.commands)


def test_tests_keep_to_one_thread_and_to_the_jobs_asked_for(
    clone: Path, ran: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS", "7")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert dev.main(["test", "lab"], root=clone) == 0
    tests = next(n for n, words in enumerate(ran.commands) if "pytest" in words)
    assert ran.commands[tests][3:5] == ["-n", "7"]
    assert ran.environments[tests]["OMP_NUM_THREADS"] == "1"
    assert "OMP_NUM_THREADS" not in ran.environments[-1]


@pytest.mark.parametrize("there", [True, False])
def test_coverage_is_judged_where_lfw_is(
    there: bool,
    clone: Path,
    ran: Recorded,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if there:
        (clone / "lfw").mkdir()
    monkeypatch.setenv("FACENET_LITE_DATA", str(clone))
    assert dev.main(["test"], root=clone) == 0
    assert "--cov" in ran.commands[-1]
    assert ("--cov-fail-under=0" in ran.commands[-1]) is not there
    assert ("is not judged" in capsys.readouterr().out) is not there


def test_what_another_target_makes_is_asked_for(
    clone: Path, ran: Recorded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["serve"], root=clone) == 1
    assert "make book" in capsys.readouterr().err
    assert not ran.commands
    site = clone / dev.SITE
    site.mkdir(parents=True)
    (site / "index.html").touch()
    assert dev.main(["serve"], root=clone) == 0
    assert ran.commands[0][:4] == [sys.executable, "-m", "http.server", "8000"]


def test_clean_removes_what_was_built_and_nothing_else(clone: Path, ran: Recorded) -> None:
    for name in ("book/_build/html", ".mypy_cache", ".venv", "book/_tools"):
        (clone / name).mkdir(parents=True)
    (clone / ".coverage.host.1").touch()
    assert dev.main(["clean"], root=clone) == 0
    left = {path.relative_to(clone).as_posix() for path in clone.rglob("*")}
    assert left == {"book", "book/_tools", ".venv", "pyproject.toml", "constraints.txt"}
    assert not ran.commands


def test_a_wrong_target_is_named_and_nothing_runs(
    clone: Path, ran: Recorded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["test", "bok"], root=clone) == 2
    assert "no such target: bok" in capsys.readouterr().err
    assert not ran.commands


def test_ctrl_c_is_left_to_the_command(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Recorded):
        waits = 0

        def wait(self) -> int:
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt
            return 130

    monkeypatch.setattr(subprocess, "Popen", Interrupted())
    assert dev.main(["constraints"], root=clone) == 130


def test_a_python_that_is_too_old_is_told_so(clone: Path) -> None:
    said = dev.hindrance(clone, version=(3, 10, 4))
    assert said is not None
    assert "Python 3.10" in said
    assert "needs Python 3.11 or newer" in said
    assert dev.hindrance(clone) is None


def test_a_python_that_is_too_old_can_read_this_far() -> None:
    for name in ("book/dev.py", "book/__init__.py", "__init__.py"):
        source = (dev.ROOT / "facenet_lite" / name).read_text(encoding="utf8")
        ast.parse(source, feature_version=(3, 8))


def test_a_folder_that_is_no_clone_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["test"], root=tmp_path) == 1
    assert "not a clone" in capsys.readouterr().err


def test_a_python_without_venv_is_told_what_to_install(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "python3-venv" in str(dev.hindrance(clone))


def test_programs_lie_where_the_system_has_them(tmp_path: Path) -> None:
    there = dev.program("ruff", tmp_path, windows=True)
    assert there == tmp_path / ".venv" / "Scripts" / "ruff.exe"
    assert dev.program("ruff", tmp_path, windows=False) == tmp_path / ".venv" / "bin" / "ruff"


def test_it_runs_before_anything_is_installed() -> None:
    """Isolated from the environment of this test, from the clone's root."""
    code = "import sys; sys.path.insert(0, '.'); from facenet_lite.book.dev import main; main([])"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=dev.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "make TARGET" in done.stdout


def test_check_changes_no_file_and_format_undoes_what_it_refuses() -> None:
    check = [" ".join(command) for command in TARGETS["check"].commands]
    assert check[:3] == ["ruff format --check .", "ruff check .", "mypy"]
    assert not any("--fix" in command for command in check)
    rewritten = [command[:2] for command in TARGETS["format"].commands]
    assert rewritten == [("ruff", "check"), ("ruff", "format"), ("nbstripout", "--keep-id")]


def test_what_is_no_test_of_the_library_exists() -> None:
    """A folder that has been moved would be run on Windows unseen."""
    for name in dev.NOT_THE_LIBRARY:
        assert (dev.ROOT / "tests" / name).exists(), name


def test_a_changed_target_runs_no_chapter_again_and_another_change_does(tmp_path: Path) -> None:
    path = dev.ROOT / "book" / "_ext" / "execution.py"
    spec = importlib.util.spec_from_file_location("execution", path)
    execution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(execution)
    targets = tmp_path / Path(dev.__file__).relative_to(dev.ROOT)
    targets.parent.mkdir(parents=True)
    other = tmp_path / "facenet_lite" / "dev.py"
    for file in (targets, other, tmp_path / "constraints.txt"):
        file.write_text("as it was", encoding="utf8")
    before = execution.cache_folder(tmp_path)
    targets.write_text("changed", encoding="utf8")
    assert execution.cache_folder(tmp_path) == before
    other.write_text("changed", encoding="utf8")
    assert execution.cache_folder(tmp_path) != before
