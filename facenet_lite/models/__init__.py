"""Networks that turn a crop of a face into an embedding.

FaceNet's own, ``NN1`` and ``NN2``, need PyTorch, which is imported when one of them is first named:
dlib's network alone does without it.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from facenet_lite import assets
from facenet_lite._checks import describe
from facenet_lite.errors import InputError
from facenet_lite.models.dlib_resnet import DlibResNet
from facenet_lite.models.embedding_bytes import from_int8, to_int8
from facenet_lite.models.layer_table import Layer, Summary, summary
from facenet_lite.models.onnx_embedder import OnnxEmbedder, open_onnx
from facenet_lite.models.onnx_export import to_onnx
from facenet_lite.models.onnx_quantise import quantise_onnx
from facenet_lite.models.spec import Embedder, ModelSpec
from facenet_lite.models.torch_embedder import TorchEmbedder
from facenet_lite.models.weights import read, write

if TYPE_CHECKING:
    from facenet_lite.models.dlib_torch import DlibTorch
    from facenet_lite.models.nn1 import NN1
    from facenet_lite.models.nn2 import NN2, small_nn2

__all__ = [
    "NAMES",
    "NN1",
    "NN2",
    "DlibResNet",
    "DlibTorch",
    "Embedder",
    "Layer",
    "ModelSpec",
    "Name",
    "OnnxEmbedder",
    "Summary",
    "TorchEmbedder",
    "from_int8",
    "load",
    "open_onnx",
    "quantise_onnx",
    "read",
    "small_nn2",
    "summary",
    "to_int8",
    "to_onnx",
    "write",
]

Name: TypeAlias = Literal["dlib", "nobody-triplet", "lfw-triplet", "lfw-distilled"]

NAMES: Final[tuple[Name, ...]] = get_args(Name)
"""These networks' weights come with the package or its requirements: dlib's, and three of the form
of ``small_nn2``, which ``facenet-lite build NAME`` trains from scratch."""

_TORCH: Final = {"DlibTorch": "dlib_torch", "NN1": "nn1", "NN2": "nn2", "small_nn2": "nn2"}


def __getattr__(name: str) -> Any:
    """Import a network that needs PyTorch when it is first named."""
    if name not in _TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_TORCH[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_TORCH})


def load(name: Name, *, fast: bool = False) -> Embedder:
    """Load a trained network.

    ``fast``: run dlib's network in PyTorch where that is installed (``DlibTorch``), which gives the
    same numbers to about 1e-6 in a tenth of the time. The others run in PyTorch in any case. Raises
    InputError for a name that is not in ``NAMES``, AssetError where its weights are not available.
    """
    if not isinstance(name, str) or name not in NAMES:
        listed = ", ".join(map(repr, NAMES))
        raise InputError(
            f"model: expected one of {listed}, got {describe(name)}; models.NN1() and models.NN2() "
            "make untrained networks, models.read(path) reads your own weights"
        )
    if name == "dlib":
        return _dlib_torch() if fast and find_spec("torch") else DlibResNet.load()
    return read(assets.fetch(name))


def _dlib_torch() -> Embedder:
    from facenet_lite.models.dlib_torch import DlibTorch

    return DlibTorch.load()
