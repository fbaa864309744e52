"""From the SSD's raw numbers to faces, in NumPy: what the layer ``detection_out`` does.

::

    picture -> blob -> network -> locations (N, 4) --decode with priors--> boxes (N, 4) --+
                              \\-> logits (N, 2) ----------softmax-------> scores (N,) ----+
                                              threshold, top_k, suppression, keep_top_k <--+

Only the network itself is OpenCV's. After Wei Liu et al., "SSD: Single Shot MultiBox Detector",
ECCV 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facenet_lite import assets
from facenet_lite._checks import check_array, check_number
from facenet_lite.boxes import non_max_suppression
from facenet_lite.by_hand.detect.blob import input_blob
from facenet_lite.by_hand.detect.prior_boxes import PriorBoxLayer, read_prior_box_layers
from facenet_lite.detect.prototxt import parse
from facenet_lite.errors import InputError
from facenet_lite.types import Detections, Image


@dataclass(frozen=True)
class OutputSettings:
    """The settings of the network's last layer, ``detection_out``, as its prototxt has them.

    ``confidence_threshold``: lower scores are dropped first; ``top_k``: how many of the surest
    boxes are compared; ``nms_threshold``: the largest overlap (IoU) of two kept boxes;
    ``keep_top_k``: the largest number of boxes kept.
    """

    confidence_threshold: float
    nms_threshold: float
    top_k: int
    keep_top_k: int


@dataclass(frozen=True, eq=False)
class RawOutput:
    """The network's raw output for one picture, before boxes are made of it.

    ``locations`` float32 (N, 4): corrections dx dy dw dh of the N prior boxes;
    ``logits`` float32 (N, 2): background, face; ``shapes``: rows and columns of each feature map;
    ``priors`` float32 (N, 4): x1 y1 x2 y2 as fractions of the input's sides; ``variances`` (N, 4).
    """

    locations: NDArray[np.float32]
    logits: NDArray[np.float32]
    shapes: tuple[tuple[int, int], ...]
    priors: NDArray[np.float32]
    variances: NDArray[np.float32]

    def scores(self) -> NDArray[np.float32]:
        """The probability of a face (N,) for each prior box."""
        return softmax(self.logits)[:, 1]

    def boxes(self) -> NDArray[np.float32]:
        """The corrected prior boxes (N, 4), as fractions of the input's sides."""
        return decode(self.locations, self.priors, self.variances)


@dataclass(frozen=True, eq=False)
class RawNetwork:
    """OpenCV's network, run up to what comes before its last layer.

    ``network``: a ``cv2.dnn.Net``; ``layers``: its PriorBox layers; ``settings``: its last layer's.
    """

    network: Any
    layers: tuple[PriorBoxLayer, ...]
    settings: OutputSettings

    @classmethod
    def load(cls, text: str | None = None) -> RawNetwork:
        """The res10 face detector; ``text``: another description of its layers than the usual."""
        from cv2 import dnn

        text = assets.fetch("ssd_res10_prototxt").read_text() if text is None else text
        layers, settings = read_prior_box_layers(text), read_output_settings(text)
        weights = assets.fetch("ssd_res10_weights").read_bytes()
        parts = [np.frombuffer(part, np.uint8) for part in (text.encode(), weights)]
        return cls(dnn.readNetFromCaffe(*parts), layers, settings)

    def forward(self, blob: ArrayLike) -> RawOutput:
        """Run the network on an input (1, 3, height, width) float32 and collect its raw outputs."""
        x = check_array(blob, "blob", shape=(1, 3, None, None), dtype=np.float32)
        names = [layer.name.replace("priorbox", "loc_perm") for layer in self.layers]
        self.network.setInput(x)
        *maps, logits = self.network.forward([*names, "mbox_conf"])
        shapes = tuple(m.shape[1:3] for m in maps)  # each map is (1, rows, columns, 4 K)
        priors = [
            layer.boxes(shape, x.shape[2:])
            for layer, shape in zip(self.layers, shapes, strict=True)
        ]
        variances = np.array([layer.variances for layer in self.layers], np.float32)
        return RawOutput(
            np.concatenate([m.reshape(-1, 4) for m in maps]),
            logits.reshape(-1, 2),
            shapes,
            np.concatenate(priors),
            variances.repeat([len(boxes) for boxes in priors], axis=0),
        )

    def candidates(self, image: Image, *, size: tuple[int, int] = (300, 300)) -> Detections:
        """Every prior box, corrected, scored and scaled to the picture, before any suppression."""
        raw = self.forward(input_blob(image, size=size))
        return Detections.sorted(scale(raw.boxes(), image), raw.scores())

    def detect(self, image: Image, *, score_threshold: float = 0.5) -> Detections:
        """The faces that OpenCV's network finds, by our own last layer: boxes in picture pixels."""
        check_number(score_threshold, "score_threshold", low=0, high=1)
        raw = self.forward(input_blob(image))
        boxes, scores = raw.boxes(), raw.scores()
        kept = detection_out(boxes, scores, self.settings)
        return Detections.sorted(scale(boxes[kept], image), scores[kept]).above(score_threshold)


def softmax(logits: ArrayLike) -> NDArray[np.float32]:
    """Turn each row of logits (N, C) into probabilities that add up to 1."""
    x = check_array(logits, "logits", shape=(None, None), dtype=np.float32)
    # subtle: exp overflows above 88; taking the largest away changes no quotient.
    powers = np.exp(x - x.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def decode(locations: ArrayLike, priors: ArrayLike, variances: ArrayLike) -> NDArray[np.float32]:
    """Correct prior boxes (N, 4) by what the network asks for: CENTER_SIZE in the prototxt.

    ``locations`` (N, 4) are dx dy dw dh; ``variances`` (N, 4) scale them. With the prior's centre
    (px, py) and sides (pw, ph) the new centre is (px + v dx pw, py + v dy ph), the new sides are
    pw exp(v dw) and ph exp(v dh). Boxes float32 (N, 4), x1 y1 x2 y2 in the priors' units.
    """
    prior = check_array(priors, "priors", shape=(None, 4), dtype=np.float32)
    shape = (len(prior), 4)
    delta = check_array(locations, "locations", shape=shape, dtype=np.float32)
    delta = delta * check_array(variances, "variances", shape=shape, dtype=np.float32)
    sides = prior[:, 2:] - prior[:, :2]
    centres = (prior[:, 2:] + prior[:, :2]) / 2 + delta[:, :2] * sides
    half = sides * np.exp(delta[:, 2:]) / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def detection_out(
    boxes: ArrayLike, scores: ArrayLike, settings: OutputSettings
) -> NDArray[np.intp]:
    """Which boxes (N, 4) the network's last layer keeps: their indices, surest first.

    Above the threshold, the ``top_k`` surest; of these, greedily, those that overlap no surer kept
    one by more than ``nms_threshold``; of these the ``keep_top_k`` surest.
    """
    scored = check_array(scores, "scores", shape=(None,), dtype=np.float32)
    order = np.argsort(-scored, kind="stable")
    order = order[scored[order] > settings.confidence_threshold][: settings.top_k]
    candidates = check_array(boxes, "boxes", shape=(len(scored), 4), dtype=np.float32)[order]
    kept = non_max_suppression(candidates, scored[order], settings.nms_threshold)
    return order[kept][: settings.keep_top_k]


def scale(boxes: NDArray[np.float32], image: Image) -> NDArray[np.float32]:
    """Turn fractions (N, 4) into pixels of the picture: the original one, not the resized input."""
    height, width = image.shape[:2]
    return boxes * np.array([width, height, width, height], np.float32)


def read_output_settings(text: str) -> OutputSettings:
    """The DetectionOutput layer's settings from a prototxt.

    Raises InputError where there is not exactly one, or one of the four is missing.
    """
    layers = [x for x in parse(text).get("layer", []) if x.get("type") == ["DetectionOutput"]]
    if len(layers) != 1:
        raise InputError(f"text: expected one DetectionOutput layer, got {len(layers)}")
    (block,) = layers[0].get("detection_output_param", [{}])
    (suppression,) = block.get("nms_param", [{}])
    try:
        return OutputSettings(
            confidence_threshold=block["confidence_threshold"][0],
            nms_threshold=suppression["nms_threshold"][0],
            top_k=suppression["top_k"][0],
            keep_top_k=block["keep_top_k"][0],
        )
    except KeyError as missing:
        raise InputError(f"text: expected {missing} in detection_output_param, got none") from None
