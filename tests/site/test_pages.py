"""Every page of the built book, as a reader's browser sees it, with no kernel behind it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

pytestmark = pytest.mark.browser

SITE = Path(__file__).resolve().parents[2] / "book" / "_build" / "html"
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if not path.relative_to(SITE).as_posix().startswith(("_static/", "_sources/"))
) or ["index.html"]
CHAPTERS = [name for name in PAGES if name.startswith("ch")]
MOST_BYTES = 1_500_000

AXE = Path(importlib.util.find_spec("axe_playwright_python").origin).with_name("axe.min.js")

#: Pictures without a text that says something: [why, where].
PICTURES = """() => {
  const said = (el) => el.tagName === "IMG" ? el.getAttribute("alt")
    : el.getAttribute("aria-label") ?? el.querySelector(":scope > title")?.textContent;
  const wrong = [];
  for (const el of document.querySelectorAll("img, canvas, svg, [role=img]")) {
    if (el.closest("[aria-hidden=true], button, summary") || el.closest("svg") !== el && el.closest("svg[role=img]")) continue;
    if (el.tagName === "svg" && el.getAttribute("role") !== "img" && !el.closest("article")) continue;
    const text = (said(el) ?? "").trim();
    const why = text.split(/\\s+/).length < 3 || text.length < 10 ? "says too little"
      : /\\.(png|jpe?g|gif|svg|webp)$|_images\\/|[0-9a-f]{16}/i.test(text) ? "is a file's name" : "";
    if (why) wrong.push(`${why}: ${JSON.stringify(text)} in ${el.outerHTML.slice(0, 120)}`);
  }
  return wrong;
}"""

#: Heads of tables that have words and are not shown, and formulas of which the beginning is cut off.
CUT = """() => {
  const heads = [...document.querySelectorAll("article thead th")].filter((th) =>
    th.textContent.trim() && !th.getClientRects().length);
  const formulas = [...document.querySelectorAll("article div.math")].filter((box) =>
    box.querySelector("math").getBoundingClientRect().left < box.getBoundingClientRect().left - 1);
  return [...heads, ...formulas].map((el) => el.outerHTML.slice(0, 120));
}"""

#: Formulas that the browser itself has not drawn.
UNDRAWN = """() => [...document.querySelectorAll("article math")].filter((math) =>
  !math.getBoundingClientRect().height).map((math) => math.outerHTML.slice(0, 120))"""

#: What a figure shows: its text and attributes, and the pixels of its canvases.
SHOWN = (
    """(el) => el.innerHTML + [...el.querySelectorAll("canvas")].map((c) => c.toDataURL()).join()"""
)
CONTROLS = "button, input, select, textarea, a[href], [tabindex='0']"
KEYS = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Enter", "Space"]

#: The rules of axe of which a theme can be the reason.
OF_COLOUR = ["color-contrast", "link-in-text-block"]

#: Open everything that is folded, so that it is looked at as well.
UNFOLD = """() => {
  for (const el of document.querySelectorAll("article details")) el.open = true;
  for (const el of document.querySelectorAll("article .toggle-hidden")) {
    el.classList.remove("toggle-hidden");
  }
  window.dispatchEvent(new Event("resize"));  // the theme then makes what scrolls focusable
}"""


@dataclass
class Visit:
    """A page that was opened, and what it did."""

    page: Page
    host: str
    requests: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def to_other_hosts(self) -> list[str]:
        local = ("data:", "blob:")
        return [
            url
            for url in sorted(self.requests)
            if not url.startswith(local) and urlsplit(url).netloc != self.host
        ]

    def weight(self, folder: Path) -> int:
        """Bytes of all files that the page loaded from its own host, as they lie there."""
        own = {urlsplit(url).path for url in self.requests if urlsplit(url).netloc == self.host}
        files = [folder / unquote(path).lstrip("/") for path in own]
        return sum(file.stat().st_size for file in files if file.is_file())

    def pictures_without_text(self) -> list[str]:
        return self.page.evaluate(PICTURES)

    def too_wide(self) -> bool:
        return self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth + 1")

    def axe(self, *rules: str) -> list[str]:
        """What axe finds by these rules, or by all of them."""
        self.page.evaluate(AXE.read_text(encoding="utf8"))
        only = {"runOnly": list(rules)} if rules else {}
        result = self.page.evaluate(
            "how => axe.run(document, how)", {"resultTypes": ["violations"], **only}
        )
        return [
            f"{violation['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    def turn(self, theme: str) -> None:
        """Turn to the other theme, as a reader's system does in the evening."""
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
        self.page.wait_for_timeout(400)

    def dead_figures(self) -> list[str]:
        """Figures that are not drawn, have no control, or do not answer to the keyboard."""
        dead = []
        for figure in self.page.query_selector_all("[data-figure]"):
            name = figure.get_attribute("data-figure")
            if figure.get_attribute("data-ready") != "true":
                dead.append(f"{name} is not drawn")
                continue
            controls = [c for c in figure.query_selector_all(CONTROLS) if c.is_enabled()]
            deaf = [c for c in controls if not answers(self.page, figure, c)]
            must = [c for c in deaf if c.evaluate("el => el.matches('input[type=range], select')")]
            if not controls:
                dead.append(f"{name} has no control")
            elif len(deaf) == len(controls) or must:
                texts = [c.evaluate("el => el.outerHTML.slice(0, 120)") for c in must or deaf]
                dead.append(f"{name} does not answer to the keyboard: {texts}")
        return dead


def answers(page: Page, figure, control) -> bool:
    """Whether a key that is pressed on the control changes what the figure shows."""
    if not control.is_visible():
        return True
    before = figure.evaluate(SHOWN)
    for key in KEYS:
        control.focus()
        page.keyboard.press(key)
        page.wait_for_timeout(60)
        if figure.evaluate(SHOWN) != before:
            return True
    return False


@contextmanager
def visit(
    browser: Browser, url: str, width: int = 1280, theme: str = "light", unfold: bool = False
) -> Iterator[Visit]:
    """Open a page and wait until it has come to rest."""
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        seen = Visit(page, urlsplit(url).netloc)
        page.on("request", lambda request: seen.requests.add(request.url))
        page.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(url, wait_until="load")
        wait = "[...document.querySelectorAll('[data-figure]')].every(el => el.dataset.ready)"
        with suppress(TimeoutError):  # what is not drawn is told by dead_figures, with its name
            page.wait_for_function(wait, timeout=8000)
        page.wait_for_timeout(400)
        if unfold:
            page.evaluate(UNFOLD)
        yield seen


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_logs_no_error(browser, site, name) -> None:
    with visit(browser, f"{site}/{name}") as seen:
        assert not seen.to_other_hosts()
        assert not seen.errors
        assert seen.weight(SITE) < MOST_BYTES
        assert not seen.pictures_without_text()
        assert not seen.page.query_selector_all("script[src*='require'], script[src*='MathJax']")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_figure_draws_and_answers_to_the_keyboard(browser, site, name) -> None:
    with visit(browser, f"{site}/{name}", unfold=True) as seen:
        assert not seen.dead_figures()
        assert not seen.errors
        assert not seen.to_other_hosts()


@pytest.mark.parametrize(
    ("width", "theme", "other"), [(1280, "light", "dark"), (390, "dark", "light")]
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(browser, site, name, width, theme, other) -> None:
    with visit(browser, f"{site}/{name}", width, theme, unfold=True) as seen:
        assert not seen.axe()
        assert not seen.too_wide()
        seen.turn(other)
        assert not seen.axe(*OF_COLOUR)
        assert not seen.too_wide()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_can_be_read_without_scripts(browser, site, name) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/{name}")
        assert len(page.inner_text("article")) > 3000
        assert page.locator("[data-figure]").count() >= 1
        for figure in page.locator("[data-figure]").all():
            assert len(figure.inner_text()) > 20, "without scripts, the text stands for the figure"


@pytest.mark.parametrize("name", CHAPTERS)
def test_on_a_narrow_page_tables_show_their_heads_and_formulas_begin(browser, site, name) -> None:
    with visit(browser, f"{site}/{name}", 390, unfold=True) as seen:
        assert not seen.page.evaluate(CUT)
        assert not seen.page.evaluate(UNDRAWN)
        assert "$" not in "".join(seen.page.locator("article p").all_inner_texts())


def test_some_chapter_has_formulas() -> None:
    assert not CHAPTERS or any("<math" in (SITE / name).read_text("utf8") for name in CHAPTERS)


def test_the_search_finds_a_chapter_from_any_page(browser, site) -> None:
    with visit(browser, f"{site}/{PAGES[0]}") as seen:
        seen.page.keyboard.press("Control+k")
        seen.page.keyboard.type("cascade")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector("#search-results a[href*='ch02_haar']")  # one by one
        assert not seen.errors


def test_each_check_goes_red_on_a_bad_page(browser, bad_site, tmp_path_factory) -> None:
    with visit(browser, f"{bad_site}/bad.html") as seen:
        assert seen.to_other_hosts() == ["https://example.invalid/from-elsewhere.png"]
        assert any("a message in the console" in error for error in seen.errors)
        assert len(seen.pictures_without_text()) == 4
        assert any(row.startswith("color-contrast") for row in seen.axe())
        by_day = seen.axe(*OF_COLOUR)
        seen.turn("dark")
        by_night = seen.axe(*OF_COLOUR)
        assert [any("Pale by night" in row for row in rows) for rows in (by_day, by_night)] == [
            False,
            True,
        ]
        seen.turn("light")
        assert seen.too_wide()
        dead = seen.dead_figures()
        assert [row.split()[0] for row in dead] == ["never.mjs", "deaf.mjs", "mute.mjs"]
        seen.page.wait_for_timeout(200)
        folder = max(tmp_path_factory.getbasetemp().glob("bad*/heavy.bin")).parent
        assert seen.weight(folder) > MOST_BYTES
