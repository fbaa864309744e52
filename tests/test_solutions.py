"""Every exercise of every chapter: its solution passes the checker, its stub does not.

Each exercise's cell is put to the test where it stands. Of the cells before it those are run that
it needs; that a whole chapter runs is shown when the book is built.
"""

from __future__ import annotations

import ast
import copy
import re
import symtable
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTION = "<summary>Solution</summary>"
STUB = re.compile(r"^answer = \.\.\..*$", re.M)

pytestmark = pytest.mark.filterwarnings(
    # The kernel's messages, not ours.
    "ignore:Proactor event loop:RuntimeWarning",
    "ignore::DeprecationWarning:jupyter_client",
)


def solution(cells: list[nbformat.NotebookNode]) -> str | None:
    """The first block of code in the first solution that follows."""
    for cell in cells:
        if cell.cell_type == "markdown" and SOLUTION in cell.source:
            text = cell.source.split(SOLUTION, 1)[1]
            found = re.search(r"```python\n(.*?)```", text, re.S)
            return found[1] if found else None
    return None


def put_to_the_test(source: str, solved: str) -> str:
    """The exercise's cell, first as it stands, then with the solution in place of the stub."""
    assert STUB.search(source), f"no stub `answer = ...` in\n{source}"
    *rows, call = source.rstrip().splitlines()
    assert re.match(r"exercises\.\w+\.check_\w+\(answer\)", call), call
    judged = "\n".join([*rows, f"_feedback = {call}"])
    return (
        f"{judged}\nassert not _feedback, 'the stub passes'\n"
        + STUB.sub(lambda _: solved, judged)
        + "\nassert _feedback, f'the solution fails: {_feedback}'"
    )


def prepared(notebook: nbformat.NotebookNode) -> int:
    """Rewrite the exercises' cells; return how many there are."""
    number = 0
    for place, cell in enumerate(notebook.cells):
        if "exercise" in cell.metadata.get("tags", []):
            solved = solution(notebook.cells[place + 1 :])
            assert solved, f"{cell.id}: no solution with a block of code follows"
            cell.source = put_to_the_test(cell.source, solved)
            number += 1
    return number


class Names(NamedTuple):
    """Of some lines of code: the names that must be there before them, those that they may set or
    change, and those that they set whatever was there."""

    reads: set[str]
    gives: set[str]
    sets: set[str]


def root(node: ast.expr) -> str:
    """``a`` of ``a[0].b``; nothing where that is no name."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class Apart(ast.NodeTransformer):
    """A generator in place of every comprehension: since Python 3.12 the names that the others
    have for themselves stand among those of the code around them."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    visit_SetComp = visit_ListComp  # noqa: N815

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        both = ast.Tuple([node.key, node.value], ast.Load())
        return self.generic_visit(ast.GeneratorExp(both, node.generators))


def names_of(statement: ast.stmt) -> Names:
    """Names of one statement; what a function or a comprehension has for itself is none."""

    def globals_of(table: symtable.SymbolTable) -> set[str]:
        inside = {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
        return inside.union(*map(globals_of, table.get_children()))

    apart = Apart().visit(copy.deepcopy(statement))
    table = symtable.symtable(ast.unparse(apart), "cell", "exec")
    own = table.get_symbols()
    reads = {s.get_name() for s in own if s.is_referenced()}.union(
        *map(globals_of, table.get_children())
    )
    sets = {s.get_name() for s in own if s.is_assigned() or s.is_imported()}
    added_to = {
        node.target.id
        for node in ast.walk(statement)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    changed = {
        root(node)
        for node in ast.walk(statement)
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load)
    }
    return Names(reads | added_to, sets | changed, sets)


def names_in(statements: list[ast.stmt]) -> Names:
    """Names of statements one after the other: what one sets, the next need not have."""
    found = Names(set(), set(), set())
    for statement in statements:
        match statement:
            case ast.For(target=target, iter=values, body=body):
                # A loop runs at least once: a chapter has no other.
                head = ast.Assign([target], values, lineno=0)
                part = names_in([head, *body])
            case ast.With(items=items, body=body):
                heads = [
                    ast.Assign([i.optional_vars], i.context_expr, lineno=0)
                    if i.optional_vars
                    else ast.Expr(i.context_expr)
                    for i in items
                ]
                part = names_in([*heads, *body])
            case ast.If() | ast.While() | ast.Try():
                part = names_of(statement)._replace(sets=set())
            case _:
                part = names_of(statement)
        found.reads.update(part.reads - found.sets)
        found.gives.update(part.gives)
        found.sets.update(part.sets)
    return found


def needed(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The first cell, the exercises, and every cell that sets or changes a name that one of them
    needs as it stands there: what is set anew in between need not have been set before."""
    first = next(cell for cell in cells if cell.cell_type == "code")
    kept, wanted = [], set()
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        names = names_in(ast.parse(cell.source).body)
        exercise = "exercise" in cell.metadata.get("tags", [])
        if cell is first or exercise or names.gives & wanted:
            kept.append(cell)
            wanted = (wanted - names.sets) | names.reads
    return kept[::-1]


def run(notebook: nbformat.NotebookNode) -> None:
    """Run all cells, in the folder where a reader runs them."""
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": ROOT / "notebooks"}},
    ).execute()


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_solution_passes_and_each_stub_does_not(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert prepared(notebook) >= 3, "a chapter has three verbs, each with an exercise"
    notebook.cells = needed(notebook.cells)
    run(notebook)


def chapter(*sources: str) -> list[nbformat.NotebookNode]:
    """Cells, the last of which is an exercise."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[-1].metadata["tags"] = ["exercise"]
    return cells


def test_what_no_exercise_needs_is_left_out() -> None:
    sources = [
        "import numpy as np",
        "a = 1",
        "b = a",
        "c = 2",
        "print(c)",
        "def f():\n    return b",
    ]
    found = needed(chapter(*sources, "f()"))
    assert [cell.source for cell in found] == [*sources[:3], sources[5], "f()"]


@pytest.mark.parametrize(
    "other",
    [
        "a = 2",
        "from numpy import a",
        "def a(): ...",
        "for a in range(3): ...",
        "with open('x') as a: ...",
        "(a, b), c = (1, 2), 3",
        "a: int = 4",
    ],
)
def test_what_is_set_anew_need_not_be_there_before(other: str) -> None:
    sources = ["import numpy as np", "a = 1", other, "a"]
    assert [cell.source for cell in needed(chapter(*sources))] == [sources[0], *sources[2:]]


@pytest.mark.parametrize(
    "other",
    [
        "a = a + 1",
        "a += 1",
        "a[0] = 1",
        "a[0][1:] += 1",
        "a.b.c = 1",
        "del a[0]",
        "if np.pi > 3:\n    a = 2",
        "while np.pi < 3:\n    a = 2",
        "try:\n    a = 2\nexcept ValueError:\n    pass",
        "for i in range(3):\n    a[i] = i",
        "for i in range(3):\n    a = a + i",
        "with open('x'):\n    a.x = 1",
        "for a in a: ...",
        "a = [a for i in range(3)]",
        "a = {i: [a for j in range(i)] for i in range(3)}",
        "x = 1\na = (lambda: a)()",
    ],
)
def test_what_is_changed_must_be_there_before(other: str) -> None:
    sources = ["import numpy as np", "a = 1", other, "a"]
    assert [cell.source for cell in needed(chapter(*sources))] == sources


@pytest.mark.parametrize(
    "own",
    [
        "[a for a in range(3)]",
        "{a for a in range(3)}",
        "{a: b for a, b in {}.items()}",
        "[a for b in ([a for a in range(3)],) for a in b]",
        "lambda a: a",
        "def f(a):\n    return a",
        "def f():\n    a = 1\n    return a",
        "a = 2\nprint(a)",
        "for a in range(3):\n    print(a)",
        "with open('x') as a:\n    print(a)",
        "import a\na.b()",
    ],
)
def test_a_name_of_the_exercises_own_is_not_looked_for(own: str) -> None:
    sources = ["import numpy as np", "a = 1", own]
    assert [cell.source for cell in needed(chapter(*sources))] == [sources[0], own]


@pytest.mark.parametrize(
    ("check", "solved", "complaint"),
    [
        ("lambda answer: True", "answer = 1", "the stub passes"),
        ("lambda answer: False", "answer = 1", "the solution fails"),
    ],
)
def test_the_test_goes_red(check: str, solved: str, complaint: str) -> None:
    start = (
        "from types import SimpleNamespace as Space\n"
        f"exercises = Space(ch00=Space(check_it={check}))"
    )
    cells = [
        nbformat.v4.new_code_cell(start),
        nbformat.v4.new_code_cell(
            "answer = ...\nexercises.ch00.check_it(answer)", metadata={"tags": ["exercise"]}
        ),
        nbformat.v4.new_markdown_cell(f"{SOLUTION}\n\n```python\n{solved}\n```\n"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    prepared(notebook)
    with pytest.raises(CellExecutionError, match=complaint):
        run(notebook)
