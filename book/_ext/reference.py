"""``{package-reference} UNITS``: the public modules of these units, each a section of the page."""

from __future__ import annotations

import importlib
from collections import defaultdict
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SECTION = """\
{mark} `{title}`

```{{eval-rst}}
.. automodule:: {name}
{options}
```
"""


def modules(package: Path) -> list[str]:
    """List the public modules, a sub-package before its parts."""
    found = []
    for path in package.rglob("*.py"):
        parts = path.relative_to(package).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts and not any(part.startswith("_") for part in parts):
            found.append((package.name, *parts))
    return [".".join(parts) for parts in sorted(found)]


def chosen(names: list[str], units: list[str], without: list[str]) -> list[str]:
    """Take the modules of the units, in the order in which these are given."""

    def belongs(name: str, unit: str) -> bool:
        return f"{name}.".startswith(f"facenet_lite.{unit}.")

    return [
        name
        for unit in units
        for name in names
        if belongs(name, unit) and not any(belongs(name, left) for left in without)
    ]


def sections(names: list[str], shown: list[str]) -> list[str]:
    """Write the shown modules' sections; what a sub-package re-exports is described there alone."""
    elsewhere = defaultdict(set)
    namesakes = set()  # modules whose sub-package has a function of the same name
    for name in names:
        package = importlib.import_module(name)
        for public in getattr(package, "__all__", ()):
            origin = getattr(getattr(package, public), "__module__", None)
            if origin in names and origin != name:
                elsewhere[origin].add(public)
                namesakes |= {f"{name}.{public}"} & set(names)
    return [
        SECTION.format(
            name=name,
            title=name.partition(".")[2],
            mark="###" if name.rpartition(".")[0] in shown else "##",
            options=f"   :exclude-members: {', '.join(sorted(elsewhere[name]))}"
            + "\n   :no-index:" * (name in namesakes),
        )
        for name in shown
    ]


class PackageReference(SphinxDirective):
    """One section for each module of the units that it names, but those ``without``."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"without": str}

    def run(self) -> list[nodes.Node]:
        """Write the sections as text, and have Sphinx read them."""
        package = Path(self.env.srcdir).parent / "facenet_lite"
        for path in sorted(package.rglob("*.py")):
            self.env.note_dependency(str(path))
        names = modules(package)
        without = self.options.get("without", "").split()
        text = "\n".join(sections(names, chosen(names, self.arguments[0].split(), without)))
        holder = nodes.section()
        lines = StringList(text.splitlines(), source=str(package))
        self.state.nested_parse(lines, 0, holder, match_titles=True)
        return holder.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("package-reference", PackageReference)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
