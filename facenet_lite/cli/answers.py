"""What every command shares: its exit status, and where its answers and complaints go.

Answers go to standard output, errors and progress to standard error.
"""

from __future__ import annotations

import argparse
import sys
from typing import Final, TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

DONE: Final = 0
FAILED: Final = 1
"""Something could not be done."""
FAULT: Final = 70
"""An error that nobody expected: a fault of the program, as in sysexits.h."""
INTERRUPTED: Final = 130


def complain(error: object) -> int:
    """Say on standard error what could not be done, and return the status for it."""
    print(f"facenet-lite: {error}", file=sys.stderr)
    return FAILED
