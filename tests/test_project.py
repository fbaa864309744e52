"""The project's own files agree with each other, and the chapters keep the rules of chapters."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import itertools
import re
import statistics
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import facenet_lite
from facenet_lite.book import dev

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def required(extra: str) -> list[Requirement]:
    """What an extra requires; "" is the library alone. An extra may take in others of our own."""
    lines = EXTRAS[extra] if extra else PROJECT["dependencies"]
    found = [Requirement(line) for line in lines]
    ours = [r for r in found if canonicalize_name(r.name) == "facenet-lite"]
    taken = itertools.chain(*(required(name) for r in ours for name in sorted(r.extras)))
    return [*(r for r in found if r not in ours), *taken]


def requirements() -> dict[str, list[Requirement]]:
    return {extra: required(extra) for extra in ("", *EXTRAS)}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pinned.items()}


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_every_requirement_is_pinned_within_its_bounds(extra: str) -> None:
    for requirement in requirements()[extra]:
        version = pins()[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), requirement


def test_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf8").splitlines()
    kept = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in kept)
    assert kept == sorted(kept)


def test_every_requirement_has_a_lower_bound_or_is_types_only() -> None:
    for requirement in itertools.chain(*requirements().values()):
        bounds = {s.operator for s in requirement.specifier}
        assert ">=" in bounds or requirement.name.startswith("types-"), requirement


def test_each_upper_bound_has_its_reason_above_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf8").splitlines()
    bounded = [n for n, line in enumerate(lines) if re.match(r'\s+"[\w.-]+>=[\d.]+,<', line)]
    assert len(bounded) == 2
    assert all(lines[n - 1].strip().startswith("#") for n in bounded)


def test_environment_installs_the_same_set() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    # Python and pip from conda, all else from the one list: nothing can come to differ.
    assert sorted(re.split(r"[<>=]", entry)[0] for entry in conda) == ["pip", "python"]
    assert pip == ["--constraint constraints.txt", "--editable .[book]"]
    (python,) = [entry.split("=")[1] for entry in conda if entry.startswith("python")]
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(python)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "Makefile", "README.md"])
def test_files_name_no_private_host_or_path(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf8")
    assert not re.search(r"index-url|find-links|file:///|/home/|/root/|/work/|/opt/", text)


def test_every_public_module_stands_on_exactly_one_page_of_the_reference() -> None:
    path = ROOT / "book" / "_ext" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    names, shown = reference.modules(ROOT / "facenet_lite"), []
    directive = re.compile(r"\{package-reference\} (.*)\n(?::without: (.*)\n)?")
    for page in (ROOT / "book" / "api").glob("*.md"):
        for units, without in directive.findall(page.read_text(encoding="utf8")):
            shown += reference.chosen(names, units.split(), without.split())
    assert sorted(shown) == sorted(names)


def test_the_table_of_contents_lists_the_chapters() -> None:
    toc = yaml.safe_load((ROOT / "book/_toc.yml").read_text(encoding="utf8"))
    listed = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert [name for name in listed if re.match(r"ch\d\d_", name)] == [p.stem for p in NOTEBOOKS]


def test_every_source_is_whole_and_there_once() -> None:
    text = (ROOT / "book" / "references.bib").read_text(encoding="utf8")
    entries = [entry for entry in re.split(r"^(?=@)", text, flags=re.M) if entry.strip()]
    assert all(entry.count("{") == entry.count("}") for entry in entries)
    keys = [re.match(r"@\w+\{([\w-]+),", entry)[1] for entry in entries]
    assert len(set(keys)) == len(keys)


# The rules of a chapter, as functions of a notebook that return what is wrong.

Notebook = nbformat.NotebookNode


def code(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def lines(cell: Notebook) -> int:
    rows = [row.strip() for row in cell.source.splitlines()]
    return len([row for row in rows if row and not row.startswith("#")])


def with_outputs(notebook: Notebook) -> list[str]:
    return [c.id for c in code(notebook) if c.outputs or c.execution_count is not None]


def unstable_ids(notebook: Notebook) -> list[str]:
    """An id that is made by chance has eight or more hexadecimal digits, and no word."""
    ids = [cell.id for cell in notebook.cells]
    doubled = {i for i in ids if ids.count(i) > 1}
    return [i for i in ids if i in doubled or re.fullmatch(r"[0-9a-f-]{8,}", i)]


def too_long(notebook: Notebook) -> list[str]:
    sizes = [lines(cell) for cell in code(notebook)]
    wrong = [f"{c.id}: {lines(c)} lines" for c in code(notebook) if lines(c) > 25]
    if statistics.median(sizes) > 6:
        wrong.append(f"the median cell has {statistics.median(sizes)} lines")
    if sum(size <= 15 for size in sizes) < 0.9 * len(sizes):
        wrong.append("more than a tenth of the cells has over 15 lines")
    return wrong


def package_material(notebook: Notebook) -> list[str]:
    """Classes and longer functions belong into the package."""
    wrong = []
    for cell in code(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ClassDef):
                wrong.append(f"{cell.id}: class {node.name}")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
                if body > 5:
                    wrong.append(f"{cell.id}: {node.name} has {body} statements")
    return wrong


def network_or_paths(notebook: Notebook) -> list[str]:
    foreign = re.compile(r"urlopen|requests\.|/home/|/root/|/work/|/tmp/|^[!%]", re.M)
    return [cell.id for cell in code(notebook) if foreign.search(cell.source)]


def not_required(notebook: Notebook) -> list[str]:
    """What a chapter imports, and `make book` alone does not install."""
    lists = requirements()
    installed = {canonicalize_name(r.name) for r in lists[""] + lists["book"]} | {"facenet-lite"}
    # dlib-bin's wheel does not list the module that it brings.
    owners = {"dlib": ["dlib-bin"], **importlib.metadata.packages_distributions()}
    wrong = []
    for cell in code(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in {name.split(".")[0] for name in names} - sys.stdlib_module_names:
                owned = {canonicalize_name(owner) for owner in owners.get(name, [])}
                if not owned & installed:
                    wrong.append(f"{cell.id}: {name}")
    return wrong


RULES = [with_outputs, unstable_ids, too_long, package_material, network_or_paths, not_required]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_keeps_the_rules(path: Path, rule) -> None:
    assert not rule(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_names_every_verb_of_its_page(path: Path) -> None:
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    assert re.match(r"# \S", text), "the first line is the title"
    for part in ("You will be able to", "Predict first", "What we saw"):
        assert part.lower() in text.lower(), part
    assert re.search(r'\]\(\S+ "\w+"\)', text), "a source"


def bad_notebook() -> Notebook:
    sources = {
        "class A:\n    pass": "0123abcd",
        "def f():\n" + "    x = 1\n" * 6: "twice",
        "x = 1\n" * 26: "twice",
        "requests.get('...')": "net",
        "from pytest import raises": "test",
    }
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    for cell, name in zip(cells, sources.values(), strict=True):
        cell.id, cell.execution_count = name, 1
    return nbformat.from_dict({"cells": cells})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rules_go_red(rule) -> None:
    assert rule(bad_notebook())


def test_python_of_this_run_is_one_that_the_package_takes() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(version)


# What runs on GitHub, and the two doors to the targets.

CI = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf8"))
STEPS = [(name, step) for name, job in CI["jobs"].items() for step in job["steps"]]


def test_make_has_the_targets_of_dev_and_no_other() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, flags=re.M)
    rules = " ".join(re.findall(r"^([a-z][a-z -]*):(?!=)", text, flags=re.M))
    assert phony.split() == rules.split() == ["help", *dev.targets()]


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", ".pre-commit-config.yaml", ".github/workflows/ci.yml"]
)
def test_every_command_that_is_named_is_a_target(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf8")
    started = r"(?:make|python -m facenet_lite\.book\.dev)"
    named = re.findall(rf"(?:[`/:&] ?|^){started} ([a-z][\w-]*)", text)
    assert named
    assert set(named) <= set(dev.targets())


def test_there_is_one_workflow() -> None:
    """A second one that publishes would not wait for the tests of the first."""
    assert [path.name for path in (ROOT / ".github/workflows").iterdir()] == ["ci.yml"]


def test_the_site_is_published_on_main_after_every_other_job() -> None:
    deploy = CI["jobs"]["deploy"]
    assert set(deploy["needs"]) == set(CI["jobs"]) - {"deploy"}
    assert deploy["if"].startswith("github.ref == 'refs/heads/main' && ")
    assert [step["uses"].split("@")[0] for step in deploy["steps"]] == ["actions/deploy-pages"]


def test_the_published_site_is_the_one_that_chromium_saw() -> None:
    steps = CI["jobs"]["book"]["steps"]
    order = [step.get("run") or step["uses"].split("@")[0] for step in steps]
    assert order[-3:] == ["make book", "make test-book", "actions/upload-pages-artifact"]
    assert steps[-1]["with"]["path"] == dev.SITE
    uploads = [job for job, step in STEPS if "upload-pages-artifact" in step.get("uses", "")]
    assert uploads == ["book"]


def test_only_publishing_may_write() -> None:
    assert CI["permissions"] == {"contents": "read"}
    asked = {name: job["permissions"] for name, job in CI["jobs"].items() if "permissions" in job}
    assert asked == {"deploy": {"pages": "write", "id-token": "write"}}


def test_a_run_on_main_is_not_cancelled() -> None:
    assert CI["concurrency"]["cancel-in-progress"] == "${{ github.ref != 'refs/heads/main' }}"
    assert CI["jobs"]["deploy"]["concurrency"] == {"group": "pages", "cancel-in-progress": False}


def test_every_action_has_one_version() -> None:
    used = {tuple(step["uses"].split("@")) for _, step in STEPS if "uses" in step}
    assert all(re.fullmatch(r"v\d+|[0-9a-f]{40}", version) for _, version in used)
    assert len({action for action, _ in used}) == len(used)


def test_what_is_handed_to_an_action_is_text() -> None:
    """GitHub refuses a whole workflow in which one of these is a list."""
    handed = [value for _, step in STEPS for value in step.get("with", {}).values()]
    assert handed
    assert all(isinstance(value, str | bool | int) for value in handed)


def test_windows_and_macos_need_no_make() -> None:
    library = CI["jobs"]["library"]
    assert {name.split("-")[0] for name in library["strategy"]["matrix"]["system"]} == {
        "windows",
        "macos",
    }
    commands = [step["run"] for step in library["steps"] if "run" in step]
    assert commands == ["python -m facenet_lite.book.dev test-library"]


def test_what_git_must_not_touch_is_binary() -> None:
    text = (ROOT / ".gitattributes").read_text(encoding="utf8")
    declared = set(re.findall(r"^\*(\.\w+) binary$", text, flags=re.M))
    folders = [ROOT / name for name in ("facenet_lite", "tests", "notebooks", "book/_static")]
    files = [path for folder in folders for path in folder.rglob("*.*") if path.is_file()]
    kept = [path for path in files if "__pycache__" not in path.parts]
    assert {path.suffix for path in kept if b"\0" in path.read_bytes()} <= declared


def test_the_citation_claims_no_release_that_the_changelog_lacks() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == facenet_lite.__version__
    (title,) = re.findall(r"^# (.*)$", (ROOT / "README.md").read_text(encoding="utf8"), flags=re.M)
    assert citation["title"] == title
    assert str(citation.get("date-released", "")) in (ROOT / "CHANGELOG.md").read_text("utf8")
