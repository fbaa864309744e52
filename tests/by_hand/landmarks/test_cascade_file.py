"""A landmarker's file, written value by value, and what is wrong with other files."""

import pytest

from facenet_lite import assets
from facenet_lite.by_hand.landmarks.cascade_file import read_cascade
from facenet_lite.dlib_file import DlibFileError, DlibReader


def integer(value):
    """A control byte with the width and the sign, then the bytes."""
    width = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([width | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(width, "little")


def real(quarters):
    return integer(quarters) + integer(-2)


def written(**changes):
    """One point, one level, one tree of one question over two places; reals are in quarters."""
    one = {
        "version": integer(1),
        "header": integer(-2) + integer(-1),
        "mean": real(2) + real(-3),
        "levels": integer(1),
        "trees": integer(1),
        "questions": integer(1),
        "question": integer(0) + integer(1) + real(10),
        "leaves": integer(2),
        "yes": integer(-2) + integer(-1) + real(1) + real(2),
        "no": integer(-2) + integer(-1) + real(-1) + real(-2),
        "anchors": integer(1) + integer(2) + integer(0) + integer(0),
        "deltas": integer(1) + integer(2) + real(0) + real(4) + real(8) + real(-4),
        "end": b"",
    }
    return b"".join((one | changes).values())


def test_every_value_is_read():
    found = read_cascade(written())
    assert found.mean.tolist() == [[0.5, -0.75]]
    (level,) = found.levels
    assert level.pairs.tolist() == [[[0, 1]]]
    assert level.thresholds.tolist() == [[2.5]]
    assert level.leaves.tolist() == [[[[0.25, 0.5]], [[-0.25, -0.5]]]]
    assert level.anchors.tolist() == [0, 0]
    assert level.deltas.tolist() == [[0, 1], [2, -1]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": integer(2)}, "version 1 of a shape predictor, got 2"),
        ({"header": integer(2) + integer(1)}, "header of a column"),
        ({"header": integer(-3) + integer(-1)}, "header of a column"),
        ({"levels": integer(0)}, "expected a count, got 0"),
        ({"leaves": integer(3)}, "1 trees of 1 questions"),
        ({"yes": integer(2) + integer(1) + real(1) + real(2)}, "1 trees of 1 questions"),
        ({"question": integer(-1) + integer(1) + real(10)}, "1 trees of 1 questions"),
        ({"question": integer(0) + integer(2) + real(10)}, "places that exist"),
        ({"question": integer(0) + integer(1) + integer(1) + integer(32000)}, "finite numbers"),
        ({"anchors": integer(2)}, "count of 1, got 2"),
        ({"anchors": integer(1) + integer(2) + integer(0) + integer(1)}, "places that exist"),
        ({"anchors": integer(1) + integer(2) + integer(0) + integer(-1)}, "places that exist"),
        ({"deltas": integer(1) + integer(1) + real(0) + real(0)}, "places that exist"),
        ({"deltas": integer(1) + integer(2) + real(0)}, "cut off"),
        (
            {
                "questions": integer(2),
                "question": 2 * (integer(0) + integer(1) + real(10)),
                "leaves": integer(3),
                "no": 2 * (integer(-2) + integer(-1) + real(-1) + real(-2)),
            },
            "1 trees of 2 questions",
        ),
        ({"trees": integer(999_999), "questions": integer(999_999)}, "cut off"),
        ({"mean": b"\x00\x00\x00\x00"}, "1 to 8 bytes"),
        ({"end": b"\x01\x01"}, "end of the file"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(changes, message):
    with pytest.raises(DlibFileError, match=rf"byte \d+.*{message}"):
        read_cascade(written(**changes))


def test_a_detectors_file_is_no_landmarker():
    with pytest.raises(DlibFileError):
        read_cascade(assets.fetch("mmod_detector"))


def test_whole_numbers_are_read_as_one_by_one():
    numbers = [0, 1, -1, 255, -256, 2**31, -(2**40), 2**62]
    data = b"".join(map(integer, numbers))
    file = DlibReader(data + b"rest")
    assert file.integers(len(numbers)).tolist() == numbers
    one = DlibReader(data)
    assert [one.integer() for _ in numbers] == numbers
    assert file.take(4) == b"rest"
    assert DlibReader(b"").integers(0).tolist() == []


def test_a_number_that_is_cut_off_is_refused():
    for data in (b"\x02\x01", b"\x01", b""):
        with pytest.raises(DlibFileError):
            DlibReader(data).integers(1)
    with pytest.raises(DlibFileError, match="1 to 8 bytes"):
        DlibReader(b"\x09" + bytes(9)).integers(1)
