"""Published figures: whatever stands behind a ±, its standard error can be compared."""

import math

from facenet_lite.experiments import published


def test_the_papers_figures_are_standard_errors_already():
    assert published.FACENET_CENTRE.standard_error == 0.0015
    assert published.FACENET_ALIGNED.standard_error == 0.0009


def test_a_deviation_of_ten_folds_is_divided_by_the_root_of_ten():
    deviations = [p for p in published.PUBLISHED if p.kind == "standard deviation"]
    assert len(deviations) == 3
    assert all(math.isclose(p.standard_error * math.sqrt(10), p.plus_minus) for p in deviations)


def test_what_has_no_spread_gets_none():
    (bare,) = [p for p in published.PUBLISHED if p.kind == "none"]
    assert bare.plus_minus is None
    assert bare.standard_error is None
