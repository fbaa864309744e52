"""Write ``constraints.txt``: the newest versions that pip resolves for the package and its extras.

``make constraints`` runs this. It installs nothing: pip reports what it would install.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = """\
# The versions that this book is tested with: everything that the package and its extras
# book, test and dev bring. Written by `make constraints`.
"""


def resolve(extras: str = "book,test,dev") -> list[str]:
    """Ask pip what it would install into an empty environment."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    report = subprocess.run(
        [*command, "--report", "-", f"{ROOT}[{extras}]"], check=True, capture_output=True, text=True
    )
    found = [item["metadata"] for item in json.loads(report.stdout)["install"]]
    # A local version such as 2.13.0+cpu names a build; the same number from elsewhere is as good.
    pins = {re.sub(r"[-_.]+", "-", m["name"]).lower(): m["version"].split("+")[0] for m in found}
    pins.pop("facenet-lite")
    return [f"{name}=={version}" for name, version in pins.items()]


if __name__ == "__main__":
    text = HEAD + "\n".join(sorted(resolve())) + "\n"
    (ROOT / "constraints.txt").write_text(text, encoding="utf8", newline="\n")
