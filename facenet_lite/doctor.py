"""Report what is installed, what is found, and how to get what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from facenet_lite import __version__, assets
from facenet_lite._extras import EXTRAS, NEEDED, remedy


@dataclass(frozen=True)
class Finding:
    """One thing that was examined: its state, and what to do about it."""

    what: str
    state: str
    good: bool
    needed: bool = True
    remedy: str = ""

    @property
    def mark(self) -> str:
        """``ok`` if it is there; if it is missing, ``!!`` when it is needed and ``--`` when not."""
        if self.good:
            return "ok"
        return "!!" if self.needed else "--"


def examine() -> list[Finding]:
    """Examine Python, the packages, the assets and the data, without importing the packages."""
    found = [
        Finding("Python", f"{platform.python_version()} on {platform.platform()}", good=True),
        Finding("facenet_lite", f"{__version__} in {Path(__file__).parent}", good=True),
    ]
    found += [_package(module, name, needed=True) for module, name in NEEDED.items()]
    for brought in EXTRAS.values():
        found += [_package(module, name, needed=False) for module, name in brought.items()]
    found += [_asset(name) for name in assets.registry()]
    return [*found, _lfw(os.environ.get("FACENET_LITE_DATA"))]


@cache
def _distributions() -> Mapping[str, list[str]]:
    """The distributions that contain each module, from the metadata of everything installed."""
    return importlib.metadata.packages_distributions()


def _package(module: str, name: str, *, needed: bool) -> Finding:
    if sys.modules.get(module) or importlib.util.find_spec(module):
        owners = _distributions().get(module, [name])
        versions = ", ".join(f"{o} {importlib.metadata.version(o)}" for o in dict.fromkeys(owners))
        return Finding(name, versions, good=True)
    return Finding(name, "missing", good=False, needed=needed, remedy=remedy(name))


def _asset(name: str) -> Finding:
    asset, state = assets.get(name), assets.state(name)
    good = state not in ("missing", "damaged")
    again = f"pip install --force-reinstall {asset.package}"
    what = assets.repair(name) or (again if asset.needed else remedy(asset.package))
    return Finding(asset.file, state, good, asset.needed, remedy="" if good else what)


def _lfw(folder: str | None) -> Finding:
    what = "only for measuring on LFW: set FACENET_LITE_DATA to a folder that holds lfw/"
    if folder and (Path(folder) / "lfw").is_dir():
        return Finding("LFW", f"found in {folder}", good=True, needed=False)
    state = f"not in {folder}" if folder else "not looked for"
    return Finding("LFW", state, good=False, needed=False, remedy=what)
