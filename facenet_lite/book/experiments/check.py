"""Does a recorded result still hold? ``facenet-lite results check NAME``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from facenet_lite.book import registry, results
from facenet_lite.book.experiments.finding import Asked, Finding


def names(folder: Path | None = None) -> list[str]:
    """All recorded results, by name."""
    return sorted(path.stem for path in (folder or results.FOLDER).glob("*.json"))


def check(
    name: str,
    *,
    lfw: Path | None = None,
    folder: Path | None = None,
    full: bool = False,
    progress: bool = True,
) -> list[Finding]:
    """Compare what is recorded under ``name`` with what is measured today.

    The form is always checked, and the figures as far as a minute allows, by the function that
    ``book.registry`` names; with ``full``, everything that needs no training. ``lfw``: the
    reader's copy (None: as ``data.lfw.find`` looks for it); ``folder``: where the result lies
    (None: among the package's own). Where there is no such function, the finding says what a
    check would take. Raises ResultError for an unknown name, or a result of the wrong form.
    """
    return asked(Asked(name, results.load(name, folder), lfw, folder, full, progress=progress))


def asked(question: Asked) -> list[Finding]:
    """The same for a result that has been read."""
    record, entry = question.record, registry.behind(question.name)
    findings = [Finding("form", True, f"recorded {record['date']} by: {record['command']}")]
    findings += _versions(record)
    again = None if entry is None else entry.load_again()
    if again is not None:
        try:
            return [*findings, *again(question)]
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            lacking = f"expected all that `{record['command']}` records, got a part ({error!r})"
            return [*findings, Finding("figures", False, lacking)]
    minutes = max(1, round(record["seconds"] / 60))
    told = f"not computed again: `{record['command']}`, {minutes} minutes"
    return [*findings, Finding("figures", None, told)]


def _versions(record: results.Record) -> Iterator[Finding]:
    today = results.versions()
    other = {
        package: f"{then}, now {today.get(package)}"
        for package, then in record["versions"].items()
        if today.get(package) != then
    }
    listed = ", ".join(f"{package} {change}" for package, change in other.items())
    yield Finding("versions", None if other else True, listed or "the same as today's")
