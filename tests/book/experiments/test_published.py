"""Published figures: whatever stands behind a ±, its standard error can be compared."""

import math

import numpy as np
import pytest

from facenet_lite.book.experiments import published
from facenet_lite.errors import InputError


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


def test_table_6_gives_37_and_42_per_cent_where_the_text_claims_60():
    first, *others = published.TABLE_6
    found = [published.error_reduction(first.val, row.val) for row in others]
    assert [round(value, 3) for value in found] == [0.371, 0.371, 0.418]
    assert max(found) < published.CLAIMED_REDUCTION


def test_an_error_that_halves_is_reduced_by_half():
    assert published.error_reduction(0.8, 0.9) == pytest.approx(0.5)
    assert published.error_reduction(0.8, 0.6) == pytest.approx(-1)
    for before, after in ((1, 1), (0.5, 1.1), (-0.1, 0.5)):
        with pytest.raises(InputError):
            published.error_reduction(before, after)


def test_the_papers_128_numbers_are_its_nn1():
    (nn1,) = [row for row in published.TABLE_3 if row.name == "NN1"]
    (row,) = [row for row in published.TABLE_5 if row.level == 128]
    assert (row.val, row.standard_error) == (nn1.val, nn1.standard_error)
    assert "parameters" in nn1.to_dict()
    assert "parameters" not in row.to_dict()
