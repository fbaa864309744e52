"""How good, and how sure we may be of it."""

from facenet_lite.evaluate.uncertainty import wilson_interval

__all__ = ["wilson_interval"]
