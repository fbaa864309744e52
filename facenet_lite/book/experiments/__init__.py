"""What is measured once and recorded: one file per experiment, made again by its name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from facenet_lite._checks import check_choice

EXPERIMENTS: Final[Mapping[str, str]] = {
    "all_pairs": "every pair of LFW's pictures, at false accept rates down to one in a million",
    "alignment": "ten-fold accuracy on LFW of faces cropped in five ways",
    "detectors": "the four detectors on scenes made of LFW's faces",
    "nobody": "drawn faces: found, told apart, nobody's copies, like real ones",
    "landmarks": "landmarks against the truth on Faces of Nobody, in each detector's boxes",
    "identification": "one face among many: LFW's people, and speed among a million vectors",
    "net_formats": "the trained networks in ONNX and in 8 bits: size, speed, accuracy",
    "training": "triplets on Faces of Nobody alone, judged on people never seen",
    "jpeg_quality": "the networks on faces compressed by JPEG: the left half of FaceNet's table 4",
    "image_size": "the networks on faces of few pixels: the right half of FaceNet's table 4",
    "embedding_dim": "networks trained with 16 to 512 numbers for a face",
    "training_data": "networks trained on a hundred to a hundred thousand people, and pictures",
    "margin": "networks trained with margins from 0 to 1",
    "mining": "networks trained on the triplets of every rule of mining",
    "architectures": "what FaceNet's networks, ours and dlib's cost, and how good they are",
}
"""Each experiment's name, which is its file's and its recorded result's, and what it measures."""


def record(name: str, *, lfw: Path | None = None, folder: Path | None = None) -> Path:
    """Run an experiment with its recorded settings, write ``NAME.json``, and return its path.

    ``lfw``: the reader's copy of LFW (None: as ``data.lfw.find`` looks for it); ``folder``: where
    the result goes (None: among the package's own). Raises InputError for a name that is not in
    ``EXPERIMENTS``, and what the experiment itself raises.
    """
    check_choice(name, "experiment", EXPERIMENTS)
    # Imported when run: an experiment loads detectors and networks, and listing them must not.
    module: Any = importlib.import_module(f"{__name__}.{name}")
    path: Path = module.record(lfw=lfw, folder=folder)
    return path
