"""Export a network for other programs: as a graph of ``torch.export``, and as an ONNX file."""

from __future__ import annotations

import copy
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, cast

from facenet_lite._extras import named
from facenet_lite._files import whole
from facenet_lite.errors import AssetError
from facenet_lite.models.torch_embedder import TorchEmbedder

if TYPE_CHECKING:
    import torch


def to_program(embedder: TorchEmbedder) -> torch.export.ExportedProgram:
    """Trace the network for any number of pictures: float32 (N, 3, size, size) to (N, D).

    The pictures are those that ``embedder.spec.prepare`` makes; ``torch.export.save`` writes the
    graph.
    """
    import torch

    # OpenCV cannot read a graph whose weights are in TorchEmbedder's memory format.
    net = copy.deepcopy(embedder.net).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    size = embedder.spec.image_size
    pictures = torch.zeros(2, 3, size, size, device=next(net.parameters()).device)
    many = torch.export.Dim("pictures", min=1)
    net.eval()
    with torch.no_grad():
        return torch.export.export(net, (pictures,), dynamic_shapes={"pictures": {0: many}})


def to_onnx(embedder: TorchEmbedder, path: str | os.PathLike[str]) -> Path:
    """Write an ONNX file with the weights, and the spec as JSON in its metadata; returns the path.

    Its input ``pictures`` and output ``embeddings`` are as in ``to_program``; ``open_onnx`` opens
    it, and so does OpenCV where ``norm="batch"``; with "local" it may end the process. Raises
    MissingExtraError without the extra ``export``, AssetError where the file cannot be written.
    """
    import torch

    target = Path(path)
    if not target.parent.is_dir():  # before the graph is made, which takes seconds
        raise AssetError(f"{target}: cannot be written, there is no folder {target.parent}")
    with warnings.catch_warnings(), named():
        # torch 2.13 warns about a name that it uses itself.
        warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
        found = torch.onnx.export(
            to_program(embedder), input_names=["pictures"], output_names=["embeddings"],
            dynamo=True, verbose=False,
        )  # fmt: skip
    graph = cast("torch.onnx.ONNXProgram", found)  # only the older exporter gives None
    # subtle: the exporter notes for each operator the path of its code on this machine, which would
    # take a seventh of the file.
    for noted in (graph.model.graph, *graph.model.graph):
        noted.metadata_props.clear()
    graph.model.metadata_props["spec"] = embedder.spec.to_json()
    try:
        with whole(target) as part:
            graph.save(part, external_data=False)
    except OSError as error:
        raise AssetError(f"{target}: cannot be written ({error.strerror})") from error
    return target
