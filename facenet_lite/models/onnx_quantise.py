"""A network's ONNX file in whole numbers: weights and most of the sums in 8 bits."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_flag
from facenet_lite._extras import named
from facenet_lite._files import whole
from facenet_lite.errors import AssetError, InputError
from facenet_lite.models.onnx_embedder import BATCH, open_onnx
from facenet_lite.models.spec import ModelSpec, check_crops

OPERATORS: Final = ("Conv", "Relu", "MaxPool", "Concat", "Gemm")
"""What is computed in 8 bits. The rest stays in floating point: the input's standardisation, the
roots of L2 pooling, whose squares span too many sizes, and the division by the length."""


class _Reader:
    """Hands the crops to ONNX Runtime in batches, as it asks for them."""

    def __init__(self, crops: NDArray[np.uint8], spec: ModelSpec) -> None:
        starts = range(0, len(crops), BATCH)
        self.batches = (spec.prepare(crops[start : start + BATCH]) for start in starts)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        batch = next(self.batches, None)
        return None if batch is None else {"pictures": batch}


def quantise_onnx(
    path: str | os.PathLike[str],
    crops: NDArray[np.uint8],
    *,
    target: str | os.PathLike[str] | None = None,
    seven_bits: bool = False,
) -> Path:
    """Write the network of ``path``, which ``to_onnx`` wrote, in 8 bits; returns the new path.

    ``crops``: RGB uint8 (N, size, size, 3), faces like those to come: the largest and smallest
    values that they cause between the layers set the steps, once and for all; some hundred are
    enough. ``target``: where to (None: beside ``path``, as ``NAME.int8.onnx``). Weights have a step
    for each output channel. ``seven_bits``: half as many steps for weights. x86 processors without
    VNNI add products of 8 bits in 16 and may run over with all of them.

    ``open_onnx`` reads the file. Raises MissingExtraError without the extra ``export``, InputError
    for crops of another form or none, AssetError where the file cannot be written, and as
    ``open_onnx`` does for ``path``.
    """
    source = Path(path)
    goal = source.with_suffix(".int8.onnx") if target is None else Path(target)
    check_flag(seven_bits, "seven_bits")
    spec = open_onnx(source, threads=1).spec
    if not len(check_crops(crops, spec)):
        raise InputError("crops: expected some faces to set the steps by, got none")
    with named():
        from onnxruntime import quantization

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        done = Path(folder) / "int8.onnx"
        quantization.shape_inference.quant_pre_process(source, prepared, skip_symbolic_shape=True)
        quantization.quantize_static(
            prepared,
            done,
            _Reader(crops, spec),
            quant_format=quantization.QuantFormat.QOperator,
            op_types_to_quantize=list(OPERATORS),
            per_channel=True,
            reduce_range=seven_bits,
            # On a CPU this pair is the fast one.
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )
        written = done.read_bytes()
    try:
        with whole(goal) as part:
            part.write_bytes(written)
    except OSError as error:
        raise AssetError(f"{goal}: cannot be written ({error.strerror})") from error
    return goal
