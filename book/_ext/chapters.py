"""``{chapter-list}`` and ``{teaching-plan}``: the chapters, as their notebooks describe themselves.

Order and parts come from ``_toc.yml``. Under ``chapter`` in its metadata each notebook has a
``title``, what it is ``about``, and what a class does ``before``, ``in_class`` and ``after``.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
PLAN = ("title", "before", "in_class", "after")


def parts(toc: str, notebooks: Path) -> list[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """List the parts of a table of contents that have chapters: their captions, and for each
    chapter the notebook's name and what it says of itself."""
    found = []
    for part in yaml.safe_load(toc)["parts"]:
        names = [chapter["file"] for chapter in part["chapters"]]
        paths = [notebooks / f"{name}.ipynb" for name in names]
        described = [
            (path.stem, json.loads(path.read_text(encoding="utf8"))["metadata"]["chapter"])
            for path in paths
            if path.is_file()
        ]
        if described:
            found.append((part["caption"], described))
    return found


def listing(toc: str, notebooks: Path) -> str:
    """Write a heading for each part and below it a numbered line for each chapter."""
    lines, numbers = [], count(1)
    for roman, (caption, chapters) in zip(ROMAN, parts(toc, notebooks), strict=False):
        first, _, rest = caption.partition(" ")
        word = first.lower() if first[1:].islower() else first
        lines += [f"## Part {roman}: {' '.join([word, rest]).strip()}", ""]
        for name, says in chapters:
            link = f"[{says['title']}](../notebooks/{name}.ipynb)"
            lines.append(f"{next(numbers)}. {link}: {says['about']}")
        lines.append("")
    return "\n".join(lines)


def plan(toc: str, notebooks: Path) -> str:
    """Write a table with a session for each chapter, and how long its notebook ran."""
    rows = [
        "| session | chapter | before | in class | after | runs in |",
        "|---|---|---|---|---|---|",
    ]
    took = seconds(notebooks.parent)
    chapters = [each for _, some in parts(toc, notebooks) for each in some]
    for number, (name, says) in enumerate(chapters, start=1):
        time = f"{took[name]:.0f} s" if name in took else ""
        rows.append(f"| {number} | {' | '.join(says[key] for key in PLAN)} | {time} |")
    return "\n".join(rows)


def seconds(root: Path) -> dict[str, float]:
    """How long each chapter ran, as ``book/_tools/execute.py`` has kept it."""
    kept = root / "book" / "_build" / "seconds.json"
    return json.loads(kept.read_text(encoding="utf8")) if kept.is_file() else {}


class Chapters(SphinxDirective):
    """What one of the functions above writes, read as the page's own text."""

    has_content: ClassVar[bool] = False
    write: ClassVar[Any]

    def run(self) -> list[nodes.Node]:
        """Parse the text where the directive stands."""
        book = Path(self.env.srcdir)
        toc, notebooks = book / "_toc.yml", book.parent / "notebooks"
        for path in (toc, *notebooks.glob("*.ipynb")):
            self.env.note_dependency(str(path))
        lines = type(self).write(toc.read_text(encoding="utf8"), notebooks).splitlines()
        node = nodes.section()
        self.state.nested_parse(StringList(lines, source=str(toc)), 0, node, match_titles=True)
        return node.children


class ChapterList(Chapters):
    """The parts and their chapters."""

    write = staticmethod(listing)


class TeachingPlan(Chapters):
    """The sessions."""

    write = staticmethod(plan)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("chapter-list", ChapterList)
    app.add_directive("teaching-plan", TeachingPlan)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
