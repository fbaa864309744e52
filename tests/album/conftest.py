"""Photographs of two people, and a folder of them with what else lies in such folders."""

import numpy as np
import pytest

from facenet_lite import imaging


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two people with three photographs each, a photograph without a face, and a damaged file."""
    root = tmp_path_factory.mktemp("people")
    for name, image in (
        ("eileen", imaging.astronaut()[:300, 80:380]),
        ("grace", imaging.grace_hopper()),
    ):
        person = root / name
        person.mkdir()
        whole = np.ascontiguousarray(image)
        for number, changed in enumerate(
            (whole, imaging.jpeg_round_trip(whole, quality=30), imaging.rotate(whole, 8))
        ):
            imaging.write_image(changed, person / f"{number}.png")
    imaging.write_image(np.full((80, 80, 3), 90, np.uint8), root / "grace" / "wall.png")
    (root / "grace" / "bad.jpg").write_bytes(b"not a picture")
    return root


@pytest.fixture(scope="session")
def paths(folder):
    return sorted(folder.glob("*/*"))


@pytest.fixture(scope="session")
def table(paths):
    from facenet_lite.album.surveying import survey

    return survey(paths, people=[path.parent.name for path in paths], processes=1)
