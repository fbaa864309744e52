"""A folder of photographs: the table of its faces, and what can be asked of it.

``survey`` makes the table, with all cores; ``Gallery`` says who somebody is; ``compare_faces``
compares two photographs; the modules below blur, sort and judge.
"""

from __future__ import annotations

from facenet_lite.album.chain import Chain
from facenet_lite.album.gallery import Gallery
from facenet_lite.album.surveying import Setup, survey
from facenet_lite.album.table import FaceTable
from facenet_lite.album.verification import Verification, compare_faces

__all__ = [
    "Chain",
    "FaceTable",
    "Gallery",
    "Setup",
    "Verification",
    "compare_faces",
    "survey",
]
