"""Plain Markdown becomes MyST: each form, malformed ones, and the chapters themselves."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import lift  # noqa: E402

NOTEBOOKS = sorted((ROOT / "notebooks").glob("ch*.ipynb"))
KNOWN = lift.References(
    {
        "king2015mmod": ("King, 2015", "https://arxiv.org/abs/1502.00046"),
        "two2000": ("One and Two, 2000", "https://doi.org/10/x"),
    },
    {"term-anchor": "anchor", "term-squared-distance": "squared distance"},
)
KING = '[King, 2015](https://arxiv.org/abs/1502.00046 "king2015mmod")'
TWO = '[One and Two, 2000](https://doi.org/10/x "two2000")'


def lifted(*texts: str) -> lift.Lifted:
    cells = [new_markdown_cell(text, id=f"c{n}") for n, text in enumerate(texts)]
    return lift.lift(new_notebook(cells=cells), "ch11_some", KNOWN)


def myst(text: str) -> str:
    """The last cell's text, lifted."""
    return lifted(text).notebook.cells[-1].source


def code(text: str) -> str:
    """The hidden cells that the text brings."""
    cells = lifted(text).notebook.cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (f"FaceNet ({KING}) did.", "FaceNet {cite}`king2015mmod` did."),
        (f"Both ({KING}; {TWO}).", "Both {cite}`king2015mmod,two2000`."),
        (KING.replace("King, 2015", "King (2015)") + " did.", "{cite:t}`king2015mmod` did."),
        ("An [anchor](../book/glossary.md#term-anchor).", "An {term}`anchor`."),
        (
            "**[distances](../book/glossary.md#term-squared-distance)**",
            "**{term}`distances <squared distance>`**",
        ),
        ("By ([11.3](#eq-11-3)), it is.", "By {eq}`eq-11-3`, it is."),
        ("See [Exercise 11.2](#ex-11-2).", "See {ref}`ex-11-2`."),
        ("The [card](../book/data.md#of-nobody).", "The {ref}`card <of-nobody>`."),
        (
            "[next](ch12_b.ipynb), [more](../book/d.md)",
            "[next](ch12_b.ipynb), [more](../book/d.md)",
        ),
        ("`[a](#eq-1-1)` and `<!-- =1 -->`", "`[a](#eq-1-1)` and `<!-- =1 -->`"),
        ("> A quotation.\n> Of two lines.", "> A quotation.\n> Of two lines."),
        ("```html\n<details>\n<!-- =1 -->\n```", "```html\n<details>\n<!-- =1 -->\n```"),
        ("$$\na\n$$", "$$\na\n$$"),
    ],
)
def test_within_a_line(plain: str, expected: str) -> None:
    assert myst(plain) == expected


def test_numbers_and_their_texts() -> None:
    made = lifted('It is 0.035<!-- =x -->, or (-3.1<!-- ~f"{y:.1f}" -->): *7*.')
    hidden, shown = made.notebook.cells
    assert shown.source == "It is {glue:text}`c0-1`, or ({glue:text}`c0-2`): *7*."
    assert "_glue('c0-1', str(x), display=False)" in hidden.source
    assert "_glue('c0-2', str(f\"{y:.1f}\"), display=False)" in hidden.source
    assert [(n.text, n.exact) for n in made.numbers] == [("0.035", True), ("-3.1", False)]


def test_a_text_of_several_words_has_a_beginning() -> None:
    made = lifted("It <!--.-->fails as soon as<!-- =x --> there is one.")
    assert made.notebook.cells[-1].source == "It {glue:text}`c0-1` there is one."
    assert made.numbers[0].text == "fails as soon as"


def test_a_claim_is_checked_and_not_shown() -> None:
    text = "The stranger is nearer.<!-- assert a < b -->"
    assert myst(text) == "The stranger is nearer."
    assert code(text).startswith("assert a < b, 'ch11_some, cell c0, line 1: ")


def test_a_name_is_given_before_the_numbers_and_claims_that_use_it() -> None:
    text = "Of 5<!-- =n --> and 2<!-- =m -->.<!-- let n, m = sizes --><!-- assert n > m -->"
    assert myst(text) == "Of {glue:text}`c0-1` and {glue:text}`c0-2`."
    first, _, glued, _, claim = code(text).split("\n")
    assert first == "n, m = sizes"
    assert glued.startswith("_glue('c0-1', str(n)")
    assert claim.startswith("assert n > m, ")


@pytest.mark.parametrize(
    "text",
    [
        "It is 5<!-- =n -->, `5` and 5<!-- =m -->.",
        "> **Predict first.** It is 5<!-- =n -->\n> or 5<!-- =m -->?",
        "> It is 5<!-- =n --> or 5<!-- =m -->.",
        "- It is 5<!-- =n -->\n- or $x$ 5<!-- =m -->.",
        "| a | b |\n|---|---|\n| 5<!-- =n --> | 5<!-- =m --> |",
        "<details>\n<summary>So</summary>\n\nIt is 5<!-- =n -->, 5<!-- =m -->.\n\n</details>",
    ],
)
def test_numbers_are_written_where_they_stand(text: str) -> None:
    made = lifted(text)
    before = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="c0")])
    written = lift.rewritten(before, made, {"c0-1": "17", "c0-2": "red"})
    expected = text.replace("5<!-- =n", "17<!-- =n").replace("5<!-- =m", "red<!-- =m")
    assert written.cells[0].source == expected


def test_the_text_of_a_drawing_is_said_before_its_cell() -> None:
    cell = nbformat.v4.new_code_cell("draw()", id="d", metadata={"alt": "A face's outline."})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    before, drawn = lift.lift(notebook, "ch11_some", KNOWN).notebook.cells
    assert before.id == "d-alt"
    assert before.metadata.tags == ["remove-cell"]
    assert before.source.endswith('_describe("A face\'s outline.")')
    assert drawn.source == "draw()"


def test_a_fold_says_what_is_in_it() -> None:
    cells = [
        nbformat.v4.new_code_cell("x = 1", metadata={"jupyter": {"source_hidden": True}}),
        nbformat.v4.new_code_cell("draw()", metadata={"tags": ["hide-input"]}),
        nbformat.v4.new_code_cell(
            "look()",
            metadata={"tags": ["hide-input"], "mystnb": {"code_prompt_show": "What is read"}},
        ),
        nbformat.v4.new_code_cell(
            "y = 1", metadata={"tags": ["remove-cell"], "jupyter": {"source_hidden": True}}
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    made = lift.lift(notebook, "ch11_some", KNOWN).notebook.cells
    shown = [cell.metadata.get("mystnb", {}).get("code_prompt_show") for cell in made]
    assert shown == ["Set-up", "How this is drawn", "What is read", None]
    assert [cell.metadata.tags for cell in made] == [["hide-input"]] * 3 + [["remove-cell"]]


def test_a_number_that_is_known_later_is_computed_at_the_end() -> None:
    made = lifted("In 30<!-- later =n --> steps.", "The end.")
    assert [cell.id for cell in made.notebook.cells] == ["c0", "c1", "ch11-end-numbers"]
    assert "_glue('c0-1', str(n)" in made.notebook.cells[-1].source


def test_a_formula_with_its_number() -> None:
    text = "Thus\n\n$$\na = b \\tag{11.1}\n$$\n\nand so on"
    assert myst(text).startswith("Thus\n\n```{math}\n:label: eq-11-1\n\na = b\n```\n")


def test_a_prediction_with_several_lines() -> None:
    text = "> **Predict first.** One.\n>\n> Two.\n\nAfter."
    expected = ":::{admonition} Predict first\n:class: tip\n\nOne.\n\nTwo.\n\n:::\n\nAfter."
    assert myst(text) == expected
    assert myst("> **Warning.** Do not.") == ":::{warning}\n\nDo not.\n\n:::"


def test_an_exercise_its_solution_and_the_next() -> None:
    made = lifted(
        "### Exercise 11.1: Count\n\nHow many?",
        "<details>\n<summary>Solution</summary>\n\nTwo.\n\n</details>\n\n"
        "### Exercise 11.2: More\n\nWhy?",
    )
    first, second = (cell.source for cell in made.notebook.cells)
    assert first == "::::{exercise} Count\n:label: ex-11-1\n\n\nHow many?\n\n::::"
    assert ":::::{solution} ex-11-1\n:class: dropdown\n" in second
    assert second.endswith("::::{exercise} More\n:label: ex-11-2\n\n\nWhy?\n\n::::")


def test_a_fold() -> None:
    text = "<details>\n<summary>What happened</summary>\n\nIt *fell*.\n\n</details>\n\nSo."
    assert (
        re.sub(r"\n+", "\n", myst(text)) == ":::::{dropdown} What happened\nIt *fell*.\n:::::\nSo."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5<!-- f -->", "'<!-- =EXPRESSION -->'"),
        ("0.5<!-- =f( -->", "a Python expression"),
        ("0.5<!-- =x = 1 -->", "a Python expression"),
        ("(<!-- =f -->)", "a number directly before"),
        ("`0.5`<!-- =f -->", "not code or a formula"),
        ("0.5<!-- =a--b -->", "no '--'"),
        ("0.5<!-- =a", "on one line"),
        ("<!-- =a -->", "words before a comment"),
        ("| 1 |\n|---|\n| 2<!-- =a|b --> |", "no '|'"),
        (f"({KING.replace('2015]', '2014]')})", "expected [King, 2015]"),
        (KING.replace("king2015mmod", "nobody"), "a key of references.bib"),
        ("[a](../book/glossary.md#term-none)", "anchor of a term"),
        ("([11.3](#eq-11-4))", "expected ([11.3](#eq-11-3))"),
        ("$$\na \\tag{11.2}\n$$", "\\tag{11.1}"),
        ("$$a \\tag{11.1}$$", "between lines of $$"),
        ("### Exercise 11.2: Two\n\nWhy?", "Exercise 11.1"),
        ("## Exercise 11.1: Two\n\nWhy?", "'### Exercise 11.1"),
        ("<details>\n<summary>a</summary>\n\nText", "</details> before the cell's end"),
        ("<details><summary>a</summary>\n\nText\n\n</details>", "a line '<summary>"),
        ("<details>\n<summary>Solution</summary>\n\nText\n\n</details>", "an exercise before"),
        ("<div>\n</div>", "'<details>'"),
        ("> **Hint.** Look.", "expected one of Predict first"),
    ],
)
def test_a_malformed_form_is_named_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(lift.LiftError, match=r"^ch11_some, cell c0, line \d+: ") as error:
        lifted(text)
    assert expected in str(error.value)


def executed(lifted: lift.Lifted, values: dict[str, str]) -> nbformat.NotebookNode:
    """The lifted notebook as if it had run."""
    made = lifted.notebook
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                new_output(
                    "display_data",
                    {"application/papermill.record/text/plain": repr(value)},
                    metadata={"scrapbook": {"name": name}},
                )
                for name, value in values.items()
            ]
    return made


def test_numbers_of_a_run_are_compared_and_written() -> None:
    source = "A 0.5<!-- =a -->, 1<!-- =b -->, 2<!-- ~c --> and x<!-- =d -->."
    notebook = new_notebook(cells=[new_markdown_cell(source, id="c0")])
    made = lift.lift(notebook, "ch11_some", KNOWN)
    given = {"c0-1": "0.5", "c0-2": "12", "c0-3": "3", "c0-4": "two words"}
    assert lift.values(executed(made, given)) == given
    assert [number.text for number in lift.stale(made, given)] == ["1", "x"]
    after = lift.rewritten(notebook, made, given).cells[0].source
    assert after == (
        "A 0.5<!-- =a -->, 12<!-- =b -->, 3<!-- ~c --> and <!--.-->two words<!-- =d -->."
    )
    again = lift.lift(new_notebook(cells=[new_markdown_cell(after, id="c0")]), "ch11_some", KNOWN)
    assert not list(lift.stale(again, given))


def test_what_lab_collapses_the_page_folds() -> None:
    cell = new_code_cell("import a", metadata={"jupyter": {"source_hidden": True}})
    made = lift.lift(new_notebook(cells=[cell]), "ch11_some", KNOWN)
    assert made.notebook.cells[0].metadata.tags == ["hide-input"]


# The chapters.


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_is_lifted_whole(path: Path) -> None:
    known = lift.references(ROOT / "book")
    made = lift.lift(nbformat.read(path, as_version=4), path.stem, known)
    text = "\n".join(c.source for c in made.notebook.cells if c.cell_type == "markdown")
    assert made.numbers
    assert not re.search(r"<!--|</?details>|\\tag|glossary\.md#", text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_has_no_mark_that_only_the_book_reads(path: Path) -> None:
    for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
        source = "".join(cell["source"])
        assert not re.search(r"\{[a-z:]+\}`|:::|myst_nb|\bglue\(", source), cell["id"]
