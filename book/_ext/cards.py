"""``{asset-cards}``: a card for every weight and data set of ``facenet_lite/assets.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ASSETS = Path("facenet_lite/assets.toml")
OWN = "facenet_lite"

CARD = """\
## {title}

{card}

| what | value |
|---|---|
| name in the package | `{name}` |
| file | `{file}`, {bytes:,} bytes |
| comes with | {bringer}, as `{path}` |
| elsewhere | {elsewhere} |
| licence | {licence} |
| SHA-256 | `{sha256}` |
"""


def cards(text: str) -> str:
    """Write the cards of an ``assets.toml`` as Markdown."""
    made = []
    for name, asset in tomllib.loads(text).items():
        links = [f"[{url.split('/')[2]}]({url})" for url in asset.get("urls", [])]
        elsewhere = ", ".join(links) or "nowhere that we know of"
        package = asset["package"]
        bringer = "this package" if package == OWN else f"`{package}` (PyPI)"
        made.append(CARD.format(name=name, elsewhere=elsewhere, bringer=bringer, **asset))
    return "\n".join(made)


class AssetCards(SphinxDirective):
    """All cards, each a section of the page."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Parse the cards where the directive stands."""
        path = Path(self.env.srcdir).parent / ASSETS
        self.env.note_dependency(str(path))
        lines = cards(path.read_text(encoding="utf8")).splitlines()
        node = nodes.section()
        self.state.nested_parse(StringList(lines, source=str(path)), 0, node, match_titles=True)
        return node.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("asset-cards", AssetCards)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
