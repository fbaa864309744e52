"""From a photograph to a distance."""

import dataclasses

import numpy as np
import pytest

import facenet_lite
from facenet_lite import boxes, detect, distances, embed, imaging, models
from facenet_lite.errors import InputError


@pytest.fixture(scope="module")
def embedder():
    return embed.load("dlib")


def test_five_lines_from_no_import_to_a_distance():
    import facenet_lite

    embedder = facenet_lite.embed.load("dlib")
    a = embedder.embed(facenet_lite.imaging.astronaut())
    b = embedder.embed(facenet_lite.imaging.grace_hopper())
    d = facenet_lite.distances.squared_distances(a.embeddings[0], b.embeddings[0])
    assert d > 0.36  # different people: beyond dlib's threshold


def test_the_same_face_turned_and_compressed_stays_near(embedder):
    image = imaging.astronaut()
    changed = imaging.jpeg_round_trip(imaging.rotate(image, 10), quality=30)
    a, b = (embedder.embed(picture).embeddings[0] for picture in (image, changed))
    assert distances.squared_distances(a, b) < 0.1


def test_every_step_is_kept_for_every_face(embedder):
    faces = embedder.embed(imaging.astronaut())
    n = len(faces)
    assert n == 2  # her face, and the mission patch that HOG takes for one
    assert faces.boxes.shape == (n, 4)
    assert faces.landmarks.shape == (n, 5, 2)
    assert faces.crops.shape == (n, 150, 150, 3)
    assert faces.embeddings.shape == (n, 128)


def test_no_face_gives_no_rows(embedder):
    faces = embedder.embed(np.zeros((80, 80, 3), np.uint8))
    assert len(faces) == 0
    assert faces.embeddings.shape == (0, 128)
    assert faces.crops.shape == (0, 150, 150, 3)


def test_any_detector_will_do():
    faces = facenet_lite.embed.load("dlib", detector="haar").embed(imaging.astronaut())
    assert len(faces) == 1


def test_the_boxes_are_reframed_by_the_detectors_own_frame(embedder):
    from dataclasses import dataclass, replace

    from facenet_lite.types import Detections

    box = np.array([[170, 60, 280, 180]], np.float32)
    asked = []

    @dataclass(frozen=True)
    class Fixed:
        frame: boxes.Frame

        def detect(self, image):
            return Detections.sorted(box, [1.0])

    @dataclass(frozen=True)
    class Listening:
        def locate(self, image, boxes):
            asked.append(boxes)
            return embedder.landmarker.locate(image, boxes)

    frame = detect.SsdDetector.frame
    for one in (frame, detect.HogDetector.frame):
        replace(embedder, detector=Fixed(one), landmarker=Listening()).embed(imaging.astronaut())
    np.testing.assert_array_equal(asked, [boxes.reframe(box, frame), box])


def test_any_model_will_do(embedder):
    model = models.TorchEmbedder.of(models.small_nn2())
    faces = dataclasses.replace(embedder, model=model).embed(imaging.astronaut())
    assert faces.crops.shape == (2, 96, 96, 3)
    assert np.linalg.norm(faces.embeddings, axis=1) == pytest.approx(np.ones(2), abs=1e-6)


def test_what_is_no_picture_is_refused(embedder):
    with pytest.raises(InputError, match="image: expected an RGB picture"):
        embedder.embed("astronaut.png")
