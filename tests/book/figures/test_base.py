"""The two forms of an interactive figure."""

import html
import json
import re

import pytest
import traitlets as t

from facenet_lite.book.figures.base import STATIC, Figure
from facenet_lite.errors import InputError


class Dial(Figure, module="figure.mjs"):
    """A figure for a test."""

    angle = t.Float(1.5).tag(sync=True)
    hidden = t.Float(2.0)


def test_the_page_form_has_the_module_the_state_and_the_text():
    form = Dial(alt="A dial that shows an <angle>.", angle=0.5).page_form()
    assert 'data-figure="figure.mjs"' in form
    assert form.endswith("A dial that shows an &lt;angle&gt;.</div>")
    state = json.loads(html.unescape(re.search(r'data-state="([^"]*)"', form)[1]))
    assert state == {"alt": "A dial that shows an <angle>.", "angle": 0.5}


def test_a_notebook_gets_the_widget_and_the_page_form():
    data, _ = Dial(alt="A dial that shows an angle.")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"].startswith('<div class="fl-figure"')


def test_a_figure_has_to_say_what_it_shows():
    with pytest.raises(InputError, match="a sentence"):
        Dial(alt="")


def test_the_loader_and_the_style_are_there():
    assert (STATIC / "figure.mjs").is_file()
    assert (STATIC / "figure.css").is_file()


@pytest.mark.parametrize("module", sorted(STATIC.glob("*.mjs")), ids=lambda path: path.stem)
def test_jupyterlab_leaves_the_keys_to_every_control(module):
    """Without the attribute on the focused element itself JupyterLab takes them: x cuts a cell."""
    text = module.read_text(encoding="utf8")
    controls = re.findall(
        r"<(?:input|select|button)\b|tabindex|tabIndex|createElement\(.input", text
    )
    assert not controls or re.search(
        r'el\.addEventListener\("focusin", .*\.dataset\.lmSuppressShortcuts = ""', text
    )


def test_a_figures_two_files_share_their_name_and_one_has_its_text():
    drawn = {path.stem for path in STATIC.glob("*.mjs")} - {"figure"}
    made = {path.stem for path in STATIC.parent.glob("*.py")} - {"__init__", "base"}
    assert drawn == made
    for name in made:
        source = (STATIC.parent / f"{name}.py").read_text(encoding="utf8")
        assert re.findall(r'module="(\w+)\.mjs"', source) == [name]
        assert source.count('"An interactive figure: ') == 1
