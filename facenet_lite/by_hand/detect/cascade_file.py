"""A trained cascade, read from OpenCV's own XML file: features, stumps and stages.

::

    Cascade 24 x 24
      Stage 1: threshold, 9 stumps
        Stump: threshold, left, right
          Feature: 2 or 3 Rectangles with a weight each
      Stage 2: ...

Only what OpenCV's frontal-face files contain is read: upright Haar features, one per stump.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import check_number
from facenet_lite.by_hand.detect.integral import rectangle_sum
from facenet_lite.errors import InputError

Source: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class Rectangle:
    """A part of a feature, in pixels of the cascade's window, and the weight of its sum."""

    x: int
    y: int
    width: int
    height: int
    weight: float


@dataclass(frozen=True)
class Feature:
    """Two or three rectangles; their weighted sums add up to the feature's response."""

    rectangles: tuple[Rectangle, ...]

    def response(self, integral: NDArray[np.int64], x: int = 0, y: int = 0) -> float:
        """The response, not yet normalised, in the window with its top left pixel at ``x``, ``y``.

        ``integral``: the picture's integral image, int64 (H + 1, W + 1).
        """
        return sum(
            part.weight * rectangle_sum(integral, x + part.x, y + part.y, part.width, part.height)
            for part in self.rectangles
        )


@dataclass(frozen=True)
class Stump:
    """A decision tree of one question: is the normalised response below the threshold?"""

    feature: Feature
    threshold: float
    left: float
    right: float

    def vote(self, response: float) -> float:
        """``left`` for a normalised response below the threshold, else ``right``."""
        return self.left if response < self.threshold else self.right


@dataclass(frozen=True)
class Stage:
    """Stumps whose votes are added; a window passes when the sum reaches the threshold."""

    stumps: tuple[Stump, ...]
    threshold: float


@dataclass(frozen=True)
class Cascade:
    """Stages to be passed one after the other, for a window of ``width`` x ``height`` pixels."""

    width: int
    height: int
    stages: tuple[Stage, ...]

    def first(self, stages: int) -> Cascade:
        """The same cascade cut off after its first ``stages`` stages."""
        check_number(stages, "stages", low=1, high=len(self.stages), integer=True)
        return Cascade(self.width, self.height, self.stages[:stages])


def read_cascade(path: Source) -> Cascade:
    """Read a cascade of upright Haar stumps from OpenCV's XML file.

    Raises FileNotFoundError where there is no file, and InputError for a file that is not such a
    cascade: not XML, LBP features, trees deeper than a stump, tilted features, a broken reference.
    """
    node = _cascade_node(path)
    try:
        width, height = int(_text(node, "width")), int(_text(node, "height"))
        if _text(node, "featureType") != "HAAR":
            raise InputError(f"{path}: expected HAAR features, got {_text(node, 'featureType')}")
        features = [_feature(one, width, height) for one in node.findall("features/_")]
        stages = tuple(_stage(one, features) for one in node.findall("stages/_"))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except (ValueError, IndexError) as error:
        raise InputError(
            f"{path}: expected OpenCV's numbers, got a damaged file ({error}); install it again"
        ) from error
    if not stages:
        raise InputError(f"{path}: expected at least one stage, got none")
    return Cascade(width, height, stages)


def write_first_stages(source: Source, target: Source, stages: int) -> Path:
    """Copy OpenCV's XML file with only its first ``stages`` stages, so that OpenCV can run those.

    OpenCV then accepts the windows that pass these stages. Returns ``target`` as a path.
    """
    node = _cascade_node(source)
    listed = node.find("stages")
    count = 0 if listed is None else len(listed)
    check_number(stages, "stages", low=1, high=count, integer=True)
    assert listed is not None
    for one in list(listed)[stages:]:
        listed.remove(one)
    number = node.find("stageNum")
    if number is not None:
        number.text = str(stages)
    root = ElementTree.Element("opencv_storage")
    root.append(node)
    path = Path(target)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return path


def _cascade_node(path: Source) -> ElementTree.Element:
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path}: there is no such file; assets.fetch gives the cascade's")
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: expected an XML file, got something else ({error})") from error
    node = root.find("cascade")
    if root.tag != "opencv_storage" or node is None:
        raise InputError(f"{path}: expected OpenCV's <cascade>, got <{root.tag}> without one")
    return node


def _text(node: ElementTree.Element, name: str) -> str:
    found = node.find(name)
    if found is None or not (found.text or "").strip():
        raise InputError(f"expected <{name}> in <{node.tag}>, got none")
    return (found.text or "").strip()


def _feature(node: ElementTree.Element, width: int, height: int) -> Feature:
    if node.findtext("tilted", "0").strip() != "0":
        raise InputError("expected upright features, got a tilted one")
    parts = []
    for one in node.findall("rects/_"):
        x, y, w, h, weight = (one.text or "").split()
        part = Rectangle(int(x), int(y), int(w), int(h), float(weight))
        inside = min(part.x, part.y) >= 0 and part.x + part.width <= width
        if not inside or part.y + part.height > height or min(part.width, part.height) < 1:
            raise InputError(f"expected rectangles inside the window, got {part}")
        parts.append(part)
    if not parts:
        raise InputError("expected a feature of two or three rectangles, got none")
    return Feature(tuple(parts))


def _stage(node: ElementTree.Element, features: list[Feature]) -> Stage:
    stumps = tuple(_stump(one, features) for one in node.findall("weakClassifiers/_"))
    return Stage(stumps, float(_text(node, "stageThreshold")))


def _stump(node: ElementTree.Element, features: list[Feature]) -> Stump:
    inner, leaves = _text(node, "internalNodes").split(), _text(node, "leafValues").split()
    if len(inner) != 4 or len(leaves) != 2:
        raise InputError(f"expected stumps, got a tree of {len(inner) // 4} questions")
    index = int(inner[2])
    if not 0 <= index < len(features):
        raise InputError(f"expected a feature below {len(features)}, got {index}")
    return Stump(features[index], float(inner[3]), float(leaves[0]), float(leaves[1]))
