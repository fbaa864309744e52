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

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def requirements() -> dict[str, list[Requirement]]:
    lists = {"": PROJECT["dependencies"], **EXTRAS}
    return {extra: [Requirement(line) for line in lines] for extra, lines in lists.items()}


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
                body = (node.end_lineno or 0) - node.lineno
                if body > 5:
                    wrong.append(f"{cell.id}: {node.name} has {body} lines")
    return wrong


def network_or_paths(notebook: Notebook) -> list[str]:
    foreign = re.compile(r"urlopen|requests\.|/home/|/root/|/work/|/tmp/|^[!%]", re.M)
    return [cell.id for cell in code(notebook) if foreign.search(cell.source)]


def not_required(notebook: Notebook) -> list[str]:
    """What a chapter imports, and `make book` alone does not install."""
    lists = requirements()
    installed = {canonicalize_name(r.name) for r in lists[""] + lists["book"]} | {"facenet-lite"}
    installed.add("myst-nb")  # a part of jupyter-book
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
    for part in ("You will be able to", "Predict first", "What we saw", "{cite}"):
        assert part.lower() in text.lower(), part


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
