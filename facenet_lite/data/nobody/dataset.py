"""Drawn pictures as a data set for PyTorch, which is imported only when a picture is requested.

``torch.utils.data.DataLoader`` needs only a length and items by index, and no base class, so users
of NumPy alone never have to import PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facenet_lite._checks import check_number
from facenet_lite.data.nobody.values import Pictures

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class PictureDataset:
    """Item i is picture i of ``pictures.flat``: a float32 tensor (3, size, size) and its label.

    Values are ``(x - mean) / scale`` for grey levels x from 0 to 255, by default from -1 to 1.
    """

    pictures: Pictures
    mean: float = 127.5
    scale: float = 127.5

    def __post_init__(self) -> None:
        check_number(self.mean, "mean")
        check_number(self.scale, "scale", low=0, low_included=False)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        import torch

        pictures, labels = self.pictures.flat
        if not -len(self) <= index < len(self):
            raise IndexError(f"index: expected at most {len(self) - 1}, got {index}")
        tensor = torch.from_numpy(pictures[index].copy()).permute(2, 0, 1).float()
        return (tensor - self.mean) / self.scale, int(labels[index])
