"""``{asset-cards}``: a card for every weight and data set of ``facenet_lite/assets.toml``.

The networks that this package trained say how, and how well they do, from the recorded results.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ASSETS = Path("facenet_lite/assets.toml")
RESULTS = Path("facenet_lite/book/results")
OWN = "facenet_lite"
JUDGED = {"": "one crop", "_flip": "with its mirror image"}

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


def training(name: str, results: Path) -> str:
    """The rows of a network that has a recorded training, as Markdown; none for other files."""
    log = results / f"net_{name}.json"
    if not log.is_file():
        return ""
    record = json.loads(log.read_text(encoding="utf8"))
    data, machine = record["data"], record["machine"]
    hours, threads = record["seconds"] / 3600, max(stage["threads"] for stage in data["stages"])
    rows = {
        "made again by": f"`{record['command']}`",
        "seed": str(record["seed"]),
        "training": f"{data['pictures']:,} pictures in {hours:.1f} hours, {threads} thread"
        f"{'s' if threads > 1 else ''} of {machine['cpu']}; {record['date']}",
    }
    for number, stage in enumerate(data["stages"], start=1):
        given = {key: value for key, value in stage["settings"].items() if value is not None}
        head = "settings" if len(data["stages"]) == 1 else f"settings of stage {number}"
        rows[head] = ", ".join(f"{key} {value}" for key, value in given.items())
    for suffix, words in JUDGED.items():
        path = results / f"lfw_{name}_aligned{suffix}_view1.json"
        found = json.loads(path.read_text(encoding="utf8"))["data"]
        low, high = (100 * end for end in found["interval"])
        rows[f"View 1's test pairs, {words}"] = (
            f"{100 * found['accuracy']:.1f} %, standard error {100 * found['standard_error']:.1f} "
            f"({low:.1f} to {high:.1f} %); AUC {found['auc']:.3f}"
        )
    return "".join(f"| {what} | {value} |\n" for what, value in rows.items())


def cards(text: str, results: Path = RESULTS) -> str:
    """Write the cards of an ``assets.toml`` as Markdown."""
    made = []
    for name, asset in tomllib.loads(text).items():
        links = [f"[{url.split('/')[2]}]({url})" for url in asset.get("urls", [])]
        elsewhere = ", ".join(links) or "nowhere that we know of"
        package = asset["package"]
        bringer = "this package" if package == OWN else f"`{package}` (PyPI)"
        card = CARD.format(name=name, elsewhere=elsewhere, bringer=bringer, **asset)
        made.append(card + training(name, results))
    return "\n".join(made)


class AssetCards(SphinxDirective):
    """All cards, each a section of the page."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Parse the cards where the directive stands."""
        path = Path(self.env.srcdir).parent / ASSETS
        self.env.note_dependency(str(path))
        recorded = Path(self.env.srcdir).parent / RESULTS
        for log in recorded.glob("net_*.json"):
            self.env.note_dependency(str(log))
        lines = cards(path.read_text(encoding="utf8"), recorded).splitlines()
        node = nodes.section()
        self.state.nested_parse(StringList(lines, source=str(path)), 0, node, match_titles=True)
        return node.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("asset-cards", AssetCards)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
