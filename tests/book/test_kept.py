"""Parts of a measurement are made once, and never shared between different settings."""

import numpy as np
import pytest

from facenet_lite.book.kept import (
    fingerprint,
    in_blocks,
    once,
    once_array,
    one_thread,
    one_torch_thread,
    timed,
)


def test_a_part_is_made_once_and_read_again(tmp_path):
    calls = []
    path = tmp_path / "folder" / "part.json"
    for _ in range(2):
        assert once(path, lambda: calls.append(1) or {"a": [1, None]}) == {"a": [1, None]}
    assert calls == [1]
    assert [p.name for p in path.parent.iterdir()] == ["part.json"]


def test_a_part_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        once(tmp_path / "part.json", lambda: 1 / 0)
    assert not list(tmp_path.iterdir())


def test_an_array_is_made_once_and_read_again_with_its_time(tmp_path):
    calls, value = [], np.array([[0.1, 2.5]], np.float32)
    found = [once_array(tmp_path / "a.npz", lambda: calls.append(1) or value) for _ in range(2)]
    assert calls == [1]
    for array, seconds in found:
        np.testing.assert_array_equal(array, value)
        assert array.dtype == np.float32
        assert seconds == found[0][1] > 0
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_whole_blocks_are_kept_and_a_stopped_run_goes_on(tmp_path):
    asked = []

    def make_it(rows):
        asked.append(list(rows))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return {"square": np.array(rows) ** 2, "name": np.array([f"r{i}" for i in rows])}

    settings = {"block": 4, "progress": False}
    with pytest.raises(KeyboardInterrupt):
        in_blocks(10, make_it, tmp_path / "part", **settings)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["part.0.npz", "part.4.npz"]
    found, seconds = in_blocks(10, make_it, tmp_path / "part", **settings)
    assert asked == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], [8, 9]]
    assert found["square"].tolist() == [i * i for i in range(10)]
    assert found["name"].tolist() == [f"r{i}" for i in range(10)]
    assert seconds > 0


def test_a_measurement_comes_with_its_time():
    assert timed(lambda: [1]) == {"value": [1], "seconds": 0.0}


def test_other_settings_have_another_fingerprint():
    assert fingerprint(0, "a") == fingerprint(0, "a")
    assert len({fingerprint(0), fingerprint(1), fingerprint(0, 0)}) == 3


def test_opencv_has_one_thread_within_and_its_own_after():
    import cv2

    before = cv2.getNumThreads()
    with one_thread():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before


def test_pytorch_has_one_thread_within_and_its_own_after():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with one_torch_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
