"""Open the chapters in JupyterLab as copies that are the reader's own.

``python book/_tools/lab.py [words for jupyter-lab]``. The copies lie in ``my-notebooks``, which git
does not look at. A copy that was never changed follows the book; one that was changed is never
touched: where the book has a newer chapter, that one is laid beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "my-notebooks"
START = "Start here.ipynb"
KNOWN = ".copied.json"
"""What each copy was when it was made: the digests of the files, by name."""
DOCTOR = """\
from facenet_lite import doctor

for found in doctor.examine():
    print(found.mark, found.what, found.state)"""


def digest(data: bytes) -> str:
    """The SHA-256 of a file's contents."""
    return hashlib.sha256(data).hexdigest()


def copy_chapters(root: Path) -> list[str]:
    """Bring the reader's copies up to date; return a sentence for each that was kept or added."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    place = folder / KNOWN
    known = json.loads(place.read_text(encoding="utf8")) if place.exists() else {}
    said = []
    for path in sorted((root / "notebooks").glob("ch*.ipynb")):
        new, own = path.read_bytes(), folder / path.name
        if not own.exists() or digest(own.read_bytes()) in (known.get(path.name), digest(new)):
            own.write_bytes(new)
            known[path.name] = digest(new)
        elif known.get(path.name) != digest(new):
            beside = folder / f"{path.stem} (newer).ipynb"
            if not beside.exists() or beside.read_bytes() != new:
                beside.write_bytes(new)
                said.append(f"{own.name}: yours is kept; the book's newer one is {beside.name}.")
    place.write_text(json.dumps(known, indent=1), encoding="utf8")
    (folder / START).write_text(json.dumps(start(root), indent=1), encoding="utf8")
    return said


def start(root: Path) -> dict[str, Any]:
    """The notebook that JupyterLab opens: the chapters, and a cell that tries the installation."""
    rows, part = [], ""
    for line in (root / "book" / "_toc.yml").read_text(encoding="utf8").splitlines():
        if found := re.search(r"caption: (.*)", line):
            part = found[1].strip("\"'")
        elif found := re.search(r"file: .*?(ch(\d\d)_\w+)", line):
            if part:
                rows.append(f"\n## {part}\n")
                part = ""
            rows.append(row(root / "notebooks" / f"{found[1]}.ipynb", int(found[2])))
    text = (
        "# Start here\n\n"
        "These notebooks are your own copies: answer, change and save them; no update of the "
        "book overwrites one that you have changed.\n"
        "*Run > Run All Cells* runs a chapter from top to bottom, and an unanswered exercise does "
        "not stop it.\n"
        "To begin a chapter anew, delete or rename your copy and start `make lab` again.\n"
        + "\n".join(rows)
        + "\n\nThe cell below says whether everything is installed."
    )
    cells = [
        {"cell_type": "markdown", "id": "start", "metadata": {}, "source": text},
        {
            "cell_type": "code",
            "id": "doctor",
            "metadata": {},
            "source": DOCTOR,
            "outputs": [],
            "execution_count": None,
        },
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def row(path: Path, number: int) -> str:
    """A chapter's line: its title, and how long it takes."""
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    text = "".join(cells[0]["source"])
    title = text.split("\n", 1)[0].removeprefix("# ")
    time = re.search(r"\| (\d+ minutes to read[^|]*?) \|", text)
    return f"{number}. [{title}]({path.name}){f': {time[1]}' if time else ''}"


def main(words: list[str]) -> int:
    """Copy, say what was kept, and open JupyterLab at the list of chapters."""
    for sentence in copy_chapters(ROOT):
        print(sentence)
    print(f"Your notebooks are in {FOLDER}.", flush=True)
    address = f"/lab/tree/{FOLDER}/{START.replace(' ', '%20')}"
    lab = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    try:
        return subprocess.call([*lab, f"--LabApp.default_url={address}", *words])
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
