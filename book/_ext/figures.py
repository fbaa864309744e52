"""Interactive figures in the pages: their modules, their loader, and no widget machinery.

A notebook's figure leaves a ``<div data-figure=...>`` in its page. The modules that draw it are
the package's own, copied from ``facenet_lite/book/figures/static``.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

MODULES = Path("facenet_lite/book/figures/static")


def configure(app: Sphinx, config: Config) -> None:
    """Leave out RequireJS and the widgets' manager, 3.6 MB, which nothing here needs."""
    config.nb_ipywidgets_js = {}


def copy_modules(app: Sphinx) -> None:
    """Copy the figures' modules into the site."""
    if app.builder.format == "html":
        source = Path(app.srcdir).parent / MODULES
        shutil.copytree(source, Path(app.outdir) / "_static" / "figures", dirs_exist_ok=True)


def drop_widget_state(app: Sphinx, env: Any) -> None:
    """Drop the widgets' state from the pages: it repeats what each figure's form holds."""
    for data in getattr(env, "nb_metadata", {}).values():
        data.get("js_files", {}).pop("ipywidgets_state", None)


def add_loader(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Add the loader and the style to a page that has a figure."""
    if "data-figure=" in context.get("body", ""):
        app.add_js_file("figures/figure.mjs", type="module")
        app.add_css_file("figures/figure.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", configure, priority=900)
    app.connect("builder-inited", copy_modules)
    app.connect("env-updated", drop_widget_state)
    app.connect("html-page-context", add_loader)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
