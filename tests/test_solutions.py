"""Every exercise of every chapter: its solution passes the checker, its stub does not.

Each exercise's cell is put to the test where it stands. Of the cells before it those are run that
it needs; that a whole chapter runs is shown when the book is built.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STUB = re.compile(r"^answer = \.\.\..*$", re.M)

pytestmark = pytest.mark.filterwarnings(
    # The kernel's messages, not ours.
    "ignore:Proactor event loop:RuntimeWarning",
    "ignore::DeprecationWarning:jupyter_client",
)


def solution(cells: list[nbformat.NotebookNode]) -> str | None:
    """The first block of code in the first solution that follows."""
    for cell in cells:
        if cell.cell_type == "markdown" and ":::{solution}" in cell.source:
            text = cell.source.split(":::{solution}", 1)[1]
            found = re.search(r"```python\n(.*?)```", text, re.S)
            return found[1] if found else None
    return None


def put_to_the_test(source: str, solved: str) -> str:
    """The exercise's cell, first as it stands, then with the solution in place of the stub."""
    assert STUB.search(source), f"no stub `answer = ...` in\n{source}"
    *rows, call = source.rstrip().splitlines()
    assert re.match(r"exercises\.ch\d\d\.check_\w+\(answer\)", call), call
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


def needed(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """The first cell, the exercises, and every cell that gives a name to one that is needed."""
    first = next(cell for cell in cells if cell.cell_type == "code")
    kept, wanted = [], set()
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        names = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)]
        given = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                given.add(node.name)
            if isinstance(node, ast.Import | ast.ImportFrom):
                given |= {(a.asname or a.name).split(".")[0] for a in node.names}
        if cell is first or "exercise" in cell.metadata.get("tags", []) or given & wanted:
            kept.append(cell)
            wanted |= {node.id for node in names}
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


def test_what_no_exercise_needs_is_left_out() -> None:
    sources = [
        "import numpy as np",
        "a = 1",
        "b = a",
        "c = 2",
        "print(c)",
        "def f():\n    return b",
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells.append(nbformat.v4.new_code_cell("f()", metadata={"tags": ["exercise"]}))
    assert [cell.source for cell in needed(cells)] == [*sources[:3], sources[5], "f()"]


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
        nbformat.v4.new_markdown_cell(f":::{{solution}} ex\n\n```python\n{solved}\n```\n:::"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    prepared(notebook)
    with pytest.raises(CellExecutionError, match=complaint):
        run(notebook)
