"""What the site's style loses, and what it must keep."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

tinycss2 = pytest.importorskip("tinycss2", reason="comes with the extra `book`")

PATH = Path(__file__).resolve().parents[2] / "book" / "_ext" / "lighter.py"


@pytest.fixture(scope="module")
def lighter():
    pytest.importorskip("sphinx", reason="comes with the extra `book`")
    spec = importlib.util.spec_from_file_location("lighter", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        (".used{color:red}", ".used{color:red}"),
        (".unused{color:red}", ""),
        (".unused,p.used > a{color:red}", "p.used > a{color:red}"),
        (".used .unused{color:red}", ""),
        ("p:not(.unused){color:red}", "p:not(.unused){color:red}"),
        ("@media print{.unused{color:red}}", ""),
        ("@media print{.unused{a:b}.used{a:b}}", "@media print{.used{a:b}}"),
        ("@font-face{font-family:x}", "@font-face{font-family:x}"),
        (".side-left{color:red}", ".side-left{color:red}"),
        ("/*! MIT */:root{--a:1}/* gone */", "/*! MIT */:root{--a:1}"),
        ('.used::after{content:"a.b,c{"}', '.used::after{content:"a.b,c{"}'),
    ],
)
def test_a_rule_goes_when_nothing_names_its_class(lighter, style: str, kept: str) -> None:
    known = lighter.names(['<p class="used">'])
    begun = lighter.beginnings(['x = "side-" + side'])
    assert lighter.purge(tinycss2.parse_stylesheet(style), known, begun) == kept
