"""Lift a chapter from plain Markdown to MyST.

A notebook holds Markdown that reads the same in JupyterLab, on Colab and GitHub, and in the book:
numbers with the expression that makes them in a comment, links to sources and glossary, numbered
formulas and exercises, ``<details>`` for what unfolds. The book needs roles and directives in
their place, and a hidden cell that computes the numbers: ``lift`` writes both. The forms stand in
``book/decisions/plain-notebooks.md``.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from docutils.nodes import make_id
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from pybtex.database import Person, parse_file
from sphinx.application import Sphinx

LEADS = {
    "Predict first": ":::{admonition} Predict first\n:class: tip\n",
    "Note": ":::{note}\n",
    "Warning": ":::{warning}\n",
    "Trap": ":::{admonition} Trap\n:class: warning\n",
}
"""What a quotation begins with in bold to become an admonition, and what opens that one."""

FORM = re.compile(
    r"(?:(?P<later>later )?(?P<kind>[=~])|assert |let (?P<names>\w+(?:, \w+)*) = )(?P<code>.+)"
)
FORMS = (
    "'<!-- =EXPRESSION -->', '<!-- ~EXPRESSION -->', '<!-- let NAME = EXPRESSION -->' or "
    "'<!-- assert EXPRESSION -->'"
)
"""What stands in a comment: see ``book/decisions/plain-notebooks.md``."""
COMMENT = re.compile(r"<!--.*?-->")
BEGIN = "<!--.-->"
NUMBER = re.compile(
    rf"(?:{re.escape(BEGIN)}(?P<long>[^<>\ue000]+)|(?P<short>[^\s()\[\]|*_\"“”$<>\ue000\ue001]+))$"
)
"""The text of a number, before its comment. ``BEGIN`` begins one that has spaces in it."""
SPANS = re.compile(r"(?P<comment><!--.*?-->)|(?P<code>(`+).+?\3)|(?P<math>\$[^$]+\$)")
LINK = re.compile(
    r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])+)\]\((?P<to>[^\s()]+)(?: \"(?P<key>[^\"]*)\")?\)"
)
CITED = re.compile(
    rf"\((?P<links>{LINK.pattern}(?:; {re.sub(r'P<[a-z]+>', ':', LINK.pattern)})*)\)"
)
EQUATION = re.compile(r"\(\[(?P<number>[\d.]+)\]\(#eq-[\d-]+\)\)")
EXERCISE = re.compile(r"Exercise (?P<number>\d+\.\d+): (?P<title>.+)")
DETAILS = re.compile(r"<details>\n<summary>(?P<title>[^\n<>]+)</summary>\n*")
TAG = re.compile(r"\s*\\tag\{(?P<number>[^}]*)\}\s*$")


class LiftError(ValueError):
    """Something in a notebook that is not in one of the forms."""


SET_UP: Final = "Set-up"
DRAWING: Final = "How this is drawn"
"""What stands on the fold of a chapter's first cell, and on the others'."""
DESCRIBE: Final = """\
from facenet_lite.book.plots.described import describe as _describe
_describe({!r})"""


@dataclass(frozen=True)
class Number:
    """A number in a sentence: its text, its place in the cell's source, and what computes it.

    ``name`` is the name that it is glued by. ``exact``: whether every run gives the same.
    ``later``: whether it is computed at the end of the chapter, since its sentence comes first.
    """

    cell: str
    line: int
    start: int
    text: str
    expression: str
    exact: bool
    name: str
    later: bool


@dataclass(frozen=True)
class Lifted:
    """A notebook for the book, and the numbers in it."""

    notebook: NotebookNode
    numbers: list[Number]


@dataclass(frozen=True)
class References:
    """``sources``: for each key of ``references.bib`` the words and the address of a link to it;
    ``terms``: the terms of the glossary by their anchors."""

    sources: dict[str, tuple[str, str]]
    terms: dict[str, str]


def surname(person: Person) -> str:
    """``van der Maaten`` of van der Maaten, L., with accents in place of TeX's commands."""
    return " ".join(str(part) for part in (*person.rich_prelast_names, *person.rich_last_names))


@cache
def references(book: Path) -> References:
    """Read the book's sources and its glossary."""
    sources = {}
    for key, entry in parse_file(str(book / "references.bib")).entries.items():
        names = [surname(one) for one in entry.persons["author"]]
        who = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else ""
        fields = entry.fields
        address = (
            f"https://doi.org/{fields['doi']}" if "doi" in fields else "../book/bibliography.md"
        )
        words = f"{who or f'{names[0]} et al.'}, {fields['year']}"
        sources[key] = (words, fields.get("url", address))
    text = (book / "glossary.md").read_text(encoding="utf8").split("```{glossary}\n", 1)[1]
    terms = re.findall(r"^(?=\S)(?!```)(.+)$", text.split("\n```", 1)[0], flags=re.M)
    return References(sources, {make_id(f"term-{term}"): term for term in terms})


def lift(notebook: NotebookNode, name: str, known: References) -> Lifted:
    """Make the book's form of the notebook ``name`` (``chNN_topic``).

    Raises LiftError, which names the notebook, the cell, the line, and what was expected.
    """
    chapter = int(name[2:4])
    state = _State(name, chapter, known)
    made = copy.deepcopy(notebook)
    made.cells = []
    numbers: list[Number] = []
    for cell in notebook.cells:
        new = copy.deepcopy(cell)
        if cell.cell_type == "markdown":
            state.cell, state.numbers, state.claims, state.lets = cell.id, [], [], []
            new.source = state.markdown(cell.source)
            if code := state.hidden():
                made.cells.append(_hidden(f"{cell.id}-numbers", code))
            numbers += state.numbers
        elif cell.cell_type == "code":
            _fold(new, first=not any(each.cell_type == "code" for each in made.cells))
            if alt := cell.metadata.get("alt"):
                made.cells.append(_hidden(f"{cell.id}-alt", DESCRIBE.format(alt)))
        made.cells.append(new)
    if later := [number for number in numbers if number.later]:
        made.cells.append(_hidden(f"{name[:4]}-end-numbers", _glued(later)))
    return Lifted(made, numbers)


def _glued(numbers: list[Number]) -> str:
    """The code that computes the numbers and keeps them for the page."""
    rows = [f"_glue({n.name!r}, str({n.expression}), display=False)" for n in numbers]
    return "\n".join(["from myst_nb import glue as _glue", *rows])


def _hidden(identity: str, source: str) -> NotebookNode:
    return NotebookNode(
        id=identity,
        cell_type="code",
        metadata=NotebookNode(tags=["remove-cell"]),
        source=source,
        outputs=[],
        execution_count=None,
    )


def _fold(cell: NotebookNode, *, first: bool) -> None:
    """What is collapsed in JupyterLab is folded in the page, and a fold says what is in it."""
    tags = cell.metadata.setdefault("tags", [])
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
    if hidden and not {"remove-cell", "hide-input"} & set(tags):
        cell.metadata["tags"] = tags = [*tags, "hide-input"]
    if "hide-input" in tags:
        prompt = cell.metadata.setdefault("mystnb", NotebookNode())
        prompt.setdefault("code_prompt_show", SET_UP if first else DRAWING)


@dataclass
class _State:
    """What has been seen of a chapter up to a place in it."""

    name: str
    chapter: int
    known: References
    cell: str = ""
    line: int = 0
    source: list[str] = field(default_factory=list)
    equations: int = 0
    exercises: int = 0
    numbers: list[Number] = field(default_factory=list)
    claims: list[tuple[int, str]] = field(default_factory=list)
    lets: list[str] = field(default_factory=list)

    def error(self, expected: str, line: int | None = None) -> LiftError:
        place = self.line if line is None else line
        return LiftError(f"{self.name}, cell {self.cell}, line {place + 1}: {expected}")

    def hidden(self) -> str:
        """The code of the cell that computes the numbers and checks the claims of this one."""
        now = [number for number in self.numbers if not number.later]
        made = [*self.lets, *([_glued(now)] if now else [])]
        for line, claim in self.claims:
            said = f"{self.name}, cell {self.cell}, line {line + 1}: this does not hold: {claim}"
            made.append(f"assert {claim}, {said!r}")
        return "\n".join(made)

    # Blocks: by the lines that the parser says they stand on.

    def markdown(self, source: str) -> str:
        """A cell's text in MyST."""
        rows = source.split("\n")
        self.source = source.split("\n")
        before: dict[int, list[str]] = {}
        open_exercise, open_folds = False, 0

        def put(line: int, *texts: str) -> None:
            before.setdefault(line, []).extend(texts)

        tokens = _parser().parse(source)
        for place, token in enumerate(tokens):
            if token.map is None:
                continue
            self.line, end = token.map
            top = token.level == 0
            if token.type == "inline":
                for number in range(self.line, end):
                    self.line = number
                    rows[number] = self.inline(rows[number])
            elif token.type == "heading_open" and top:
                if open_exercise:
                    put(self.line, "::::", "")
                    open_exercise = False
                if found := EXERCISE.fullmatch(tokens[place + 1].content):
                    rows[self.line] = self.exercise(found, token)
                    tokens[place + 1].map = None
                    open_exercise = True
            elif token.type == "html_block":
                if not top:
                    raise self.error("expected <details> at the left margin")
                if found := DETAILS.fullmatch(token.content):
                    if found["title"] == "Solution" and open_exercise:
                        put(self.line, "::::", "")
                        open_exercise = False
                    if open_exercise:
                        raise self.error("expected no fold within an exercise but its Solution")
                    rows[self.line], rows[self.line + 1] = self.fold(found["title"]), ""
                    open_folds += 1
                elif token.content.strip() == "</details>":
                    rows[self.line] = ":::::"
                    open_folds -= 1
                elif token.content.startswith("<!--"):
                    raise self.error("expected words before a comment, at the line's beginning")
                else:
                    raise self.error(
                        "expected '<details>', a line '<summary>...</summary>', an empty line, or "
                        f"'</details>' alone, got {token.content.splitlines()[0]!r}"
                    )
                if open_folds not in (0, 1):
                    raise self.error("expected each <details> closed before the next")
            elif token.type == "blockquote_open" and top:
                self.quotation(rows, end)
            elif token.type.startswith("math_block") and top:
                self.equation(rows, end)
        if open_folds:
            raise self.error("expected </details> before the cell's end", len(rows) - 1)
        if open_exercise:
            put(len(rows), "", "::::")
        return "\n".join(
            line
            for number in range(len(rows) + 1)
            for line in (*before.get(number, ()), *rows[number : number + 1])
        )

    def exercise(self, found: re.Match[str], token: Token) -> str:
        self.exercises += 1
        expected = f"{self.chapter}.{self.exercises}"
        if found["number"] != expected or token.tag != "h3":
            raise self.error(
                f"expected '### Exercise {expected}: ...', got Exercise {found['number']}"
            )
        return f"::::{{exercise}} {found['title']}\n:label: {label('ex', expected)}\n"

    def fold(self, title: str) -> str:
        if title != "Solution":
            return f":::::{{dropdown}} {title}"
        if not self.exercises:
            raise self.error("expected an exercise before its solution")
        return (
            f":::::{{solution}} {label('ex', f'{self.chapter}.{self.exercises}')}\n:class: dropdown"
        )

    def quotation(self, rows: list[str], end: int) -> None:
        """Make an admonition of a quotation that begins with one of the leads."""
        block = [re.sub(r"^> ?", "", row) for row in rows[self.line : end]]
        found = re.match(r"\*\*([^*]+)\.\*\* ?(.*)", block[0])
        if not found:
            return
        if found[1] not in LEADS:
            raise self.error(f"expected one of {', '.join(LEADS)}, got {found[1]!r}")
        while not block[-1]:
            block.pop()
        rows[self.line : end] = [
            f"{LEADS[found[1]]}\n{found[2]}",
            *block[1:-1],
            *([f"{block[-1]}\n\n:::"] if len(block) > 1 else []),
        ] + [""] * (end - self.line - len(block))
        if len(block) == 1:
            rows[self.line] += "\n\n:::"

    def equation(self, rows: list[str], end: int) -> None:
        """Make a labelled formula of one that has a tag."""
        block = "\n".join(rows[self.line : end])
        found = re.fullmatch(r"\$\$\n(?P<body>.*?)\n\$\$\s*", block, flags=re.S)
        tagged = found and TAG.search(found["body"])
        if "\\tag" not in block:
            return
        self.equations += 1
        expected = f"{self.chapter}.{self.equations}"
        if not found or not tagged or tagged["number"] != expected:
            raise self.error(
                f"expected a formula between lines of $$ that ends with \\tag{{{expected}}}"
            )
        body = found["body"][: tagged.start()].rstrip()
        lines = f"```{{math}}\n:label: {label('eq', expected)}\n\n{body}\n```".split("\n")
        rows[self.line : end] = ["\n".join(lines), *[""] * (end - self.line - 1)]

    # Within a line.

    def inline(self, row: str) -> str:
        """A line's links, numbers and claims in MyST; code and formulas stay."""
        kept: list[str] = []

        def mask(found: re.Match[str]) -> str:
            if found["comment"]:
                return found[0]
            kept.append(found[0])
            return f"\ue000{len(kept) - 1}\ue001"

        masked, made, at, column = SPANS.sub(mask, row), "", 0, 0
        for found in COMMENT.finditer(masked):
            made += masked[at : found.start()]
            at = found.end()
            # A quotation's lines have lost their marks by now: the place is that in the source.
            column = self.source[self.line].index(found[0], column)
            made = made + BEGIN if found[0] == BEGIN else self.comment(made, found[0], column, row)
            column += len(found[0])
        made = self.links(made + masked[at:])
        if "<!--" in made:
            raise self.error(f"expected {FORMS} behind words, on one line")
        return _unmask(made, kept)

    def comment(self, made: str, comment: str, start: int, row: str) -> str:
        inside = comment[4:-3].strip()
        found = FORM.fullmatch(inside)
        if not found:
            raise self.error(f"expected {FORMS}, got {comment!r}")
        later, kind, code = found["later"], found["kind"] or "assert ", found["code"].strip()
        try:
            ast.parse(code, mode="eval")
        except SyntaxError as error:
            raise self.error(f"expected a Python expression in {comment!r}: {error.msg}") from error
        for bad, why in (("--", "ends a comment for some readers"), ("$", "begins a formula")):
            if bad in inside:
                raise self.error(f"expected no {bad!r} in a comment, since it {why}: {comment!r}")
        if "|" in inside and row.lstrip().startswith("|"):
            raise self.error(f"expected no '|' in a comment within a table: {comment!r}")
        if found["names"]:
            self.lets.append(f"{found['names']} = {code}")
            return made
        if kind == "assert ":
            self.claims.append((self.line, code))
            return made
        found = NUMBER.search(made)
        if not found:
            raise self.error(
                f"expected a number directly before {comment!r}, not code or a formula"
            )
        text = found["long"] or found["short"]
        name = f"{self.cell}-{len(self.numbers) + 1}"
        self.numbers.append(
            Number(
                self.cell, self.line, start - len(text), text, code, kind == "=", name, bool(later)
            )
        )
        return f"{made[: -len(found[0])]}{{glue:text}}`{name}`"

    def links(self, row: str) -> str:
        keys = self.known.sources

        def all_cited(found: re.Match[str]) -> str:
            links = list(LINK.finditer(found["links"]))
            if not all(link["key"] in keys for link in links):
                return found[0]
            for link in links:
                self.check_source(link, *keys[link["key"]])
            return "{cite}`" + ",".join(link["key"] for link in links) + "`"

        def one(found: re.Match[str]) -> str:
            text, to, key = found["text"], found["to"], found["key"]
            if key is not None:
                if key not in keys:
                    raise self.error(
                        f"expected a key of references.bib as the link's title, got {key!r}"
                    )
                words, address = keys[key]
                who, year = words.rsplit(", ", 1)
                self.check_source(found, f"{who} ({year})", address)
                return f"{{cite:t}}`{key}`"
            page, _, anchor = to.partition("#")
            if page == "../book/glossary.md" and anchor:
                if anchor not in self.known.terms:
                    raise self.error(
                        f"expected the anchor of a term in the glossary, got {anchor!r}"
                    )
                term = self.known.terms[anchor]
                return f"{{term}}`{text}`" if text == term else f"{{term}}`{text} <{term}>`"
            if page.startswith("../book/") and anchor:
                return f"{{ref}}`{text} <{anchor}>`"
            if page == "" and re.fullmatch(r"ex-[\d-]+", anchor):
                return f"{{ref}}`{anchor}`"
            return found[0]

        def numbered(found: re.Match[str]) -> str:
            if found[0] != reference(found["number"]):
                raise self.error(f"expected {reference(found['number'])}, got {found[0]}")
            return f"{{eq}}`{label('eq', found['number'])}`"

        return LINK.sub(one, EQUATION.sub(numbered, CITED.sub(all_cited, row)))

    def check_source(self, link: re.Match[str], words: str, address: str) -> None:
        if (link["text"], link["to"]) != (words, address):
            raise self.error(f'expected [{words}]({address} "{link["key"]}"), got {link[0]}')


def _unmask(text: str, kept: list[str]) -> str:
    """Put code and formulas back in their places."""
    return re.sub("\ue000(\\d+)\ue001", lambda found: kept[int(found[1])], text)


def label(kind: str, number: str) -> str:
    """``eq-11-3`` for formula 11.3."""
    return f"{kind}-{number.replace('.', '-')}"


def reference(number: str) -> str:
    """How a sentence names a formula."""
    return f"([{number}](#{label('eq', number)}))"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_labels=False)


# What was said and what a run gave.


def values(executed: NotebookNode) -> dict[str, str]:
    """The numbers of an executed notebook by their names."""
    found = {}
    for cell in executed.cells:
        for output in cell.get("outputs", ()):
            glued = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if glued and cell.get("id", "").endswith("-numbers"):
                data = output["data"]["application/papermill.record/text/plain"]
                found[glued] = str(ast.literal_eval(data))
    return found


def stale(lifted: Lifted, given: dict[str, str]) -> Iterator[Number]:
    """The exact numbers that are not what the run gave."""
    for number in lifted.numbers:
        if number.exact and number.name in given and given[number.name] != number.text:
            yield number


def rewritten(notebook: NotebookNode, lifted: Lifted, given: dict[str, str]) -> NotebookNode:
    """The notebook with the run's numbers in its sentences; those that may differ change too."""
    made = copy.deepcopy(notebook)
    cells = {cell.id: cell for cell in made.cells}
    for number in reversed(lifted.numbers):
        if (value := given.get(number.name, number.text)) == number.text:
            continue
        rows = cells[number.cell].source.split("\n")
        row = rows[number.line]
        end = number.start + len(number.text)
        marked = row[: number.start].endswith(BEGIN)
        mark = BEGIN if not marked and not NUMBER.fullmatch(value) else ""
        rows[number.line] = f"{row[: number.start]}{mark}{value}{row[end:]}"
        cells[number.cell].source = "\n".join(rows)
    return made


# The book's build reads the lifted text.


def read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Lift a chapter as Sphinx reads it."""
    if re.fullmatch(r"ch\d\d_\w+", docname):
        import nbformat

        book = Path(app.srcdir)
        notebook = nbformat.reads(source[0], as_version=4)
        source[0] = nbformat.writes(lift(notebook, docname, references(book)).notebook)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
