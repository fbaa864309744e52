"""The pages that are made from lists: the chapters, the teaching plan, the API reference."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from facenet_lite.book import exercises

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TOC = (BOOK / "_toc.yml").read_text(encoding="utf8")
DOORS = {"library": "", "lessons": "by_hand", "workshop": "book"}


def extension(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BOOK / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_says_what_the_list_and_the_plan_need(path: Path) -> None:
    said = json.loads(path.read_text(encoding="utf8"))["metadata"]["chapter"]
    assert set(said) == {"title", "about", "before", "in_class", "after"}
    assert all(text.strip() and "|" not in text and "\n" not in text for text in said.values())


def test_every_chapter_is_listed_under_its_part_and_has_its_session() -> None:
    chapters = extension("chapters")
    listed = chapters.listing(TOC, ROOT / "notebooks")
    links = re.findall(r"^(\d+)\. \[.+\]\(\.\./notebooks/(\w+)\.ipynb\): .+\.$", listed, re.M)
    assert links == [(str(n), path.stem) for n, path in enumerate(NOTEBOOKS, start=1)]
    captions = [caption for caption, _ in chapters.parts(TOC, ROOT / "notebooks")]
    assert len(re.findall(r"^## Part [IV]+: ", listed, re.M)) == len(captions)
    rows = chapters.plan(TOC, ROOT / "notebooks").splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {n}" for n, _ in links]


def test_a_part_keeps_the_capitals_of_a_name(tmp_path: Path) -> None:
    chapters = extension("chapters")
    (tmp_path / "ch01_a.ipynb").write_text(
        json.dumps({"metadata": {"chapter": {"title": "A", "about": "first."}}})
    )
    parts = [{"caption": c, "chapters": [{"file": "ch01_a"}]} for c in ("FaceNet", "Is it good?")]
    listed = chapters.listing(yaml.safe_dump({"parts": parts}), tmp_path)
    assert re.findall("## .*", listed) == ["## Part I: FaceNet", "## Part II: is it good?"]


def test_every_chapter_has_the_exercises_of_its_topic() -> None:
    assert set(exercises.CHAPTERS) == {path.stem.partition("_")[2] for path in NOTEBOOKS}


def shown(page: str) -> set[str]:
    """The units whose modules a page of the reference shows."""
    reference = extension("reference")
    text = (BOOK / "api" / page).read_text(encoding="utf8")
    names = reference.modules(ROOT / "facenet_lite")
    found = []
    for units, without in re.findall(r"\{package-reference\} (.*)\n(?::without: (.*)\n)?", text):
        found += reference.chosen(names, units.split(), without.split())
    parts = [name.split(".")[1:] for name in found]
    return {".".join(part[:2]) if part[0] == "book" else part[0] for part in parts}


def test_the_reference_lists_what_each_page_shows_under_its_door() -> None:
    index = (BOOK / "api" / "index.md").read_text(encoding="utf8")
    pages = set()
    for heading, body in re.findall(r"^## The (\w+):.*\n([^#]*)", index, re.M):
        for page, text in re.findall(r"^\| \[\]\((\S+\.md)\) \| (.*) \|$", body, re.M):
            assert set(re.findall(r"`([\w.]+)`", text)) == shown(page), page
            doors = {unit.split(".")[0] for unit in shown(page)}
            if DOORS[heading]:
                assert doors == {DOORS[heading]}, page
            else:
                assert not doors & set(DOORS.values()), page
            pages.add(page)
    assert pages == {path.name for path in (BOOK / "api").glob("*.md")} - {"index.md"}
    listed = re.findall(r"- file: api/([\w-]+)", TOC)
    assert listed[0] == "index"
    assert {f"{name}.md" for name in listed[1:]} == pages
