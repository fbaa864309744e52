"""Take the chapters of ``../notebooks`` into the book as top-level pages.

Jupyter Book 1 reads only what lies under the book's own folder.
Here every ``../notebooks/NAME.ipynb`` becomes the document ``NAME``, read where it lies,
so that its page is ``/NAME.html`` and no copy or symlink is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.project import Project
from sphinx.util.matching import Matcher

SUFFIX = ".ipynb"


class MountedProject(Project):
    """A Sphinx project some of whose sources lie in a sibling folder."""

    mount: Path

    def discover(
        self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)
    ) -> set[str]:
        """Find the sources under the book's folder, and those of the mount."""
        super().discover(exclude_paths, include_paths)
        excluded = Matcher(list(exclude_paths))
        for path in sorted(self.mount.glob(f"*{SUFFIX}")):
            if excluded(path.name):
                continue
            relative = os.path.relpath(path, self.srcdir)
            if path.stem in self.docnames:
                raise ExtensionError(f"two sources for the page {path.stem!r}")
            self.docnames.add(path.stem)
            self._docname_to_path[path.stem] = relative
            self._path_to_docname[relative] = path.stem
        return self.docnames

    def path2doc(self, filename: str | os.PathLike[str]) -> str | None:
        """Name the document of a file."""
        path = Path(os.path.normpath(Path(self.srcdir) / filename))
        if path.parent == self.mount and path.suffix == SUFFIX:
            return path.stem
        return super().path2doc(filename)


def mount(app: Sphinx) -> None:
    """Turn Sphinx's own project object into one that knows the mount."""
    folder = Path(os.path.normpath(Path(app.srcdir) / app.config.mount_folder))
    if not folder.is_dir():
        raise ExtensionError(f"mount_folder does not exist: {folder}")
    project: Any = app.project
    project.__class__ = MountedProject
    project.mount = folder


def point_buttons_at_source(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Make the edit and launch buttons use the path in the repository."""
    if doctree is None:
        return
    path = Path(app.env.doc2path(pagename)).resolve()
    root = Path(app.srcdir).resolve().parent
    folder = path.parent.relative_to(root).as_posix()
    # Sphinx takes the suffix to be what follows the page's name in the path.
    context["page_source_suffix"] = path.suffix
    context["sourcename"] = pagename + path.suffix
    # The theme reads the folder from both of these.
    context["doc_path"] = folder
    app.config.html_theme_options["path_to_docs"] = folder


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("mount_folder", "../notebooks", "env", str)
    app.connect("builder-inited", mount, priority=100)
    app.connect("html-page-context", point_buttons_at_source, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
