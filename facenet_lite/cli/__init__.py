"""The command line: ``facenet-lite COMMAND``, one module for each family of commands.

Answers go to standard output, errors and progress to standard error. The exit status is 0 for
success, 1 when something could not be done, 2 when the command itself is wrong, 130 after Ctrl-C,
and 70 for an error that nobody expected, which is a fault of this program.
"""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from typing import Final

from facenet_lite import __version__, _extras
from facenet_lite.cli import (
    cluster,
    detect,
    evaluate,
    faces,
    installed,
    people,
    recorded,
    train,
    verify,
)
from facenet_lite.cli.answers import DONE, FAULT, INTERRUPTED, complain
from facenet_lite.errors import FacenetLiteError

__all__ = ["main"]

TRACEBACK: Final = "FACENET_LITE_TRACEBACK"
"""The environment variable that shows the traceback of an unexpected error."""

COMMANDS: Final = (detect, verify, faces, people, cluster, evaluate, installed, recorded, train)
"""The modules that declare commands, in the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):  # a path that is not UTF-8 comes out as its bytes
            stream.reconfigure(errors=errors)
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
    except OSError as error:
        return complain(f"{error.filename}: {error.strerror}" if error.filename else error)
    except MemoryError:
        return complain("there is not enough memory for this; take smaller or fewer pictures")
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        command = shlex.join(sys.argv[1:] if arguments is None else arguments)
        complain(
            f"an unexpected error, which is a fault of this program: {type(error).__name__}: "
            f"{error}; please report it with what these print: facenet-lite doctor; "
            f"{TRACEBACK}=1 facenet-lite {command}"
        )
        return FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="facenet-lite", description="Face identification.")
    parser.add_argument("--version", action="version", version=f"facenet-lite {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return parser
