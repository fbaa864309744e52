"""Look at paths that a user gave: whatever is there, no OSError comes out of this file.

``Path.is_dir`` and its like raise one for a name that is too long and for a folder that may not be
entered.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

FILE: Final = "a file"
FOLDER: Final = "a folder"
NOTHING: Final = "nothing"
LINK_TO_NOTHING: Final = "a link to nothing"
LINK_IN_A_CIRCLE: Final = "a link in a circle"
OTHER: Final = "neither a file nor a folder"


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether there is a file at ``path``, or a link to one."""
    return what(path) == FILE


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder at ``path``, or a link to one."""
    return what(path) == FOLDER


def what(path: str | os.PathLike[str]) -> str:
    """Say in words what is at ``path``: one of the constants above, or why nobody can tell.

    The reason is the system's, such as "File name too long" or "Permission denied".
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return LINK_TO_NOTHING if os.path.islink(path) else NOTHING
    except OSError as error:
        if error.errno == errno.ELOOP:
            return LINK_IN_A_CIRCLE
        return error.strerror or str(error)
    except ValueError as error:  # a zero byte in the name
        return str(error)
    if stat.S_ISREG(mode):
        return FILE
    return FOLDER if stat.S_ISDIR(mode) else OTHER


def resolved(path: str | os.PathLike[str]) -> str:
    """The path without links, as far as it can be followed."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return os.path.abspath(path)
