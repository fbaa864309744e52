"""The errors that a user of the package may see: one base, and a name for each kind."""

from __future__ import annotations


class FacenetLiteError(Exception):
    """Whatever this package raises on purpose."""


class InputError(FacenetLiteError, ValueError):
    """An argument is not what the function takes: the message says what it expects instead."""


class ImageError(InputError):
    """A picture cannot be read or written."""


class AssetError(FacenetLiteError):
    """A model's weights or a data file cannot be had."""


class AssetMissingError(AssetError, FileNotFoundError):
    """The file is neither installed, nor in the offline folder, nor could it be downloaded."""


class AssetDamagedError(AssetError):
    """The file is there, but its SHA-256 is not the known one."""


class ResultError(FacenetLiteError):
    """A recorded result is missing or does not have the expected form."""


class MissingExtraError(FacenetLiteError, ImportError):
    """An optional package is not installed: the message says which extra brings it."""


class NotEstimableError(FacenetLiteError, ValueError):
    """A figure is asked for that the data at hand cannot show."""
