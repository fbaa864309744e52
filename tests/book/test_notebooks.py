"""A chapter is an ordinary notebook: plain Markdown, short code, numbers that a run has given."""

from __future__ import annotations

import ast
import importlib.util
import re
import statistics
import symtable
import sys
from pathlib import Path

import bs4
import nbconvert
import nbformat
import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("ch*.ipynb"))
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import lift  # noqa: E402  (it lies among the book's extensions)

RAW = re.compile(r"\{[a-z:]+\}`|:::|myst_nb|glue\(|alt=")
HIDDEN, FOLDED = "remove-cell", "hide-input"
WIDEST = 76


def chapter(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def visible(notebook):
    """The code cells that a page shows; the first is the set-up."""
    shown = [cell for cell in code(notebook) if not tags(cell) & {HIDDEN, FOLDED}]
    return [cell for cell in shown if not cell.metadata.get("jupyter", {}).get("source_hidden")]


def lifted(path):
    return lift.lift(chapter(path), path.stem, lift.references(ROOT / "book"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_markup_of_the_book_stands_in_it(path):
    assert not RAW.findall(path.read_text(encoding="utf8"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_it_can_be_lifted_into_the_book(path):
    made = lifted(path)
    assert made.numbers
    assert not any(
        "<!--" in cell.source for cell in made.notebook.cells if cell.cell_type == "markdown"
    )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_its_first_cell_is_set_up_and_is_folded(path):
    first, *others = code(chapter(path))
    assert first.metadata["jupyter"]["source_hidden"]
    assert "seed_everything(0)" in first.source
    for cell in others:  # what the page leaves out is collapsed in JupyterLab too
        assert bool(tags(cell) & {HIDDEN}) == bool(
            cell.metadata.get("jupyter", {}).get("source_hidden")
        )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_picture_says_what_it_shows_in_its_cells_metadata(path):
    for cell in code(chapter(path)):
        drawn = re.search(r"^\S*(plots|pictured)\.\w+\(", cell.source.split("\n")[-1] or "")
        assert not drawn or len(cell.metadata.get("alt", "")) > 10, cell.id


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_visible_lines_fit_the_page(path):
    wide = [
        (cell.id, line)
        for cell in visible(chapter(path))
        for line in cell.source.split("\n")
        if len(line) > WIDEST
    ]
    assert not wide


def test_the_code_of_all_chapters_is_short():
    sizes = [len(cell.source.split("\n")) for path in CHAPTERS for cell in visible(chapter(path))]
    assert sum(sizes) <= 2000
    assert statistics.median(sizes) <= 5


def made_and_used(source):
    """The names that a cell makes for others, and those that it takes from them."""
    table = symtable.symtable(source, "cell", "exec")
    names = {each.get_name(): each for each in table.get_symbols()}
    made = {name for name, each in names.items() if each.is_assigned() or each.is_imported()}
    waiting, used = table.get_children(), {n for n, each in names.items() if each.is_referenced()}
    while waiting:
        inner = waiting.pop()
        waiting += inner.get_children()
        used |= {each.get_name() for each in inner.get_symbols() if each.is_global()}
    return made, used


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_visible_cell_needs_what_a_hidden_one_makes(path):
    seen, hidden, wrong = set(), set(), []
    for cell in code(chapter(path)):
        made, used = made_and_used(cell.source)
        if tags(cell) & {HIDDEN}:
            hidden |= made - seen
            continue
        hidden -= made
        seen |= made
        wrong += [(cell.id, name) for name in used & hidden]
    assert not wrong


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_hidden_bookkeeping_is_little(path):
    sizes = [len(cell.source.split("\n")) for cell in code(chapter(path)) if tags(cell) & {HIDDEN}]
    assert len(sizes) <= 2
    assert all(size <= 10 for size in sizes)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_is_imported_is_used_in_code_or_in_a_number(path):
    made, used, notebook = set(), set(), chapter(path)
    for cell in code(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                made |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            elif isinstance(node, ast.Name):
                used.add(node.id)
    comments = " ".join(
        each
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for each in re.findall(r"<!--.*?-->|```python.*?```", cell.source, flags=re.DOTALL)
    )
    assert not {name for name in made - used if not re.search(rf"\b{name}\b", comments)}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_links_between_chapters_and_to_pages_hit(path):
    for cell in chapter(path).cells:
        if cell.cell_type != "markdown":
            continue
        for to in re.findall(r"\]\(([^)\s#]+)(?:#[^)\s]*)?(?: \"\w+\")?\)", cell.source):
            if not to.startswith(("http://", "https://", "attachment:")):
                assert (path.parent / to).exists(), to


def executor():
    place = ROOT / "book" / "_tools" / "execute.py"
    spec = importlib.util.spec_from_file_location("execute", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_number_is_what_the_last_run_gave():
    """Where the chapters have been run as they are now: `make book` does it."""
    runs = executor().last_runs(ROOT)
    if not runs:
        pytest.skip("the chapters have not been run since the package changed (make book)")
    stale = [
        f"{name}, cell {number.cell}, line {number.line + 1}: {number.text}, "
        f"and the run gave {values[number.name]}"
        for name, (made, values) in runs.items()
        for number in lift.stale(made, values)
    ]
    assert not stale, "make numbers writes them:\n" + "\n".join(stale)


def test_a_number_typed_wrong_is_named(tmp_path):
    path = CHAPTERS[0]
    notebook = chapter(path)
    made = lifted(path)
    number = next(one for one in made.numbers if one.exact)
    values = {one.name: one.text for one in made.numbers}
    assert not list(lift.stale(made, values))
    wrong = lift.rewritten(notebook, made, {**values, number.name: "12345"})
    again = lift.lift(wrong, path.stem, lift.references(ROOT / "book"))
    (named,) = lift.stale(again, values)
    assert (named.cell, named.text) == (number.cell, "12345")


MARKS = re.compile(r"\{[a-z:]+\}`|:::|<!--|-->|&lt;!--|&lt;/?(?:details|summary)|\\tag\b|\]\(")


def seen(html):
    """What a reader sees of a page's prose: no code, no formulas."""
    soup = bs4.BeautifulSoup(html, "html.parser")
    for part in soup.select("pre, code, script, style, head"):
        part.extract()
    return re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", "x", soup.get_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_plain_viewer_shows_no_raw_markup(path):
    """As nbconvert makes it for JupyterLab's look, and GitHub's Markdown cell by cell."""
    exporter = nbconvert.HTMLExporter(template_name="lab")
    html, _ = exporter.from_notebook_node(chapter(path))
    github = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    texts = [cell.source for cell in chapter(path).cells if cell.cell_type == "markdown"]
    for text in (seen(html), seen("\n".join(map(github.render, texts)))):
        assert len(text) > 4_000
        assert not MARKS.findall(text)
        assert "  ." not in text  # a number that is a hole
