"""A network in a table as FaceNet prints it: layer by layer, with sizes, weights, multiply-adds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torch import Tensor, nn

    from facenet_lite.models.blocks import Branches
    from facenet_lite.models.torch_embedder import Net

TIMES: Final = "×"  # noqa: RUF001
HEAD: Final = ("layer", "output", "kernel", "weights", "multiply-adds")


@dataclass(frozen=True)
class Cost:
    """``weights``, biases not counted, and ``madds``: multiplications with an addition."""

    weights: int
    madds: int


@dataclass(frozen=True)
class Layer:
    """One row of the table: what the paper's Tables 1 and 2 print of a layer.

    ``output``: height, width and channels, or the length of a vector. ``kernel``: sizes, channels
    and stride in words. ``weights``: those of convolutions and linear layers, biases not counted.
    ``madds``: multiplications with an addition for one picture, which the paper calls FLOPS.
    """

    name: str
    output: tuple[int, ...]
    kernel: str
    weights: int
    madds: int

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is printed: zeros stay empty."""
        size = TIMES.join(map(str, self.output))
        counts = (f"{count:,}" if count else "" for count in (self.weights, self.madds))
        return (self.name, size, self.kernel, *counts)


@dataclass(frozen=True)
class Summary:
    """A network's layers and totals, shown as a table when printed and in a notebook.

    ``image_size``: the side of the picture. ``parameters``: all numbers that are learned, including
    biases and the scales and shifts of batch normalisation.
    """

    name: str
    image_size: int
    layers: tuple[Layer, ...]
    parameters: int

    @property
    def weights(self) -> int:
        """All weights, as the paper counts them: without biases."""
        return sum(layer.weights for layer in self.layers)

    @property
    def madds(self) -> int:
        """Multiply-adds for one picture."""
        return sum(layer.madds for layer in self.layers)

    @property
    def caption(self) -> str:
        """The title of the table."""
        size = TIMES.join(map(str, (self.image_size, self.image_size, 3)))
        return f"{self.name}: input {size}, {self.parameters:,} parameters with biases"

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells of the table: a row for each layer, and one for the total."""
        total = ("total", "", "", f"{self.weights:,}", f"{self.madds:,}")
        return [*(layer.cells for layer in self.layers), total]

    def __str__(self) -> str:
        rows = [HEAD, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [self.caption]
        for *words, weights, madds in rows:
            left = [word.ljust(width) for word, width in zip(words, widths[:3], strict=True)]
            line = "  ".join([*left, weights.rjust(widths[3]), madds.rjust(widths[4])])
            lines.append(line.rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in HEAD)
        body = []
        for name, *words, weights, madds in self.rows:
            texts = "".join(f"<td>{escape(word)}</td>" for word in words)
            counts = "".join(f'<td style="text-align:right">{n}</td>' for n in (weights, madds))
            body.append(f'<tr><th scope="row">{escape(name)}</th>{texts}{counts}</tr>')
        return (
            f'<table class="table"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )


def summary(net: Net) -> Summary:
    """Count each layer's output, weights and multiply-adds by sending one picture through.

    The network may be on any device; on torch's "meta" device, where tensors have no values,
    counting NN1 takes no memory.
    """
    import torch

    size, like = net.image_size, next(net.parameters())
    x = torch.zeros(1, 3, size, size, device=like.device, dtype=like.dtype)
    layers = []
    with _evaluating(net), torch.no_grad():
        for name, module in net.layers.named_children():
            with _counting(module) as counts:
                x = module(x)
            output = (*x.shape[2:], x.shape[1])  # height, width, channels
            layers.append(Layer(name, output, _kernel(module), **counts))
    parameters = sum(parameter.numel() for parameter in net.parameters())
    return Summary(net.name, size, tuple(layers), parameters)


@contextmanager
def _evaluating(net: nn.Module) -> Iterator[None]:
    """Put the network into evaluation mode, and each of its modules back into its own afterwards.

    Batch normalisation then uses its recorded statistics: no crop depends on its neighbours.
    """
    before = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


@contextmanager
def _counting(layer: nn.Module) -> Iterator[dict[str, int]]:
    """Count the weights and multiply-adds of what runs inside."""
    from torch import nn

    counts = {"weights": 0, "madds": 0}

    def count(module: nn.Module, _: tuple[Tensor, ...], out: Tensor) -> None:
        weights = sum(value.numel() for key, value in module.named_parameters() if key == "weight")
        counts["weights"] += weights
        counts["madds"] += weights * out[0, 0].numel()  # each weight works at each place

    kinds = (nn.Conv2d, nn.Linear)
    parts = [module for module in layer.modules() if isinstance(module, kinds)]
    handles = [module.register_forward_hook(count) for module in parts]
    try:
        yield counts
    finally:
        for handle in handles:
            handle.remove()


def _kernel(layer: nn.Module) -> str:
    """Say what a layer does, as the paper's tables do: kernel and channels, then the stride."""
    from torch import nn

    from facenet_lite.models.blocks import Conv, Inception, Maxout

    match layer:
        case Conv():
            return f"{layer.size}{TIMES}{layer.size}{TIMES}{layer.inside}, {layer.stride}"
        case nn.MaxPool2d():
            return f"3{TIMES}3 max, {layer.stride}"
        case nn.LocalResponseNorm():
            return f"over {layer.size} channels"
        case nn.InstanceNorm2d():
            return "mean 0, spread 1 a channel"
        case nn.BatchNorm1d():
            return "centred over the batch"
        case nn.AdaptiveAvgPool2d():
            return "mean of the map"
        case Maxout():
            return f"maxout, p = {layer.pieces}"
        case nn.Linear():
            return "linear"
        case Inception():
            return _branches(layer.branches)
    return ""


def _branches(b: Branches) -> str:
    """Say which branches stand side by side, as in ``3x3: 96 to 128, 2``."""
    step = f", {b.stride}" if b.stride > 1 else ""
    texts = [f"1{TIMES}1: {b.one}"] if b.one else []
    texts += [f"3{TIMES}3: {b.reduce3} to {b.three}{step}"] if b.three else []
    texts += [f"5{TIMES}5: {b.reduce5} to {b.five}{step}"] if b.five else []
    texts += [f"{b.pool} pool{f' to {b.project}' if b.project else step}"] if b.pool else []
    return "; ".join(texts)
