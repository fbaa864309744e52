"""Build the file of what dlib finds in LFW's pictures: ``facenet-lite build lfw-reference``.

It holds boxes, landmarks and embeddings as ``data.lfw_reference`` describes them, for every picture
of the reader's own copy, and takes about half an hour on one core. Finished blocks are kept, so
that an interrupted run can resume.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facenet_lite import assets, models
from facenet_lite.book.kept import fingerprint, in_blocks, write_arrays
from facenet_lite.data import lfw as lfw_data
from facenet_lite.data import lfw_faces, lfw_reference
from facenet_lite.detect.hog import HogDetector
from facenet_lite.errors import AssetDamagedError
from facenet_lite.landmarks.predictor import ShapePredictor
from facenet_lite.models.dlib_resnet import SPEC
from facenet_lite.types import Picture


def build(
    *,
    lfw: Path | None = None,
    folder: Path | None = None,
    partial: Path = Path("build/lfw-reference"),
    block: int = 250,
    progress: bool = True,
) -> Path:
    """Process all pictures, and write ``dlib-reference.npz`` to ``folder`` (None: beside them).

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it); ``partial``: where an
    interrupted run resumes, ``block`` pictures at a time. An existing file is replaced. Raises
    AssetMissingError without LFW, AssetDamagedError where the copy has no picture.
    """
    copy = lfw_data.find(lfw)
    pictures_at = copy.root / lfw_data.PICTURES
    files = {
        path.relative_to(pictures_at).as_posix(): path
        for path in pictures_at.glob("*/*_[0-9][0-9][0-9][0-9].jpg")
    }
    if not files:
        raise AssetDamagedError(f"{pictures_at}: expected pictures NAME/NAME_0001.jpg, got none")
    names = sorted(files)
    pictures = [(name.split("/")[0], int(name[-8:-4])) for name in names]
    # A picture that was replaced under the same name has another size or time.
    seen = [(name, files[name].stat().st_size, files[name].stat().st_mtime_ns) for name in names]
    used = [assets.get(name).sha256 for name in ("landmarks_5", "landmarks_68", "dlib_resnet")]
    kept = partial / fingerprint(str(copy.root.absolute()), seen, used, block)
    found, _ = in_blocks(
        len(names),
        lambda rows: look(copy, [pictures[row] for row in rows]),
        kept / "faces",
        block=block,
        title="LFW",
        progress=progress,
    )
    target = (folder or copy.root) / lfw_reference.NAME
    write_arrays(target, {"names": np.array(names), **found})
    return target


def look(copy: lfw_data.Lfw, pictures: list[Picture]) -> dict[str, NDArray[Any]]:
    """What the file holds of some pictures, except their names.

    dlib decodes each picture, as for the file's first version: another decoder moves landmarks by
    a pixel (``lfw_faces.decoded``). A face is cropped by 5 landmarks, without jitter.
    """
    import dlib

    detector = HogDetector.load(upsample=1)
    five, many = ShapePredictor.load(5), ShapePredictor.load(68)
    detected, boxes, points, chips = [], [], [], []
    for picture in pictures:
        image = lfw_faces.decoded(copy, picture)
        found = lfw_faces.most_central(detector, image)
        detected.append(len(found) == 1)
        box = found if len(found) else np.array([lfw_faces.NOT_DETECTED], np.float32)
        boxes.append(box[0] - [0, 0, 1, 1])  # right and bottom included
        points.append(many.locate(image, box)[0])
        with five.model.lent() as model:
            shape = model(image, dlib.rectangle(*boxes[-1].astype(int).tolist()))
        chips.append(dlib.get_face_chip(image, shape, SPEC.image_size, SPEC.crop_margin))
    return {
        "detected": np.array(detected),
        "boxes": np.array(boxes).astype(np.int16),
        "landmarks68": np.array(points).astype(np.int16),
        "embeddings": models.load("dlib", fast=True).embed(np.stack(chips)),
    }
