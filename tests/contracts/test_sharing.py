"""Threads and processes can share every detector, landmarker and embedder."""

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from facenet_lite import align, degrade, detect, embed, imaging, landmarks, models

PICTURES = [
    np.ascontiguousarray(picture)
    for picture in (
        imaging.astronaut()[:256, 96:352],
        imaging.grace_hopper()[80:380, 130:430],
        imaging.astronaut()[40:240, 120:320],
        np.zeros((90, 90, 3), np.uint8),
    )
]
CALLS = PICTURES * 6
DETECTORS = [*detect.NAMES, "fast mmod"]


def load_detector(name):
    return detect.load(name.removeprefix("fast "), fast=name.startswith("fast"))


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_in_four_threads_finds_what_it_finds_in_one(name):
    """HOG ended the process here, the SSD gave other boxes. So it is tried in another process."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from contracts.test_sharing import in_threads\n"
        "in_threads(sys.argv[1])\n"
    )
    tests = str(__import__("pathlib").Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, name, tests], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def in_threads(name):
    detector = load_detector(name)
    serial = [detector.detect(picture) for picture in CALLS]
    for _ in range(2):
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(detector.detect, CALLS)) == serial


@pytest.mark.parametrize("count", [5, 68])
def test_a_landmarker_in_four_threads_finds_what_it_finds_in_one(count):
    landmarker = landmarks.load(count)

    def locate(picture):
        return landmarker.locate(picture, [[40, 40, 160, 160]])

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(locate, CALLS))
    assert np.array_equal(found, [locate(picture) for picture in CALLS])


@pytest.fixture(scope="module", params=[*models.NAMES, "fast dlib"])
def embedder(request):
    return models.load(request.param.removeprefix("fast "), fast=request.param.startswith("fast"))


def crops(embedder):
    rng = np.random.default_rng(0)
    size = embedder.spec.image_size
    return [rng.integers(0, 256, (2, size, size, 3), np.uint8) for _ in range(8)]


def test_an_embedder_in_four_threads_gives_what_it_gives_in_one(embedder):
    some = crops(embedder)
    serial = [embedder.embed(one) for one in some]
    with ThreadPoolExecutor(4) as threads:
        for one, other in zip(threads.map(embedder.embed, some), serial, strict=True):
            assert one == pytest.approx(other, abs=1e-5)


def test_an_embedder_can_be_sent_elsewhere(embedder):
    some = crops(embedder)[0]
    again = pickle.loads(pickle.dumps(embedder))
    assert again.spec == embedder.spec
    assert again.embed(some) == pytest.approx(embedder.embed(some), abs=1e-6)


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_can_be_sent_elsewhere_with_its_settings(name):
    detector = load_detector(name)
    assert pickle.loads(pickle.dumps(detector)).detect(PICTURES[0]) == detector.detect(PICTURES[0])


def test_settings_travel():
    detector = detect.HogDetector.load(upsample=2, score_threshold=-0.5)
    again = pickle.loads(pickle.dumps(detector))
    assert (again.upsample, again.score_threshold) == (2, -0.5)
    copied = pickle.loads(pickle.dumps(detect.SsdDetector.load(as_copied=True)))
    close_up = PICTURES[2]
    assert copied.detect(close_up) == detect.SsdDetector.load(as_copied=True).detect(close_up)


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_a_pool_of_processes_embeds_as_one_does(how):
    if how not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {how}")
    embedder = embed.load("dlib")
    with multiprocessing.get_context(how).Pool(2) as pool:
        found = pool.map(embedder.embed, PICTURES[:2])
    for faces, picture in zip(found, PICTURES, strict=False):
        assert np.array_equal(faces.embeddings, embedder.embed(picture).embeddings)


def test_a_given_native_object_is_used_by_one_thread_at_a_time():
    """One that cannot be made again, such as a detector of your own that was trained here."""
    import dlib

    detector = detect.HogDetector(dlib.get_frontal_face_detector())
    serial = [detector.detect(picture) for picture in CALLS]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(detector.detect, CALLS)) == serial


@pytest.mark.parametrize("name", detect.NAMES)
@pytest.mark.parametrize("part", [(60, 180, 160, 290), (66, 161, 177, 272), (90, 150, 190, 260)])
def test_no_box_lies_outside_the_picture(name, part):
    """Tight crops, of which the SSD as copied makes faces beside the picture."""
    top, bottom, left, right = part
    tight = np.ascontiguousarray(imaging.astronaut()[top:bottom, left:right])
    for x1, y1, x2, y2 in detect.load(name).detect(tight).boxes:
        assert x1 < right - left
        assert y1 < bottom - top
        assert x2 > 0
        assert y2 > 0


@pytest.mark.parametrize("name", detect.NAMES)
def test_two_tight_portraits_are_not_one_person_for_want_of_pictures(name):
    """A box outside gives a black crop, and two black crops are the same."""
    tight = [
        np.ascontiguousarray(imaging.astronaut()[60:180, 160:290]),
        np.ascontiguousarray(imaging.grace_hopper()[130:340, 170:380]),
    ]
    embedder = embed.load("dlib", detector=name)
    a, b = (embedder.embed(picture) for picture in tight)
    for faces in (a, b):
        assert (faces.quality.inside > 0.05).all()
    for x in a.embeddings:
        for y in b.embeddings:
            assert np.square(x - y).sum() > 0.36


class Everywhere:
    """A detector whose boxes are beside the picture and on a flat part of it."""

    name, label, colour = "everywhere", "", ""
    frame = detect.HogDetector.frame

    def detect(self, image):
        from facenet_lite.types import Detections

        boxes = [[1000, 1000, 1100, 1100], [10, 10, 60, 60]]
        return Detections(np.array(boxes, np.float32), np.array([2, 1], np.float32))


def test_boxes_with_nothing_to_see_are_left_out_and_counted():
    flat = np.full((200, 200, 3), 77, np.uint8)
    embedder = embed.FaceEmbedder(Everywhere(), landmarks.load(5), models.load("dlib"))
    faces = embedder.embed(flat)
    assert (len(faces), faces.left_out) == (0, 2)


def test_quality_says_what_is_weak():
    image = imaging.grace_hopper()
    embedder = embed.load("dlib")
    whole = embedder.embed(image)
    assert whole.weaknesses(0) == []
    points = whole.landmarks
    boxes = whole.boxes
    moved = boxes - [280, 0, 280, 0]
    half = align.measure_quality(np.ascontiguousarray(image[:, 280:]), moved, points - [280, 0])
    assert 0.3 < half.inside[0] < 0.7
    small = imaging.resize(image, width=100)
    quality = align.measure_quality(small, boxes * 100 / 512, points * 100 / 512)
    assert quality.size[0] == pytest.approx(whole.quality.size[0] * 100 / 512, rel=0.02)
    blurred = imaging.resize(imaging.resize(image, width=30), width=512, height=600)
    found = align.measure_quality(blurred, boxes, points)
    assert found.sharpness[0] < 0.01 < whole.quality.sharpness[0]
    dark = degrade.brightness(image, 0.2)
    found = align.measure_quality(dark, boxes, points)
    assert found.sharpness[0] > 0.01, "the light does not blur"
    weak = embed.Faces(
        *(getattr(whole, name) for name in ("boxes", "scores", "landmarks", "crops", "embeddings")),
        align.Quality(*(np.array([value], np.float32) for value in (0.4, 20, 0.003, 3))),
    )
    assert [reason.split(",")[0].split(":")[0] for reason in weak.weaknesses(0)] == [
        "only 40 % of the crop lies inside the picture",
        "the face is only 20 pixels wide",
        "the face is blurred (sharpness 0.003)",
        "the face has hardly any contrast (3.0 grey levels)",
    ]


def test_a_network_in_training_mode_embeds_in_threads_as_alone_and_stays_in_it():
    torch = pytest.importorskip("torch")
    generator = torch.Generator().manual_seed(0)
    net = models.NN2(width=0.05, image_size=32, norm="batch", embedding_dim=8, generator=generator)
    embedder = models.TorchEmbedder.of(net.train(), name="training")
    some = crops(embedder) * 9
    serial = [embedder.embed(one) for one in some]
    with ThreadPoolExecutor(4) as threads:
        for one, other in zip(threads.map(embedder.embed, some), serial, strict=True):
            assert one == pytest.approx(other, abs=1e-5)
    assert net.training
