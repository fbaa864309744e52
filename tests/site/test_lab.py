"""The chapters in a real JupyterLab, as a student meets them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("ch*.ipynb"))
QUICK = [
    "ch01_pipeline",
    "ch02_haar",
    "ch11_triplet_loss",
    "ch14_evaluation",
    "ch17_identification",
]
"""Chapters that run from top to bottom in a short time, with figures of all kinds."""
RAW = re.compile(r"\{[a-z:]+\}`|:::|<!--|</?details|</?summary|\\tag|\$\$|\[\^|\]\(")
SETTINGS = {
    # All cells are in the page, not only those that are looked at.
    "notebook-extension/tracker": {"windowingMode": "none"},
    # No questions over the page.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SHOTS = os.environ.get("FACENET_LITE_SHOTS")
"""A folder for pictures of what was seen."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab with copies of the chapters."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("_build"))
    for name, settings in SETTINGS.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"),
        *(f"--ServerApp.root_dir={folder}", f"--LabApp.user_settings_dir={folder / 'settings'}"),
        *("--IdentityProvider.token=", "--expose-app-in-browser", "--ServerApp.log_level=ERROR"),
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
    ]
    with subprocess.Popen(command, env=environment, cwd=folder) as server:
        try:
            yield address(server, folder / "runtime")
        finally:
            server.terminate()
            server.wait(30)


def address(server: subprocess.Popen, runtime: Path) -> str:
    """Where the server listens, once it does."""
    for _ in range(240):
        assert server.poll() is None, "JupyterLab has ended"
        for path in runtime.glob("jpserver-*.json"):
            return json.loads(path.read_text())["url"].rstrip("/")
        time.sleep(0.5)
    raise TimeoutError("JupyterLab does not start")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Page, lab: str, name: str) -> Page:
    """Open a chapter, and wait until its text is there."""
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1", timeout=60_000)
    page.wait_for_function(
        "() => !document.querySelector('#jupyterlab-splash')"
        " && jupyterapp.shell.currentWidget?.context?.isReady"
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-MarkdownCell')]"
        ".every(cell => cell.querySelector('.jp-RenderedMarkdown')?.childElementCount)"
    )
    return page


def shot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/lab-{name}.png")


def texts(page: Page) -> str:
    """What the Markdown cells show, without code, and with what is folded."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown')]
            .map(cell => {
              const copy = cell.cloneNode(true);
              copy.querySelectorAll('pre, code, mjx-container, script').forEach(e => e.remove());
              return copy.textContent;
            }).join('\\n')"""
    )


def run_all(page: Page) -> None:
    """Run the whole chapter; wait until the last cell is done."""
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(
        """() => jupyterapp.shell.currentWidget.content.widgets
            .every(cell => cell.model.type !== 'code' || cell.model.executionCount)""",
        timeout=240_000,
    )


def cells(page: Page) -> int:
    return page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_opens_without_raw_markup(page, lab, name) -> None:
    opened(page, lab, name)
    shot(page, name)
    text = texts(page)
    assert len(text) > 5_000
    assert not RAW.findall(text)
    assert page.locator(".jp-MarkdownCell details").count() >= 3
    assert not page.locator(".jp-MarkdownCell details[open]").count()
    assert page.locator(".jp-CodeCell .jp-Collapser").count()


@pytest.mark.parametrize("name", QUICK)
def test_a_chapter_runs_with_live_figures_that_keep_their_keys(page, lab, name) -> None:
    opened(page, lab, name)
    count = cells(page)
    run_all(page)
    shot(page, f"{name}-run")
    errors = page.locator(".jp-OutputArea-output[data-mime-type*='error']")
    assert errors.all_inner_texts() == []
    figures = page.locator(".fl-figure")
    assert figures.count()
    pictures = page.locator("svg.fl-drawing")
    assert pictures.count()
    unnamed = [svg for svg in pictures.all() if not svg.get_attribute("aria-label")]
    assert not unnamed
    for control in page.locator(".fl-figure :is(input, select, [tabindex='0'])").all():
        if not control.is_visible():
            continue
        control.scroll_into_view_if_needed()
        control.focus()
        for key in ("ArrowDown", "ArrowUp", "x", "a", "b", "d", "d", "ArrowRight"):
            page.keyboard.press(key)
        assert cells(page) == count
        active = "() => document.activeElement.closest('.fl-figure') !== null"
        assert page.evaluate(active), "a key has left the figure"
