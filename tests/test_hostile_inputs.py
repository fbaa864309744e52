"""Hostile inputs, seeded: every one gives its right answer or an error with a name.

Each family makes many inputs; ``TRIED`` counts them. A traceback of any other kind fails.
"""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from facenet_lite import align, boxes, cli, degrade, detect, distances, evaluate, imaging, models
from facenet_lite.album.judging import read_pair_list
from facenet_lite.album.table import FaceTable, MadeBy
from facenet_lite.errors import FacenetLiteError

NAMED = (FacenetLiteError, FileNotFoundError)
WEIRD = (
    None, True, -1, 0, 1, 2.5, np.nan, np.inf, -np.inf, 1e308, 10**30, "", "face", b"", [], [[]],
    {}, (1, "a"), [[1, 2], [3]], np.zeros(0), np.zeros((0, 4)), np.zeros((2, 2, 2)),
    np.full((1, 4), np.nan), np.array([[0, 0, 3e38, 3e38]], np.float32), np.array(["a"]),
    np.array([None, 1], object), np.array([1 + 2j]), np.array(3), np.zeros((1, 4), bool),
    np.full((2, 128), 1e30), np.arange(6).reshape(2, 3), object(), lambda: None,
)  # fmt: skip


def damaged(data, rng, count):
    """Copies of a file with bytes exchanged, cut out, doubled, or the end cut off."""
    for _ in range(count):
        bad = bytearray(data)
        how = rng.integers(4)
        at = int(rng.integers(len(bad)))
        if how == 0:
            for place in rng.integers(0, len(bad), int(rng.integers(1, 12))):
                bad[place] = int(rng.integers(256))
        elif how == 1:
            del bad[at : at + int(rng.integers(1, 200))]
        elif how == 2:
            bad[at:at] = bad[at : at + 50]
        else:
            del bad[at:]
        yield bytes(bad)


@pytest.mark.parametrize("form", ["png", "jpg", "bmp", "gif", "tif", "webp"])
def test_damaged_pictures_are_read_or_named(form, tmp_path):
    rng = np.random.default_rng(0)
    small = np.ascontiguousarray(imaging.astronaut()[80:144, 190:254])
    data = imaging.write_image(small, tmp_path / f"a.{form}").read_bytes()
    for bad in damaged(data, rng, 60):
        try:
            read = imaging.read_image(bad, max_pixels=10**6)
        except NAMED:
            continue
        assert read.dtype == np.uint8
        assert read.ndim == 3


FUNCTIONS = {
    "distances": lambda x: distances.squared_distances(x, x),
    "all distances": distances.pairwise_squared_distances,
    "iou": lambda x: boxes.iou(x, x),
    "clip": lambda x: boxes.clip(x, height=5, width=5),
    "crop": lambda x: align.crop(np.zeros((9, 9, 3), np.uint8), x),
    "a quality": lambda x: align.measure_quality(
        np.zeros((9, 9, 3), np.uint8), x, np.zeros((1, 5, 2), np.float32)
    ),
    "points": lambda x: align.measure_quality(
        np.zeros((9, 9, 3), np.uint8), np.zeros((1, 4), np.float32), x
    ),
    "reading": lambda x: imaging.read_image(x),
    "rotation": lambda x: imaging.rotate(x, 5),
    "an angle": lambda x: imaging.rotate(np.zeros((9, 9, 3), np.uint8), x),
    "grey": imaging.to_grey,
    "brightness": lambda x: degrade.brightness(np.zeros((9, 9, 3), np.uint8), x),
    "an ROC": lambda x: evaluate.roc(x, [True, False]),
    "answers": lambda x: evaluate.roc([0.5, 1.0], x),
    "VAL": lambda x: evaluate.val_at_far([0.5, 1.0], [True, False], x),
    "clusters": lambda x: evaluate.cluster(x, 1.0),
    "a threshold": lambda x: evaluate.cluster(np.eye(3), x, linkage="average"),
    "a linkage": lambda x: evaluate.cluster(np.eye(3), 1.0, linkage=x),
    "a search": lambda x: evaluate.search(x, np.eye(3)),
    "a calibration": lambda x: evaluate.calibrate(
        x, [0, 0, 1, 1], 0.5, rng=np.random.default_rng(0)
    ),
    "a rate": lambda x: evaluate.calibrate(
        np.eye(4, dtype=np.float32), [0, 0, 1, 1], x, rng=np.random.default_rng(0)
    ),
    "a detector": detect.load,
    "a network": models.load,
    "people": lambda x: evaluate.b_cubed(x, [0, 1]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_weird_arguments_have_an_answer_or_a_named_error(name):
    for value in WEIRD:
        try:
            FUNCTIONS[name](value)
        except NAMED:
            continue


@pytest.mark.parametrize("name", detect.NAMES)
def test_pictures_of_any_size_and_flat_ones_are_looked_at(name):
    detector = detect.load(name)
    for height, width in ((1, 1), (1, 40), (2, 3), (15, 15), (16, 16), (17, 33), (40, 1), (80, 81)):
        for value in (0, 128, 255):
            found = detector.detect(np.full((height, width, 3), value, np.uint8))
            assert len(found.scores) == len(found.boxes)


def table():
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0, 1, s).astype(np.float32) for s in (2, (2, 5, 2), 2, 2, 2, (2, 8))]
    corners = np.array([[0, 0, 9, 9], [1, 1, 8, 8]], np.float32)
    return FaceTable(
        MadeBy("dlib", "0", "hog"), ("a", "b"), ("c", "d"), np.array([0, 1]), corners, *arrays
    )


def calibration():
    return evaluate.measure([0.1, 0.9], [0, 0], [0, 1], 0.5, rng=np.random.default_rng(0))


def kept(what, folder):
    if what == "table":
        return table().save(folder / "a.npz"), FaceTable.load
    if what == "calibration":
        return calibration().save(folder / "a.json"), evaluate.Calibration.load
    if what == "weights":
        import torch

        generator = torch.Generator().manual_seed(0)
        net = models.NN2(width=0.02, image_size=32, embedding_dim=4, generator=generator)
        embedder = models.TorchEmbedder.of(net.eval(), name="small")
        return models.write(embedder, folder / "a.safetensors"), models.read
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(b"")
    path = folder / "pairs.csv"
    path.write_text("a.jpg,b.jpg,1\n" * 20)
    return path, read_pair_list


@pytest.mark.parametrize("what", ["table", "calibration", "weights", "pairs"])
def test_damaged_files_are_read_or_named(what, tmp_path):
    path, read = kept(what, tmp_path)
    whole = path.read_bytes()
    # The first bytes say what a file is, and where everything lies in it: they are hit as well.
    heads = (whole[:n] + bytes([255 - whole[n]]) + whole[n + 1 :] for n in range(40))
    for bad in (*damaged(whole, np.random.default_rng(1), 80), *heads, b"", b"\0" * 99):
        path.write_bytes(bad)
        try:
            read(path)
        except NAMED:
            continue


def test_a_header_that_promises_gigabytes_is_named(tmp_path):
    path, read = kept("weights", tmp_path)
    path.write_bytes(struct.pack("<Q", 2**40) + path.read_bytes()[8:])
    with pytest.raises(FacenetLiteError):
        read(path)


COMMANDS = [
    ["detect", "a" * 300 + ".jpg"],
    ["detect", "photo.png", "--out", "."],
    ["detect", "photo.png", "--out", "file/x.txt"],
    ["detect", "photo.png", "--score", "99"],
    ["detect", "photo.png/inside.jpg"],
    ["verify", "photo.png", "folder"],
    ["verify", "photo.png", "\udcff.jpg"],
    ["verify", "photo.png", "photo.png", "--model", "nothing.safetensors"],
    ["verify", "photo.png", "photo.png", "--model", "photo.png"],
    ["verify", "photo.png", "photo.png", "--calibration", "photo.png"],
    ["verify", "photo.png", "photo.png", "--picture", "file/x.png"],
    ["embed", "folder", "--out", "file/x.npz"],
    ["embed", "photo.png", "--out", "photo.npz", "--processes", "0"],
    ["enroll", "folder", "--out", "x.npz"],
    ["enroll", "photo.png", "--out", "x.npz"],
    ["identify", "photo.png", "--gallery", "photo.png"],
    ["identify", "photo.png", "--gallery", "folder"],
    ["identify", "photo.png", "--gallery", "nothing.npz"],
    ["cluster", "folder", "--out", "file/x"],
    ["cluster", "photo.png", "--out", "file", "--processes", "1"],
    ["calibrate", "folder"],
    ["evaluate", "--model", "dlib", "--folder", "folder"],
    ["evaluate", "--model", "dlib", "--pairs", "photo.png"],
    ["evaluate", "--model", "nothing", "--lfw", "folder"],
    ["evaluate", "--model", "dlib", "--lfw", "file"],
    ["crop", "photo.png", "--out", "file"],
    ["crop", "photo.png", "--out", "out", "--size", "0"],
    ["blur", "folder", "--out", "file"],
    ["experiment", "nobody", "--lfw", "folder"],
    ["build", "nobody", "--lfw", "file"],
    ["results", "check", "nothing"],
    ["results", "check", "../../x"],
    ["train", "photo.png", "steps=1"],
    ["train", "run", "steps=one"],
    ["train", "run", "data=folder", "folder=folder", "steps=1"],
]


@pytest.mark.parametrize(
    "arguments", COMMANDS, ids=[ascii(" ".join(words))[1:60] for words in COMMANDS]
)
def test_what_a_user_can_get_wrong_is_one_line(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    imaging.write_image(np.ascontiguousarray(imaging.astronaut()[40:200, 140:300]), "photo.png")
    Path("folder").mkdir()
    Path("file").write_text("a file in the way")
    status = cli.main(arguments)
    err = capsys.readouterr().err
    assert status == 1, err
    assert "fault of this program" not in err
    assert "Traceback" not in err
    assert Path("file").read_text() == "a file in the way"


def test_json_in_results_that_lacks_a_part_is_named(tmp_path):
    from facenet_lite.book import results
    from facenet_lite.book.experiments import check

    for path in sorted(results.FOLDER.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        record["data"] = {}
        (tmp_path / path.name).write_text(json.dumps(record))
        try:
            findings = check.check(path.stem, folder=tmp_path)
        except NAMED:
            continue
        assert all(isinstance(finding.what, str) for finding in findings)
