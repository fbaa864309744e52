"""The protocol card: complete, checked, and back from JSON as it was."""

import json

import pytest

from facenet_lite.book.experiments.lfw.protocol_card import Protocol
from facenet_lite.errors import InputError

FIELDS = {
    "model": "dlib",
    "weights": "0" * 64,
    "seen": "nothing",
    "dataset": "LFW, deep-funneled",
    "view": "folds",
    "crop": "aligned",
    "crop_margin": 0.25,
    "detector": "hog",
    "embedding_dim": 128,
    "not_detected_rule": "the box where funneling puts faces",
    "not_detected": ("Ann 1",),
    "versions": {"numpy": "2.3"},
}


def test_it_goes_through_json():
    card = Protocol(**FIELDS)
    assert Protocol.of(json.loads(json.dumps(card.to_dict()))) == card


def test_it_reads_as_a_table():
    text = str(Protocol(**FIELDS))
    assert "not_detected       1 pictures" in text
    assert "versions           numpy 2.3" in text
    assert len(text.splitlines()) == len(FIELDS) + 5  # flip, jitter, metric, dtype, seed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seen": "view1_train"}, "flatter"),
        ({"seen": "everything"}, "flatter"),
        ({"weights": ""}, "weights"),
        ({"crop": None}, "crop"),
        ({"embedding_dim": 0}, "embedding_dim"),
        ({"jitter": -1}, "jitter"),
        ({"flip": 1}, "flip"),
        ({"seed": 0.5}, "seed"),
        ({"crop_margin": "wide"}, "crop_margin"),
    ],
)
def test_what_cannot_be_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        Protocol(**{**FIELDS, **change})


@pytest.mark.parametrize("change", [{"colour": "red"}, {"model": None}])
def test_fields_that_do_not_fit_are_refused(change):
    with pytest.raises(InputError):
        Protocol.of({**FIELDS, **change})
    with pytest.raises(InputError, match="fields"):
        Protocol.of({name: value for name, value in FIELDS.items() if name != "weights"})
