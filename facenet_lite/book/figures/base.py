"""Interactive figures: widgets in a notebook that the book's page also draws without a kernel."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any, ClassVar, Final

import anywidget
import numpy as np
import traitlets as t
from numpy.typing import NDArray

from facenet_lite._checks import check_image
from facenet_lite.book.plots.drawing import check_alt
from facenet_lite.errors import InputError
from facenet_lite.types import Image

STATIC: Final = Path(__file__).parent / "static"


class Figure(anywidget.AnyWidget):
    """A figure drawn by an ES module of this package.

    In JupyterLab it is a widget whose traits Python can read and set. Its output also has an HTML
    form, which the book's pages draw with the same module and a loader of 1 KB.
    A subclass names its module, ``class Angle(Figure, module="angle.mjs")``, tags the traits that
    the module reads with ``sync=True``, and has an ``alt``, a sentence that says what the figure
    shows.
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
        return check_alt(proposal["value"])

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


def check_square(image: Image, name: str = "image") -> int:
    """Return the side of a square picture in pixels, or raise InputError."""
    height, width = check_image(image, name).shape[:2]
    if height != width:
        raise InputError(f"{name}: expected a square picture, got {height} x {width}; crop it")
    return int(width)


def packed(values: NDArray[Any]) -> str:
    """An array's bytes, row by row, in base64."""
    return base64.b64encode(values.tobytes()).decode()


def shares(distances: NDArray[np.floating], bars: int, highest: float) -> list[float]:
    """The shares of distances (P,) in equal bars from 0 to ``highest``, to four digits."""
    counts, _ = np.histogram(distances, bars, (0, highest))
    return [round(float(share), 4) for share in counts / max(1, len(distances))]
