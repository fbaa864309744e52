"""Who is it? A gallery's answers and rates, against plain loops."""

from dataclasses import replace

import numpy as np
import pytest

from facenet_lite.album.gallery import Gallery
from facenet_lite.errors import InputError


def drawn(names, seed=0, spread=0.7):
    """A gallery of made-up embeddings, a photograph for each name."""
    rng = np.random.default_rng(seed)
    centres = {name: rng.normal(size=8) for name in sorted(set(names))}
    faces = np.array([centres[name] + spread * rng.normal(size=8) for name in names])
    return (faces / np.linalg.norm(faces, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def gallery(table):
    return Gallery.of(table)


def made(table, names, **options):
    """The table with other people in it."""
    count = len(names)
    one = table.take(np.zeros(count, np.intp))
    return Gallery(
        replace(
            one,
            photographs=tuple(f"{i}.jpg" for i in range(count)),
            digests=tuple(map(str, range(count))),
            people=tuple(names),
            photo=np.arange(count),
            embeddings=drawn(names, **options),
        )
    )


def test_a_person_of_the_gallery_is_known_on_another_photograph(gallery, table, folder):
    one = table.of(str(folder / "grace" / "2.png"))
    (match,) = gallery.identify(one.embeddings, 0.36)
    assert (match.name, match.nearest, match.second) == ("grace", "grace", "eileen")
    assert match.squared_distance < 0.36 < match.second_distance


def test_beyond_the_threshold_nobody_is_named(gallery, table):
    match = gallery.identify(-table.embeddings[:1], 0.36)[0]
    assert match.name is None
    assert match.nearest in ("eileen", "grace")


def test_the_largest_face_of_a_photograph_is_enrolled(table):
    twice = table.take(np.repeat(np.arange(len(table)), 2))
    smaller = twice.boxes.copy()
    smaller[::2, 2:] -= 5
    gallery = Gallery.of(replace(twice, boxes=smaller))
    assert np.array_equal(gallery.table.boxes, table.boxes)


def test_rates_agree_with_asking_about_one_photograph_after_the_other(table):
    names = ["a"] * 4 + ["b"] * 3 + ["c"] + ["d"] * 2
    gallery = made(table, names)
    for threshold in (0.2, 0.6, 1.0, 3.0):
        right = wrong = alarms = 0
        for i, name in enumerate(names):
            rest = [j for j in range(len(names)) if j != i]
            d = np.square(gallery.table.embeddings - gallery.table.embeddings[i]).sum(1)
            others = min(d[j] for j in rest if names[j] != name)
            alarms += bool(others <= threshold)
            if names.count(name) > 1:
                own = min(d[j] for j in rest if names[j] == name)
                right += bool(own <= threshold and own <= others)
                wrong += bool(others <= threshold and others < own)
        found = gallery.rates(threshold)
        assert (found.probes, found.strangers) == (9, 10)
        assert (found.right, found.wrong, found.alarms) == (right, wrong, alarms)


def test_a_gallery_of_one_photograph_each_says_what_it_cannot_tell(table):
    found = made(table, ["a", "b", "c"]).rates(0.5)
    assert found.probes == 0
    assert "not estimable" in str(found)


def test_a_gallery_of_one_person_has_nobody_second(table):
    gallery = made(table, ["a", "a"])
    match = gallery.identify(gallery.table.embeddings[:1], 0.5)[0]
    assert (match.name, match.second) == ("a", None)
    assert gallery.rates(0.5).strangers == 0


def test_a_table_without_names_or_faces_is_no_gallery(table):
    with pytest.raises(InputError, match="facenet-lite enroll"):
        Gallery(replace(table, people=()))
    with pytest.raises(InputError, match="facenet-lite enroll"):
        Gallery(table.take([]))


def test_embeddings_of_another_network_are_refused(gallery):
    with pytest.raises(InputError, match="one dimension"):
        gallery.identify(np.zeros((1, 64), np.float32), 0.5)
