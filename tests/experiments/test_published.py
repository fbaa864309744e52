"""Published figures: whatever stands behind a ±, its standard error can be compared."""

import math

import numpy as np
import pytest

from facenet_lite.experiments import published


def test_the_papers_figures_are_standard_errors_already():
    assert published.FACENET_CENTRE.standard_error == 0.0015
    assert published.FACENET_ALIGNED.standard_error == 0.0009


def test_a_standard_error_is_a_deviations_tenth_root_or_a_third_of_np_stds():
    """Both are one number: of the same ten folds the two deviations differ."""
    folds = np.linspace(0.9, 0.95, 10)
    one, two = (
        published.Published("x", 0.9, folds.std(ddof=d), "standard deviation", "", "", ddof=d)
        for d in (0, 1)
    )
    assert one.standard_error == pytest.approx(folds.std(ddof=1) / math.sqrt(10))
    assert two.standard_error == pytest.approx(one.standard_error)
    assert [p.ddof for p in published.PUBLISHED if p.kind == "standard deviation"] == [0, 1, 0]


def test_what_has_no_spread_gets_none():
    (bare,) = [p for p in published.PUBLISHED if p.kind == "none"]
    assert bare.plus_minus is None
    assert bare.standard_error is None


def test_the_papers_table_4_rises_with_quality_and_with_pixels():
    for table in (published.VAL_BY_JPEG_QUALITY, published.VAL_BY_PIXELS):
        assert list(table) == sorted(table)
        assert list(table.values()) == sorted(table.values())
    assert [math.isqrt(pixels) for pixels in published.VAL_BY_PIXELS] == [40, 80, 120, 160, 256]
    assert all(math.isqrt(pixels) ** 2 == pixels for pixels in published.VAL_BY_PIXELS)
