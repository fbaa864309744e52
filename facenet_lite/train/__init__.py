"""Training: ``train.train(train.Config.of(steps=800), folder)``, or ``facenet-lite train``."""

from __future__ import annotations

from facenet_lite.train.augment import Augmentation
from facenet_lite.train.config import Config
from facenet_lite.train.log import read
from facenet_lite.train.loop import train
from facenet_lite.train.network import untrained
from facenet_lite.train.parts import Data, Network, Step, Teacher
from facenet_lite.train.sources import Batch, DrawnSource, splits
from facenet_lite.train.validation import Look, look

__all__ = [
    "Augmentation",
    "Batch",
    "Config",
    "Data",
    "DrawnSource",
    "Look",
    "Network",
    "Step",
    "Teacher",
    "look",
    "read",
    "splits",
    "train",
    "untrained",
]
