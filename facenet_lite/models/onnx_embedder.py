"""A network in an ONNX file behind the interface that every model has, without PyTorch."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number
from facenet_lite._extras import named
from facenet_lite.errors import (
    AssetDamagedError,
    AssetMissingError,
    InputError,
)
from facenet_lite.models.spec import ModelSpec, embed_in_batches


@dataclass(frozen=True)
class OnnxEmbedder:
    """Turns crops into embeddings by ONNX Runtime; made by ``open_onnx``.

    Threads can share it; a copy that is sent to another process opens the file again there.
    """

    session: Any = field(repr=False)
    spec: ModelSpec
    path: Path
    threads: int | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(open_onnx, threads=self.threads), (self.path,)

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed crops, RGB uint8 (N, size, size, 3): float32 (N, D).

        Raises InputError for crops of another form.
        """

        def run(some: NDArray[np.uint8]) -> NDArray[np.float32]:
            (found,) = self.session.run(["embeddings"], {"pictures": self.spec.prepare(some)})
            return np.asarray(found, np.float32)

        return embed_in_batches(crops, self.spec, run)


def open_onnx(path: str | os.PathLike[str], *, threads: int | None = None) -> OnnxEmbedder:
    """Open what ``to_onnx`` or ``quantise_onnx`` wrote, with the spec that the file carries.

    ``threads``: how many ONNX Runtime may use, None for all cores. Raises AssetMissingError,
    AssetDamagedError for a file of another kind, MissingExtraError without ONNX Runtime.
    """
    source = Path(path)
    if threads is not None:
        check_number(threads, "threads", low=1, integer=True)
    if not source.is_file():
        raise AssetMissingError(f"{source}: there is no such file; models.to_onnx makes one")
    with named():
        import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    try:
        session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        spec = ModelSpec.from_json(session.get_modelmeta().custom_metadata_map["spec"])
        size, dim = spec.image_size, spec.embedding_dim
        (given,), (wanted,) = session.get_inputs(), session.get_outputs()
        found = {given.name: given.shape[1:], wanted.name: wanted.shape[1:]}
        if found != {"pictures": [3, size, size], "embeddings": [dim]}:
            raise InputError(f"expected pictures and embeddings as its spec says, got {found}")
    except Exception as error:  # ONNX Runtime's own have no base but this one
        raise AssetDamagedError(
            f"{source}: not a network that models.to_onnx wrote ({error!r}); get the file again"
        ) from error
    return OnnxEmbedder(session, spec, source.absolute(), threads)
