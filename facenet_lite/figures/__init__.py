"""Interactive figures that need no kernel in the published page."""

from __future__ import annotations

from facenet_lite.figures.base import Figure

__all__ = ["Figure"]
