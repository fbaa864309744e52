"""Each detector's boxes and scores are its library's, called with the colours in its order."""

import cv2
import dlib
import numpy as np
import pytest

from facenet_lite import assets, detect, imaging
from facenet_lite.types import Detections


def haar(rgb):
    """OpenCV's cascade looks at grey: 0.299 of red, 0.587 of green, 0.114 of blue."""
    cascade = cv2.CascadeClassifier(str(assets.fetch("haar_frontalface_default")))
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    rectangles, counts = cascade.detectMultiScale2(grey, 1.1, 5, minSize=(30, 30))
    return [(x, y, x + w, y + h) for x, y, w, h in rectangles], counts


def ssd(rgb):
    """OpenCV's network takes blue, green, red, and answers in shares of width and height."""
    files = assets.fetch("ssd_res10_prototxt"), assets.fetch("ssd_res10_weights")
    network = cv2.dnn.readNetFromCaffe(*map(str, files))
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    network.setInput(cv2.dnn.blobFromImage(bgr, 1.0, (300, 300), (104.0, 177.0, 123.0)))
    rows = [row for row in network.forward()[0, 0] if row[2] >= 0.5]
    height, width = rgb.shape[:2]
    return [row[3:] * [width, height, width, height] for row in rows], [row[2] for row in rows]


def hog(rgb):
    """dlib takes red, green, blue; its right and bottom are the last pixels inside."""
    rectangles, scores, _ = dlib.get_frontal_face_detector().run(rgb, 1, 0.0)
    return [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in rectangles], scores


def mmod(rgb):
    found = dlib.cnn_face_detection_model_v1(str(assets.fetch("mmod_detector")))(rgb, 0)
    rectangles = [face.rect for face in found]
    corners = [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in rectangles]
    return corners, [face.confidence for face in found]


CALLED = {"haar": haar, "ssd": ssd, "hog": hog, "mmod": mmod}


def by_library(name, rgb):
    boxes, scores = CALLED[name](np.ascontiguousarray(rgb))
    return Detections.sorted(np.array(boxes, np.float32).reshape(-1, 4), np.float32(scores))


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize("name", CALLED)
def test_places_and_scores_are_the_librarys_and_no_other_order_of_colours_gives_them(
    name, portrait
):
    image = getattr(imaging, portrait)()
    found, expected = detect.load(name).detect(image), by_library(name, image)
    np.testing.assert_allclose(found.boxes, expected.boxes, atol=1e-3)
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-6)
    exchanged = by_library(name, image[..., ::-1])
    assert abs(exchanged.scores[0] - expected.scores[0]) > 1e-5
