"""A folder of photographs: the table of its faces, and what can be asked of it."""

from __future__ import annotations

from facenet_lite.album.table import FaceTable

__all__ = ["FaceTable"]
