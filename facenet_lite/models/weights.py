"""Weights in one file with what is needed to use them: the network's settings, and its spec.

The file is safetensors: numbers and a text header, nothing that could be executed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from facenet_lite._extras import named
from facenet_lite._files import whole
from facenet_lite.errors import AssetDamagedError, AssetError, AssetMissingError, InputError
from facenet_lite.models.spec import ModelSpec
from facenet_lite.models.torch_embedder import TorchEmbedder

HEADER: Final = "facenet_lite"
"""The only entry of the file's header: the order of several entries would change each time."""
FORMAT: Final = 2
"""The version of this form of file."""


def write(embedder: TorchEmbedder, path: str | os.PathLike[str]) -> Path:
    """Write the network's weights, its settings and its spec; returns the path.

    Raises AssetError where they cannot be written; the old file stays then.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    target, net = Path(path), embedder.net
    header = {
        "format": FORMAT,
        "settings": {"network": type(net).__name__, **net.settings},
        "spec": json.loads(embedder.spec.to_json()),
    }
    tensors = {name: value.cpu().contiguous() for name, value in net.state_dict().items()}
    try:
        with whole(target) as part:
            save_file(tensors, part, metadata={HEADER: json.dumps(header)})
    except (OSError, SafetensorError) as error:
        raise AssetError(f"{target}: cannot be written ({error})") from error
    return target


def read(path: str | os.PathLike[str]) -> TorchEmbedder:
    """Read what ``write`` wrote: every weight must be there, and no other.

    Raises AssetMissingError, or AssetDamagedError for a file of another kind, cut off, or with
    weights that are not finite or do not fit the network that its header names.
    """
    with named():
        import torch
        from safetensors import SafetensorError, safe_open

        from facenet_lite.models.nn1 import NN1
        from facenet_lite.models.nn2 import NN2

    source = Path(path)
    if not source.is_file():
        raise AssetMissingError(f"{source}: there is no such file; models.write makes one")
    try:
        with safe_open(source, framework="pt") as file:
            header = json.loads((file.metadata() or {})[HEADER])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if header["format"] != FORMAT:
            raise InputError(f"expected the format {FORMAT}, got {header['format']}")
        settings = dict(header["settings"])
        kind = {"NN1": NN1, "NN2": NN2}[settings.pop("network")]
        with torch.device("meta"):  # no weights are drawn that are then replaced
            net = kind(**settings)
        net.load_state_dict(tensors, strict=True, assign=True)
        broken = [name for name, value in tensors.items() if not value.isfinite().all()]
        if broken:
            raise InputError(f"{broken[0]} has NaN or infinity")
        return TorchEmbedder(net.eval(), ModelSpec.from_json(json.dumps(header["spec"])))
    except (SafetensorError, InputError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise AssetDamagedError(
            f"{source}: not weights that models.write wrote for this version ({error}); "
            "get the file again"
        ) from error
