"""Mend what axe finds in the pages that the theme and its extensions make."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def mend(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Change a page's HTML on its way out."""
    body = context.get("body")
    if not body:
        return
    # MyST-NB: a label that hides the text shown
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # docutils: the items of a role="list"
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    context["body"] = body


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", mend, priority=450)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
