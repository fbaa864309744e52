r"""Formulas as MathML, made when the book is built: a page needs no script and no font for them.

KaTeX (the copy inside ``sphinxcontrib-katex``) turns TeX into MathML; QuickJS runs it in this
process. A formula that KaTeX cannot read is a warning, and the build turns warnings into errors.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import quickjs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
RENDER = """
(tex, display) => JSON.stringify(katex.renderToString(tex, {
  output: "mathml", displayMode: display, throwOnError: true, strict: "error"}))
"""
#: How Unicode names the letters of each ``mathvariant``, which browsers themselves ignore.
VARIANTS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "double-struck": "DOUBLE-STRUCK",
    "fraktur": "FRAKTUR",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}
#: Letters that had a place of their own before the mathematical alphabets came.
OLDER = {"SCRIPT": "SCRIPT", "DOUBLE-STRUCK": "DOUBLE-STRUCK", "FRAKTUR": "BLACK-LETTER"}
DIGITS = {str(digit): unicodedata.name(str(digit)).removeprefix("DIGIT ") for digit in range(10)}
WIDE = 20
"""A display of more letters than this may be wider than a telephone, and scrolls by keyboard."""

logger = logging.getLogger(__name__)


class FormulaError(ValueError):
    """A formula that cannot be read."""


@functools.cache
def katex() -> Callable[[str, bool], str]:
    """Load KaTeX, once."""
    package = importlib.util.find_spec("sphinxcontrib.katex")
    if package is None or package.origin is None:
        raise ExtensionError("formulas need sphinxcontrib-katex: pip install sphinxcontrib-katex")
    context = quickjs.Context()
    context.eval(Path(package.origin).with_name("katex.min.js").read_text(encoding="utf8"))
    render: Callable[[str, bool], str] = context.eval(RENDER)
    return render


@functools.cache
def mathml(tex: str, display: bool = False) -> str:
    """Turn TeX into a ``<math>`` element; raise FormulaError where KaTeX cannot."""
    try:
        markup = json.loads(katex()(tex, display))
    except quickjs.JSException as error:
        reason = str(error).split("\n")[0].replace("\u0332", "")
        raise FormulaError(f"{reason.removeprefix('ParseError: ')}  in  {tex.strip()}") from None
    start, end = markup.index("<math"), markup.index("</math>") + len("</math>")
    root = ET.fromstring(markup[start:end].replace("&nbsp;", "\u00a0"))
    return ET.tostring(mend(root, tex), encoding="unicode")


def mend(root: ET.Element, tex: str) -> ET.Element:
    """Write KaTeX's MathML as browsers read it (MathML Core)."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if element.tag in ("mi", "mo", "mn") and len(element):
            element.tag = "mrow"  # what holds elements is no token
        if style := VARIANTS.get(element.attrib.get("mathvariant", "")):
            del element.attrib["mathvariant"]
            element.text = "".join(letter(c, style) for c in element.text or "")
        if (
            element.tag == "mo"
            and (element.text or "-") in "\u2223\u2225"
            and "stretchy" in element.attrib
        ):
            element.attrib |= {"lspace": "0", "rspace": "0"}  # a norm's bar, not "parallel to"
    content = root.find("semantics/*")
    assert content is not None
    root[:] = [content]  # without the annotation that repeats the source
    root.set("alttext", " ".join(tex.split()))
    return root


def letter(character: str, style: str) -> str:
    """Find a letter's form in one of Unicode's mathematical alphabets."""
    name = unicodedata.name(character, "")
    kind = "CAPITAL" if character.isupper() else "SMALL"
    if character in DIGITS:
        names = [f"MATHEMATICAL {style} DIGIT {DIGITS[character]}"]
    elif name.startswith("GREEK"):
        names = [f"MATHEMATICAL {style} {kind} {name.rpartition(' ')[2]}"]
    else:
        letters = f"{kind} {character.upper()}"
        names = [f"{OLDER[style]} {letters}"] if style in OLDER else []
        names.append(f"MATHEMATICAL {style} {letters}")
    for candidate in names:
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    return character


def environment(tex: str) -> str:
    """Give lines that are broken by ``\\\\`` an environment, and take an equation's own away."""
    tex = tex.strip()
    tex = re.sub(r"^\\begin\{equation\*?\}(.*)\\end\{equation\*?\}$", r"\1", tex, flags=re.S)
    if r"\\" in tex and r"\begin" not in tex:
        return rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return tex


def render(node: nodes.Element, tex: str, display: bool) -> str:
    """Render, or say where the formula stands that cannot be."""
    try:
        return mathml(tex, display)
    except FormulaError as error:
        logger.warning("%s", error, location=node, type="math")
        return f"<code>{nodes.unescape(tex)}</code>"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    self.body.append(render(node, node.astext(), display=False))
    raise nodes.SkipNode


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number."""
    formula = render(node, environment(node.astext()), display=True)
    letters = len(re.sub(r"<[^>]*>", "", formula))
    wide: Any = (
        {"tabindex": "0", "role": "group", "aria-label": "formula"} if letters > WIDE else {}
    )
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight", **wide))
    self.body.append(formula)
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
