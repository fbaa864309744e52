"""Interactive figures: widgets in a notebook that the book's page also draws without a kernel."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any, ClassVar, Final

import anywidget
import traitlets as t

from facenet_lite.errors import InputError

STATIC: Final = Path(__file__).parent / "static"


class Figure(anywidget.AnyWidget):
    """A figure drawn by an ES module of this package.

    In JupyterLab it is a widget whose traits Python can read and set. Its output also has an HTML
    form, which the book's pages draw with the same module and a loader of 1 KB.
    A subclass names its module, ``class Angle(Figure, module="angle.mjs")``, tags the traits that
    the module reads with ``sync=True``, and is made with ``alt``, a sentence that says what the
    figure shows.
    """

    _module: ClassVar[str] = ""
    _css = STATIC / "figure.css"
    alt = t.Unicode("An interactive figure.").tag(sync=True)

    def __init_subclass__(cls, *, module: str = "", **kwargs: Any) -> None:
        if module:
            cls._module = module
            cls._esm = STATIC / module
        super().__init_subclass__(**kwargs)

    @t.validate("alt")
    def _alt_says_something(self, proposal: dict[str, Any]) -> str:
        alt: str = proposal["value"]
        if len(alt.strip()) < 10:
            raise InputError(f"alt: expected a sentence that says what is shown, got {alt!r}")
        return alt

    def state(self) -> dict[str, Any]:
        """The traits that the page's module reads."""
        general = set(anywidget.AnyWidget.class_trait_names(sync=True))
        names = sorted(set(self.trait_names(sync=True)) - general)
        return {name: getattr(self, name) for name in names if name[0] != "_"}

    def page_form(self) -> str:
        """The figure as the page's HTML; without scripts the page shows ``alt``."""
        state = html.escape(json.dumps(self.state(), separators=(",", ":")))
        return (
            f'<div class="fl-figure" role="group" aria-label="{html.escape(self.alt)}" '
            f'data-figure="{self._module}" data-state="{state}">{html.escape(self.alt)}</div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self.page_form()}, metadata
