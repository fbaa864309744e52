"""One's own people and pairs: the same figures as by hand, and lists read with care."""

from dataclasses import replace

import numpy as np
import pytest

from facenet_lite.album.judging import judge_pairs, judge_people, read_pair_list
from facenet_lite.errors import AssetMissingError, InputError


def test_all_pairs_of_the_people_are_judged(table):
    judged = judge_people(table)
    assert (int(judged.is_same.sum()), len(judged.is_same)) == (6, 15)
    assert judged.auc == 1
    assert judged.lines(0.36)[-1].startswith("at the threshold 0.36: 0 of 9 pairs of strangers")
    assert any("not estimable" in line for line in judged.lines(None))


def test_a_list_of_pairs_gives_the_same_distances(table, paths):
    photos = [path for path in paths if path.suffix == ".png"]
    pairs = [(a, b, a.parent == b.parent) for i, a in enumerate(photos) for b in photos[i + 1 :]]
    judged = judge_pairs(table, pairs)
    assert judged.left_out == 6  # those with the photograph of a wall
    assert np.sort(judged.squared) == pytest.approx(np.sort(judge_people(table).squared), abs=1e-6)


def test_pairs_of_one_kind_are_refused(table, paths):
    with pytest.raises(InputError, match="got only one person"):
        judge_pairs(table, [(paths[0], paths[1], True)])
    with pytest.raises(InputError, match="got only strangers"):
        judge_people(replace(table, people=tuple(map(str, range(len(table.people))))))


@pytest.fixture
def photographs(tmp_path):
    for name in ("a.jpg", "b.jpg", "c d.jpg"):
        (tmp_path / name).write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "a.jpg,b.jpg,1\na.jpg,c d.jpg,0\n",
        "first,second,same\na.jpg,b.jpg,1\n\na.jpg,c d.jpg,0",
        "\ufeffa.jpg\tb.jpg\tTrue\n\n\na.jpg\tc d.jpg\tFalse\n",
        "a.jpg; b.jpg; yes\r\na.jpg; c d.jpg; no\r\n",
    ],
)
def test_lists_are_read_however_they_were_saved(text, photographs):
    (photographs / "pairs.csv").write_text(text, encoding="utf-8")
    found = read_pair_list(photographs / "pairs.csv")
    assert [(a.name, b.name, same) for a, b, same in found] == [
        ("a.jpg", "b.jpg", True),
        ("a.jpg", "c d.jpg", False),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.jpg,b.jpg,1\na.jpg,b.jpg\n", "line 2: expected two photographs and 1"),
        ("a.jpg,b.jpg,2\n", "line 1: expected two photographs and 1"),
        ("a.jpg,b.jpg,1\na.jpg,gone.jpg,1\n", "line 2: there is no photograph .*gone.jpg"),
        ("a.jpg,./a.jpg,1\n", "line 1: .*compared with itself"),
    ],
)
def test_a_wrong_line_is_named(text, said, photographs):
    (photographs / "pairs.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        read_pair_list(photographs / "pairs.csv")


def test_a_list_in_another_encoding_or_none_is_named(photographs):
    with pytest.raises(AssetMissingError, match="no such list"):
        read_pair_list(photographs / "none.csv")
    (photographs / "pairs.csv").write_text("a.jpg,b.jpg,1", encoding="utf-16")
    with pytest.raises(InputError, match="expected text in UTF-8"):
        read_pair_list(photographs / "pairs.csv")
