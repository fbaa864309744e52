"""``facenet-lite assets`` and ``doctor``: what is installed, found and missing."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from facenet_lite import assets
from facenet_lite.cli.answers import DONE, FAILED, Commands


def add(commands: Commands) -> None:
    """Declare the two commands and their options."""
    listed = commands.add_parser("assets", help="list weights and data files, or copy them")
    listed.add_argument("--copy-to", type=Path, metavar="DIR", help="make a class's offline folder")
    listed.add_argument("--json", action="store_true", help="all fields, as JSON")
    listed.set_defaults(run=_assets)

    doctor = commands.add_parser("doctor", help="say what is installed, found and missing")
    doctor.set_defaults(run=_doctor)


def _assets(options: argparse.Namespace) -> int:
    if options.copy_to is not None:
        for path in assets.copy_to(options.copy_to):
            print(path)
        print(f"now set FACENET_LITE_ASSETS={options.copy_to.absolute()}", file=sys.stderr)
        return DONE
    rows = [{**vars(asset), "state": assets.state(name)} for name, asset in _listed()]
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(f"{row['name']}: {row['state']}\n  {row['title']}; {row['bytes']:,} bytes")
            print(f"  {row['file']} from {row['package']}\n  licence: {row['licence']}")
            print(f"  {row['card']}")
    wrong = [a for name, a in _listed() if assets.state(name) in ("missing", "damaged")]
    return FAILED if any(asset.needed for asset in wrong) else DONE


def _listed() -> list[tuple[str, assets.Asset]]:
    return list(assets.registry().items())


def _doctor(options: argparse.Namespace) -> int:
    from facenet_lite import doctor

    findings = doctor.examine()
    for finding in findings:
        print(f"{finding.mark} {finding.what}: {finding.state}")
        if finding.remedy:
            print(f"      {finding.remedy}")
    return FAILED if any(finding.needed and not finding.good for finding in findings) else DONE
