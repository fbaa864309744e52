"""Reads dlib's own file format, value by value.

An integer is a control byte and then its bytes, lowest first; the control byte holds the number
of bytes, and its top bit the sign. A real number is two integers, the mantissa and the exponent of
two. A string is its length and its bytes; a boolean is the digit 0 or 1. A tensor is a version,
four sizes, and plain 4-byte floats. (See dlib's ``serialize.h`` and ``dnn/tensor.h``.)
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facenet_lite._checks import describe
from facenet_lite.errors import InputError

NEGATIVE: Final = 0x80
WIDEST_INTEGER: Final = 8
LONGEST_TEXT: Final = 1_000
TENSOR_VERSION: Final = 2


class DlibFileError(InputError):
    """The file was not written by dlib, or is not of the kind that was asked for."""


@dataclass
class DlibReader:
    """Reads one value after another from the bytes of a file written by dlib.

    ``position``: the number of bytes read so far. Every method raises DlibFileError, with the
    position, if the bytes end too early or cannot be the value that was asked for.
    """

    data: bytes
    position: int = 0
    name: str = "the given bytes"

    @classmethod
    def of(cls, source: str | os.PathLike[str] | bytes) -> DlibReader:
        """Read a file, or take bytes as they are; raises FileNotFoundError if there is no file."""
        if isinstance(source, bytes):
            return cls(source)
        if not isinstance(source, str | os.PathLike):
            raise InputError(f"source: expected a path or bytes, got {describe(source)}")
        return cls(Path(source).read_bytes(), name=str(source))

    @property
    def at_end(self) -> bool:
        """Whether every byte has been read."""
        return self.position == len(self.data)

    def integer(self) -> int:
        """An integer: a control byte, then 1 to 8 bytes."""
        control = self.take(1)[0]
        width, negative = control & ~NEGATIVE, bool(control & NEGATIVE)
        if not 1 <= width <= WIDEST_INTEGER:
            raise self.error(f"expected a control byte with a width of 1 to 8, got {control:#04x}")
        value = int.from_bytes(self.take(width), "little")
        return -value if negative else value

    def integers(self, count: int) -> NDArray[np.int64]:
        """The next ``count`` integers, as ``integer`` reads them, but much faster."""
        data, place = self.data, self.position
        if 2 * count > len(data) - place:
            raise self.error(f"expected {count:,} numbers; the file is cut off")
        starts = np.empty(count, np.int64)
        for i in range(count):  # the only part that cannot be vectorised
            if place >= len(data):
                raise self.error(f"expected {count:,} numbers; the file is cut off")
            starts[i] = place
            place += 1 + (data[place] & ~NEGATIVE)
        codes = np.frombuffer(data, np.uint8)
        control = codes[starts]
        widths = control & ~np.uint8(NEGATIVE)
        if count and (place > len(data) or widths.min() < 1 or widths.max() > WIDEST_INTEGER):
            raise self.error(f"expected {count:,} numbers of 1 to 8 bytes each")
        values = np.zeros(count, np.int64)
        for byte in range(int(widths.max(initial=0))):
            at = np.flatnonzero(widths > byte)
            values[at] |= codes[starts[at] + 1 + byte].astype(np.int64) << (8 * byte)
        self.position = place
        return np.where(control & NEGATIVE, -values, values)

    def real(self) -> float:
        """A real number: mantissa x 2 ^ exponent."""
        mantissa, exponent = self.integer(), self.integer()
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError as error:
            raise self.error(f"expected a real number, got {mantissa} x 2^{exponent}") from error

    def truth(self) -> bool:
        """A boolean: the digit 0 or 1."""
        digit = self.take(1)
        if digit not in (b"0", b"1"):
            raise self.error(f"expected the digit 0 or 1, got {digit!r}")
        return digit == b"1"

    def text(self) -> str:
        """A string: its length, then that number of ASCII characters."""
        length = self.integer()
        if not 0 <= length <= LONGEST_TEXT:
            raise self.error(f"expected the length of a text, got {length}")
        try:
            return self.take(length).decode("ascii")
        except UnicodeDecodeError as error:
            raise self.error("expected a text in ASCII") from error

    def tensor(self) -> NDArray[np.float32]:
        """A tensor, float32 with four axes; an empty one has the shape (0, 0, 0, 0)."""
        self.version(TENSOR_VERSION, what="a tensor")
        shape = self._sizes()
        values = np.frombuffer(self.take(4 * math.prod(shape)), "<f4")
        if not np.isfinite(values).all():
            raise self.error("expected finite numbers in a tensor, got NaN or infinity")
        return values.reshape(shape).astype(np.float32)

    def alias(self) -> tuple[int, ...]:
        """The shape of a part of another tensor (dlib keeps a layer's numbers in one tensor)."""
        self.version(1, what="an alias")
        return self._sizes()

    def version(self, *known: int, what: str) -> int:
        """A version number, which must be one of ``known``."""
        found = self.integer()
        if found not in known:
            listed = " or ".join(map(str, known))
            raise self.error(f"expected version {listed} of {what}, got {found}")
        return found

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes, unchanged."""
        left = len(self.data) - self.position
        if count > left:
            raise self.error(f"expected {count:,} more bytes, got {left:,}; the file is cut off")
        self.position += count
        return self.data[self.position - count : self.position]

    def error(self, message: str) -> DlibFileError:
        """An error that names the file and the place in it."""
        return DlibFileError(f"{self.name}, byte {self.position:,}: {message}")

    def _sizes(self) -> tuple[int, ...]:
        sizes = tuple(self.integer() for _ in range(4))
        if min(sizes) < 0:
            raise self.error(f"expected sizes of at least 0, got {sizes}")
        return sizes
