"""What importing the package costs."""

import subprocess
import sys

import pytest

import facenet_lite


def test_importing_the_package_loads_no_heavy_library():
    code = (
        "import sys, facenet_lite;"
        "print([m for m in ('torch', 'cv2', 'dlib', 'matplotlib', 'skimage') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_command_line_loads_no_detector():
    code = (
        "import sys, facenet_lite.cli;"
        "print([m for m in ('torch', 'cv2', 'dlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_dlibs_network_does_without_pytorch():
    code = (
        "import sys; from facenet_lite import embed, models; embed.load('dlib');"
        "print([m for m in ('torch', 'safetensors', 'onnx') if m in sys.modules]);"
        "models.NN2; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]


def test_the_networks_are_listed_before_they_are_loaded():
    assert {"NN1", "NN2", "small_nn2"} <= set(dir(facenet_lite.models))
    assert set(facenet_lite.models.__all__) <= set(dir(facenet_lite.models))


def test_an_unknown_network_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'NN5'"):
        facenet_lite.models.NN5  # noqa: B018


def test_parts_are_there_without_an_import_of_their_own():
    assert facenet_lite.distances.squared_distances([0.0, 3.0], [4.0, 0.0]) == 25
    assert "embed" in dir(facenet_lite)


def test_an_unknown_part_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'enbed'"):
        facenet_lite.enbed  # noqa: B018


def test_seeding_repeats_what_libraries_draw():
    import random

    import numpy as np

    draws = []
    for _ in range(2):
        facenet_lite.seed_everything(7)
        draws.append((random.random(), np.random.rand()))
    assert draws[0] == draws[1]
