"""The command line: ``facenet-lite COMMAND``, one module for each family of commands.

Answers go to standard output, errors and progress to standard error. The exit status is 0 for
success, 1 when something could not be done, and 2 when the command itself is wrong.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence

from facenet_lite import __version__, _extras
from facenet_lite.cli import detect, installed, recorded, train, verify
from facenet_lite.cli.answers import DONE, INTERRUPTED, complain
from facenet_lite.errors import FacenetLiteError

__all__ = ["main"]

COMMANDS = (detect, verify, installed, recorded, train)
"""The modules that declare commands, in the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        with _extras.named():
            return run(options)
    except (FacenetLiteError, FileNotFoundError) as error:
        return complain(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has closed it, as `| head` does
        sys.stderr.close()
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="facenet-lite", description="Face identification.")
    parser.add_argument("--version", action="version", version=f"facenet-lite {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return parser
