"""A network of one convolution in an ONNX file, written without PyTorch: it takes no time."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

from facenet_lite import models

SIZE, DIM = 24, 8


def spec(**changes):
    fields = {
        "name": "one convolution", "image_size": SIZE, "crop_margin": 0.25,
        "mean": (127.5, 127.5, 127.5), "scale": 1 / 127.5, "embedding_dim": DIM,
        "unit_norm": True, "threshold": 1.0,
    }  # fmt: skip
    return models.ModelSpec(**fields | changes)


def write(path, *, said=None, props=True):
    """Convolution, ReLU, pool, linear layer, unit length; ``said``: the spec that it carries."""
    rng = np.random.default_rng(0)
    weights = {
        "kernels": rng.standard_normal((6, 3, 5, 5)) / 5,
        "matrix": rng.standard_normal((6 * 9, DIM)) / 4,
    }
    nodes = [
        helper.make_node("Conv", ["pictures", "kernels"], ["maps"], strides=[4, 4], pads=[2] * 4),
        helper.make_node("Relu", ["maps"], ["bright"]),
        helper.make_node("MaxPool", ["bright"], ["small"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["small"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix"], ["numbers"]),
        helper.make_node("LpNormalization", ["numbers"], ["embeddings"]),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("pictures", onnx.TensorProto.FLOAT, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("embeddings", onnx.TensorProto.FLOAT, ["n", DIM])],
        [numpy_helper.from_array(v.astype(np.float32), name) for name, v in weights.items()],
    )
    net = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    if props:
        helper.set_model_props(net, {"spec": (said or spec()).to_json()})
    onnx.save(net, path)
    return path
