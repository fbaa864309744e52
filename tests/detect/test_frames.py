"""Each detector's frame turns its boxes into the ones that dlib's landmarkers expect."""

import numpy as np
import pytest

from facenet_lite import boxes, detect, imaging
from facenet_lite.book import results


def test_the_frames_are_the_recorded_ones():
    for name, row in results.load("landmarks")["data"]["framing"].items():
        np.testing.assert_allclose(detect.DETECTORS[name].frame, row["mean"], atol=1e-9)


@pytest.mark.parametrize("name", ["haar", "ssd"])  # a CNN's single box scatters by more
@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_reframing_brings_a_box_nearer_to_hogs(name, portrait):
    image = getattr(imaging, portrait)()
    hog = detect.load("hog").detect(image).boxes[:1]
    detector = detect.load(name)
    own = detector.detect(image).boxes[:1]
    off = [
        np.abs(boxes.as_seen_from(box, hog) - [0, 0, 1, 1]).sum()
        for box in (own, boxes.reframe(own, detector.frame))
    ]
    assert off[1] < off[0]
