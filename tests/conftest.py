"""What all tests share: a skip for want of something that CI has is a failure there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

# A busy machine is slow: how long an example takes says nothing.
hypothesis.settings.register_profile("book", deadline=None)
hypothesis.settings.load_profile("book")

ROOT = Path(__file__).resolve().parents[1]


def chromium() -> str | None:
    """Where Chromium is, if it is."""
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


def lfw() -> str | None:
    """The reader's own folder with Labeled Faces in the Wild, if there is one."""
    data = os.environ.get("FACENET_LITE_DATA")
    return data if data and (Path(data) / "lfw").is_dir() else None


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = chromium()
    assert found, "Chromium is not here: install it, or name it in CHROMIUM"
    return found


#: Their tests share nothing that is dear, and each takes long.
SPREAD = ("tests/test_solutions.py", "tests/site/")
NEEDS = {"browser": ("chromium", chromium), "lfw": ("lfw", lfw)}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Keep a file's tests in one process: what they share is made once."""
    from xdist.scheduler import LoadScopeScheduling

    class FilesTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            alone = nodeid.startswith(SPREAD)
            return nodeid if alone else nodeid.partition("::")[0]

    return FilesTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs something that is not here."""
    promised = os.environ.get("FACENET_LITE_CI_HAS", "").split(",")
    for marker, (name, found) in NEEDS.items():
        # What CI has promised runs, and fails by itself when it is not there.
        if name in promised or found():
            continue
        for item in items:
            if marker in item.keywords:
                item.add_marker(pytest.mark.skip(reason=f"{name} is not here"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Turn a skip into a failure, where CI has said that it has what the test needs."""
    outcome = yield
    report = outcome.get_result()
    promised = os.environ.get("FACENET_LITE_CI_HAS", "").split(",")
    needed = {name for marker, (name, _) in NEEDS.items() if marker in item.keywords}
    if report.skipped and not hasattr(report, "wasxfail") and needed & set(promised):
        report.outcome = "failed"
        report.longrepr = f"CI has {', '.join(needed & set(promised))}, and yet: {report.longrepr}"


@pytest.fixture(scope="session")
def drawn_lfw(tmp_path_factory):
    """A stand-in for LFW, laid out as View 1 is: 16 training people with 3 drawn pictures
    each and 4 test people with one, 250 x 250, with their known landmarks for dlib's."""
    import numpy as np

    from facenet_lite import imaging
    from facenet_lite.data import nobody

    root = tmp_path_factory.mktemp("lfw")
    rng = np.random.default_rng(0)
    model = nobody.load()
    drawn = model.sample_pictures(
        model.sample_identities(20, rng=rng), 3, rng=rng, size=160, crop_margin=0.5
    )
    names, landmarks = [], []
    lists = {"peopleDevTrain.txt": ["16"], "peopleDevTest.txt": ["4"]}
    for person in range(20):
        name = f"Nobody_{person:02d}"
        folder = root / "lfw-deepfunneled" / name
        folder.mkdir(parents=True)
        count = 3 if person < 16 else 1
        lists["peopleDevTrain.txt" if person < 16 else "peopleDevTest.txt"].append(
            f"{name}\t{count}"
        )
        for number in range(count):
            picture = np.pad(
                drawn.pictures[person, number], ((45, 45), (45, 45), (0, 0)), mode="edge"
            )
            imaging.write_image(picture, folder / f"{name}_{number + 1:04d}.jpg", quality=95)
            names.append(f"{name}/{name}_{number + 1:04d}.jpg")
            landmarks.append(drawn.landmarks[person, number] + 45)
    for file, lines in lists.items():
        (root / file).write_text("\n".join(lines) + "\n")
    detected = np.ones(len(names), bool)
    detected[4] = False
    np.savez(
        root / "dlib-reference.npz",
        names=np.array(names),
        detected=detected,
        landmarks68=np.rint(landmarks).astype(np.int16),
        embeddings=rng.standard_normal((len(names), 128)).astype(np.float32) * 0.05,
    )
    return root
