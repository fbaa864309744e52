"""The first chapter's figure: what it measures and what it hands to the page."""

import numpy as np
import pytest

from facenet_lite import embed, imaging
from facenet_lite.book.figures import changes
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def embedder():
    return embed.load("dlib")


@pytest.fixture(scope="module")
def figure(embedder):
    return changes.Changes.of(embedder, imaging.astronaut(), imaging.grace_hopper())


def test_it_fits_the_page(figure):
    assert len(figure.page_form()) < 100_000


def test_every_change_begins_at_almost_no_distance(figure):
    assert {row["name"] for row in figure.changes} == set(changes.LEVELS)
    assert all(row["steps"][0]["distance"] < 0.01 for row in figure.changes)


def test_no_change_that_leaves_a_face_crosses_the_threshold(figure):
    """What the chapter says about the figure."""
    known = [
        s["distance"] for row in figure.changes for s in row["steps"] if s["distance"] is not None
    ]
    assert max(known) < figure.threshold < figure.stranger
    lost = [s for row in figure.changes for s in row["steps"] if s["distance"] is None]
    assert len(lost) >= 4


def test_a_picture_without_a_face_is_refused(embedder):
    grey = np.full((80, 80, 3), 127, np.uint8)
    with pytest.raises(InputError, match="image: expected a picture with a face"):
        changes.Changes.of(embedder, grey, imaging.grace_hopper())
    with pytest.raises(InputError, match="stranger: expected a picture with a face"):
        changes.Changes.of(embedder, imaging.astronaut(), grey)
