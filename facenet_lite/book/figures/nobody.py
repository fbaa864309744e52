"""A person who does not exist, changed by sliders: identity, and how the picture was taken."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from facenet_lite._checks import check_number
from facenet_lite.book.figures.base import Figure, packed
from facenet_lite.data import nobody
from facenet_lite.data.nobody import FaceModel, mesh
from facenet_lite.data.nobody.mesh import CANVAS
from facenet_lite.errors import InputError

SIZE: Final = 256
"""The side, in pixels, of the picture that the page draws: the whole canvas, twice as large."""
MARGIN: Final = 0.5
COARSE: Final = 2
"""Directions have one pixel for this many of the canvas; the mean keeps full resolution."""
REACH: Final = 2.5
"""How far a slider goes to either side, in standard deviations."""
WHO: Final = 12
"""The number of sliders for who it is."""
HOW: Final[dict[nobody.Part, int]] = {"yaw": 1, "pitch": 1, "expression": 4, "light": 3}
"""The number of sliders for each part."""


class FacesOfNobody(Figure, module="nobody.mjs"):
    """A drawn face with a slider for each of its first numbers; the page redraws it each time.

    ``who`` and ``how``: the sliders' values, in standard deviations; ``person``: the seed that
    "another person" counts up; ``landmarks``: whether the 68 points are shown. The page's copy of
    the model: ``mean``, base64 of the left half of the mean texture, uint8 (128, 64, 3), and
    ``directions``, each with the left half of its texture, int8 (64, 32, 3), in units of ``step``
    grey levels, ``mirror`` (1: the right half is its mirror image, -1: with the opposite sign), and
    ``moves``, how many pixels the 73 points of the face move to the right and down.
    """

    alt = (
        "An interactive figure: a drawn face, with sliders that say who it is and sliders for "
        "turning, expression and light. Beside it stands the same person, facing us in even light."
    )
    mean = t.Unicode("").tag(sync=True)
    directions: t.List[Any] = t.List().tag(sync=True)
    points: t.List[Any] = t.List().tag(sync=True)
    triangles: t.List[Any] = t.List().tag(sync=True)
    rules: t.Dict[str, Any] = t.Dict().tag(sync=True)
    who: t.List[float] = t.List().tag(sync=True)
    how: t.List[float] = t.List().tag(sync=True)
    person = t.Int(0).tag(sync=True)
    landmarks = t.Bool(False).tag(sync=True)

    @t.validate("who", "how")
    def _within_reach(self, proposal: dict[str, Any]) -> Any:
        name, values = proposal["trait"].name, proposal["value"]
        wanted = 0
        if self.directions:
            wanted = WHO if name == "who" else sum(HOW.values())
        if len(values) != wanted:
            raise InputError(f"{name}: expected {wanted} numbers, got {len(values)}")
        for value in values:
            check_number(value, name, low=-REACH, high=REACH)
        return values

    @classmethod
    def of(cls, model: FaceModel) -> FacesOfNobody:
        """The mean face, with sliders for the first ``WHO`` numbers of who, and for how."""
        columns = {f"{number + 1}": model.who[:, number] for number in range(WHO)}
        for part, count in HOW.items():
            columns |= dict(zip(nobody.AXES[part], model.how[part].T[:count], strict=False))
        rest = mesh.vertices(model.mean_shape[None], model.mean_shape)[0]
        return cls(
            mean=packed(np.rint(model.mean_texture).astype(np.uint8)),
            directions=[_direction(model, name, column) for name, column in columns.items()],
            points=np.round(rest, 3).tolist(),
            triangles=model.triangles.tolist(),
            rules={
                "size": SIZE,
                "frame": mesh.frame(SIZE, MARGIN).tolist(),
                "lips": [list(pair) for pair in mesh.LIPS],
                "lipGap": mesh.LIP_GAP,
                "fold": mesh.FOLD,
            },
            who=[0.0] * WHO,
            how=[0.0] * sum(HOW.values()),
        )


def texture_change(model: FaceModel, column: NDArray[np.float64]) -> NDArray[np.float64]:
    """What one standard deviation of a column (D,) adds to a texture: grey levels, (128, 128, 3).

    It includes both the parts that a mirror keeps and those that it negates.
    """
    split, end = len(model.kept), len(model.steps)
    amounts = column[:end] * model.steps
    kept = np.tensordot(amounts[:split], model.kept.astype(float), axes=1)
    turned = np.tensordot(amounts[split:], model.turned.astype(float), axes=1)
    return np.concatenate([kept + turned, (kept - turned)[:, ::-1]], axis=1)


def _direction(model: FaceModel, name: str, column: NDArray[np.float64]) -> dict[str, Any]:
    change = texture_change(model, column)
    half = CANVAS // COARSE
    coarse = change.reshape(half, COARSE, half, COARSE, 3).mean(axis=(1, 3))
    mirror = 1 if np.square(coarse + coarse[:, ::-1]).sum() > np.square(coarse).sum() * 2 else -1
    step = float(np.abs(coarse).max()) / 127
    left = np.rint(coarse[:, : half // 2] / max(step, 1e-9)).astype(np.int8)
    moved = np.tensordot(column[len(model.steps) :], model.shape_components, axes=1)
    rest = np.stack([model.mean_shape, model.mean_shape + moved])
    at_rest, after = mesh.vertices(rest, model.mean_shape)[:, : 68 + len(mesh.FOREHEAD)]
    return {
        "name": name,
        "texture": packed(left),
        "step": step,
        "mirror": mirror,
        "moves": np.round(after - at_rest, 3).tolist(),
    }
