"""A network as it is used, whatever state its training is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Use the network for reading, and leave each of its modules in the mode that it was in.

    Batch normalisation then takes its recorded statistics: no crop depends on its neighbours.
    """
    before = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
