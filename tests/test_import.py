"""What importing the package costs."""

import subprocess
import sys
from pathlib import Path

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


PARTS = sorted(
    path.stem
    for path in Path(facenet_lite.__file__).parent.iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
)


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_there_without_an_import_of_its_own(name):
    assert facenet_lite.__getattr__(name).__name__ == f"facenet_lite.{name}"
    assert name in dir(facenet_lite)


def test_a_part_is_imported_when_it_is_first_named():
    code = "import facenet_lite; print(facenet_lite.evaluate.wilson_interval(1, 2)[0])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 0 < float(done.stdout) < 0.5


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
