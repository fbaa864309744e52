"""Networks that turn a crop of a face into an embedding."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from facenet_lite._checks import check_choice
from facenet_lite.models.dlib_resnet import DlibResNet
from facenet_lite.models.spec import Embedder, ModelSpec

__all__ = ["NAMES", "DlibResNet", "Embedder", "ModelSpec", "Name", "load"]

Name: TypeAlias = Literal["dlib"]

NAMES: Final[tuple[Name, ...]] = ("dlib",)


def load(name: Name) -> Embedder:
    """Load a trained network.

    Raises InputError for a name not in ``NAMES``, AssetError where its weights cannot be had.
    """
    check_choice(name, "model", NAMES)
    return DlibResNet.load()
