"""The errors that a user of the package may see: a base class, and one class for each kind."""

from __future__ import annotations


class FacenetLiteError(Exception):
    """The base of every error that this package raises on purpose."""


class InputError(FacenetLiteError, ValueError):
    """An argument is not valid; the message says what the function expects instead."""


class ImageError(InputError):
    """A picture cannot be read or written."""


class ImageMissingError(ImageError, FileNotFoundError):
    """There is no picture at the path."""


class AssetError(FacenetLiteError):
    """A model's weights or a data file cannot be obtained."""


class AssetMissingError(AssetError, FileNotFoundError):
    """The file is not installed or in the offline folder, and could not be downloaded."""


class AssetDamagedError(AssetError):
    """The file is there, but its SHA-256 is not the known one."""


class ResultError(FacenetLiteError):
    """A recorded result is missing or does not have the expected form."""


class MissingExtraError(FacenetLiteError, ImportError):
    """An optional package is not installed; the message says which extra installs it."""


class NotEstimableError(FacenetLiteError, ValueError):
    """The data at hand cannot support the figure that was asked for."""


class InUseError(FacenetLiteError):
    """Another process is writing to the folder; the message says which."""


class WriteError(FacenetLiteError, OSError):
    """A file cannot be written; what was there before is kept."""


class DivergedError(FacenetLiteError, ArithmeticError):
    """A training no longer computes finite numbers."""
