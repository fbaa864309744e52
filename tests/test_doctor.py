"""What the doctor says when something is missing."""

import importlib.util
import sys

import pytest

from facenet_lite import assets, doctor
from facenet_lite._extras import EXTRAS

OPTIONAL = [(m, name, extra) for extra, more in EXTRAS.items() for m, name in more.items()]


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Hashing every asset is the command line's test; here they are all well."""
    monkeypatch.setattr(assets, "state", lambda name: "installed")


def by_name(name):
    return next(finding for finding in doctor.examine() if finding.what == name)


def test_a_missing_package_is_named_with_its_remedy(monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.delitem(sys.modules, "dlib", raising=False)
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "dlib" else there(name)
    )
    finding = by_name("dlib-bin")
    assert (finding.mark, finding.remedy) == ("!!", "pip install dlib-bin")


@pytest.mark.parametrize(("module", "name", "extra"), OPTIONAL)
def test_a_package_of_an_extra_is_no_failure_and_named_with_its_extra(
    monkeypatch, module, name, extra
):
    monkeypatch.setitem(sys.modules, module, None)
    finding = by_name(name)
    assert (finding.mark, finding.remedy) == ("--", f'pip install "facenet_lite[{extra}]"')


def test_a_photograph_of_an_extra_is_no_failure_and_named_with_its_extra(monkeypatch):
    monkeypatch.setattr(assets, "state", lambda name: "missing")
    finding = by_name("astronaut.png")
    assert (finding.mark, finding.remedy) == ("--", 'pip install "facenet_lite[lessons]"')
    assert by_name("deploy.prototxt").mark == "!!"


def test_a_damaged_asset_is_named(monkeypatch):
    monkeypatch.setattr(assets, "state", lambda name: "damaged")
    assert "force-reinstall" in by_name("mmod_human_face_detector.dat").remedy


@pytest.mark.parametrize(("made", "mark"), [(True, "ok"), (False, "--")])
def test_lfw_is_looked_for_where_the_variable_says(monkeypatch, tmp_path, made, mark):
    if made:
        (tmp_path / "lfw").mkdir()
    monkeypatch.setenv("FACENET_LITE_DATA", str(tmp_path))
    assert by_name("LFW").mark == mark
    monkeypatch.delenv("FACENET_LITE_DATA")
    assert by_name("LFW").state == "not looked for"
