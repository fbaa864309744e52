"""dlib's CNN face detector in PyTorch: the same weights and canvas in a fraction of the time.

What the network looks at and how its scores become boxes are dlib's; only the convolutions are
PyTorch's. They run over the canvas in strips, so that beside the canvas only one strip's maps are
in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from facenet_lite._mmod import file
from facenet_lite._mmod.canvas import Canvas, lay_out
from facenet_lite._mmod.file import Convolution, MmodFile
from facenet_lite.boxes import non_max_suppression

if TYPE_CHECKING:
    import dlib


class Face(NamedTuple):
    """What dlib's ``mmod_rectangle`` says of a face."""

    rect: dlib.rectangle
    confidence: float


class _Step(NamedTuple):
    """A layer, and its weights and bias as PyTorch wants them."""

    layer: Convolution
    weights: Tensor
    bias: Tensor


@dataclass(frozen=True)
class MmodTorch:
    """Finds faces as ``dlib.cnn_face_detection_model_v1`` does, and is called as that is.

    ``strip``: how many pixels of the canvas the network sees at once, about.
    """

    file: MmodFile
    steps: tuple[_Step, ...] = field(repr=False)
    strip: int = 1_000_000

    @classmethod
    def load(cls) -> MmodTorch:
        """Read the package's own network."""
        read = file.read()
        return cls(read, tuple(_prepared(layer) for layer in read.layers))

    def __call__(self, image: NDArray[np.uint8], upsample: int = 0) -> list[Face]:
        """Find faces in an RGB picture, uint8 (H, W, 3), doubled ``upsample`` times; surest first.

        Boxes are dlib's, scores equal to about 1e-4. Raises MemoryError where there is not enough.
        """
        import dlib

        double = dlib.pyramid_down(2)
        for _ in range(upsample):
            last = double.rect_up(dlib.rectangle(0, 0, image.shape[1] - 1, image.shape[0] - 1))
            image = dlib.resize_image(image, last.bottom() + 1, last.right() + 1)
        try:
            with torch.inference_mode():
                corners, scores = self._search(image)
        except RuntimeError as error:
            if "memory" in str(error) or "bad_alloc" in str(error):
                raise MemoryError(str(error)) from error
            raise
        found = [dlib.rectangle(x1, y1, x2 - 1, y2 - 1) for x1, y1, x2, y2 in corners.tolist()]
        if upsample:
            found = [double.rect_down(rectangle, upsample) for rectangle in found]
        return [Face(*face) for face in zip(found, scores.tolist(), strict=True)]

    def _search(self, image: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        canvas = lay_out(*image.shape[:2])
        scores = self.score_map(self.paint(image, canvas)).numpy()
        rows, columns = np.nonzero(scores > 0)
        centres = np.stack([columns, rows], axis=1).astype(np.float64)
        for layer in reversed(self.file.layers):
            centres = centres * layer.stride - layer.pad + layer.size // 2
        found = canvas.to_picture(centres, self.file.window)
        kept = non_max_suppression(found, scores[rows, columns], self.file.nms_iou)
        return found[kept], scores[rows, columns][kept]

    def paint(self, image: NDArray[np.uint8], canvas: Canvas) -> Tensor:
        """The picture at every size, as (value - mean) / 256: (1, 3, height, width)."""
        painted = torch.zeros(1, canvas.height, canvas.width, 3).permute(0, 3, 1, 2)
        level = torch.tensor(image).permute(2, 0, 1)[None]
        level = (level - torch.tensor(self.file.mean)[:, None, None]).div_(256)
        for left, top, width, height in canvas.levels:
            if level.shape[2:] != (height, width):
                level = functional.interpolate(
                    level, size=(height, width), mode="bilinear", align_corners=True
                )
            painted[:, :, top : top + height, left : left + width] = level
        return painted

    def score_map(self, painted: Tensor) -> Tensor:
        """The network's scores for every eighth pixel of a painted canvas: (rows, columns)."""
        shrinking = [step for step in self.steps if not step.layer.pad]
        keeping = self.steps[len(shrinking) :]
        apart, seen = 1, 1  # of a cell after the shrinking layers, in pixels
        for step in shrinking:
            seen += (step.layer.size - 1) * apart
            apart *= step.layer.stride
        rows = (painted.shape[2] - seen) // apart + 1
        each = max(1, self.strip // (painted.shape[3] * apart))
        maps = [
            _through(shrinking, painted[:, :, first * apart : (first + each - 1) * apart + seen])
            for first in range(0, rows, each)
        ]
        whole = torch.cat(maps, dim=2)
        # A padded layer answers wrongly at a border that is the strip's alone: rows beyond it.
        beyond = sum(step.layer.pad for step in keeping)
        scores = []
        for first in range(0, rows, each):
            above = min(first, beyond)
            strip = _through(keeping, whole[:, :, first - above : first + each + beyond])
            scores.append(strip[0, 0, above : above + each])
        return torch.cat(scores)


def _prepared(layer: Convolution) -> _Step:
    weights = torch.from_numpy(layer.weights).contiguous(memory_format=torch.channels_last)
    return _Step(layer, weights, torch.from_numpy(layer.bias))


def _through(steps: Sequence[_Step], maps: Tensor) -> Tensor:
    for layer, weights, bias in steps:
        maps = functional.conv2d(maps, weights, bias, layer.stride, layer.pad)
        if layer.relu:
            maps.relu_()
    return maps
