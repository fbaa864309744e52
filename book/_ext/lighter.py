"""Lighter pages: of the theme's style and icons, what this book uses.

The style of the theme and its extensions serves any site: 550 KB, of which these pages use a
fourth, and an icon font with 1,400 icons, of which they use two dozen. A rule goes when its
selector asks for a class that no page and no script names.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tinycss2
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

ICONS = Path("vendor/fontawesome/webfonts/fa-solid-900.ttf")
#: At-rules that hold rules.
NESTING = {"media", "supports", "layer"}


def names(texts: list[str]) -> set[str]:
    """All words that could be a class."""
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def beginnings(scripts: list[str]) -> tuple[str, ...]:
    """Beginnings of classes that scripts put together, as in ``"bs-popover-" + side``."""
    return tuple({m for text in scripts for m in re.findall(r"[A-Za-z][\w-]*-(?=[\"'`$])", text)})


def classes(selector: list[Any]) -> Iterator[str]:
    """The classes that a selector asks for; those within ``:not()`` and ``:is()`` do not count."""
    for before, token in itertools.pairwise(selector):
        if token.type == "ident" and before.type == "literal" and before.value == ".":
            yield token.value


def selectors(prelude: list[Any]) -> list[list[Any]]:
    """Split a rule's head at its commas."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def purge(rules: list[Any], known: set[str], begun: tuple[str, ...]) -> str:
    """Write the rules that can apply, without those whose classes nobody names."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            live = [
                tinycss2.serialize(one)
                for one in selectors(rule.prelude)
                if all(name in known or name.startswith(begun) for name in classes(one))
            ]
            if live:
                kept.append(f"{','.join(live)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING and rule.content:
            inner = purge(tinycss2.parse_rule_list(rule.content, True, True), known, begun)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type != "comment" or rule.value.startswith("!"):  # licences stay
            kept.append(rule.serialize())
    return "".join(kept)


def shrink_styles(site: Path) -> None:
    """Purge every style sheet of a built site."""
    static = site / "_static"
    pages = [path.read_text(encoding="utf8") for path in site.rglob("*.html")]
    scripts = [
        path.read_text(encoding="utf8")
        for path in static.rglob("*")
        if path.suffix in (".js", ".mjs")
    ]
    known, begun = names(pages + scripts), beginnings(scripts)
    for sheet in static.rglob("*.css"):
        rules = tinycss2.parse_stylesheet(sheet.read_text(encoding="utf8"), skip_whitespace=True)
        sheet.write_text(purge(rules, known, begun), encoding="utf8")


def shrink_icons(static: Path) -> None:
    """Keep the icons that a style sheet still names by their number."""
    styles = "".join(path.read_text(encoding="utf8") for path in static.rglob("*.css"))
    numbers = {int(digits, 16) for digits in re.findall(r"\\([ef][0-9a-f]{3})\b", styles)}
    numbers |= {ord(character) for character in styles if "\ue000" <= character <= "\uf8ff"}
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    font = TTFont(static / ICONS)
    chosen = subset.Subsetter(subset.Options(layout_features=[]))
    chosen.populate(unicodes=numbers)
    chosen.subset(font)
    font.flavor = "woff2"
    font.save((static / ICONS).with_suffix(".woff2"))


def shrink(app: Sphinx, error: Exception | None) -> None:
    """Make the built site lighter."""
    if error is None and app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        # The icons are left to the font: the theme's script for them is 1.5 MB on every page.
        (static / "scripts" / "fontawesome.js").write_text("// See lighter.py.\n", encoding="utf8")
        shrink_styles(Path(app.outdir))
        shrink_icons(static)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", shrink, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
