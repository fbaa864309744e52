"""Drawings of trained networks show every setting, its interval and its seeds."""

from __future__ import annotations

from typing import Any

import pytest

from facenet_lite.book.plots import networks
from facenet_lite.errors import InputError

ALT = "A drawing that is made for a test."


def summary(mean: float, **missing: None) -> dict[str, Any]:
    one = {
        "mean": mean,
        "low": mean - 0.1,
        "high": mean + 0.1,
        "values": [mean - 0.05, mean + 0.05],
    }
    return {metric: one for metric in networks.LABELS} | missing


def recorded(*names: str, **missing: None) -> dict[str, Any]:
    rows = [
        {"name": name, "summary": summary(0.5 + 0.05 * n, **missing)}
        for n, name in enumerate(names)
    ]
    return {"settings": rows, "untrained": summary(0.3, **missing)}


DIMENSIONS = recorded("16", "128") | {
    "paper": [{"level": 64, "val": 0.868, "standard_error": 0.017},
              {"level": 128, "val": 0.879, "standard_error": 0.019}],
}  # fmt: skip
LINE = {"auc": {"line": [[10, 0.6], [1000, 0.7]]}, "val": None}
AMOUNTS = recorded("a", "b", "c", "d") | {
    "identities": {"settings": [{"name": "a", "people": 10}, {"name": "b", "people": 1000}],
                   "trend": LINE},
    "pictures": {"settings": [{"name": "c", "pictures": 100, "each": 5},
                              {"name": "d", "pictures": 1000, "each": 50}],
                 "trend": {"5": LINE, "50": {"auc": None}}},
    "paper": {"table": [{"level": 2_600_000, "val": 0.763}, {"level": 26_000_000, "val": 0.851}]},
}  # fmt: skip
TIME = {"median": 5.0, "lower": 4.0, "upper": 7.0}
NETWORKS = {
    "networks": [
        {"name": name, "madds": madds, "milliseconds": {"1": TIME, "16": TIME}}
        for name, madds in (("NN1", 1.6e9), ("small_nn2", 7.3e7))
    ],
    "trained": [
        {"name": "ours", "architecture": "small_nn2",
         "mirrored": {"accuracy": {"value": 0.8, "low": 0.7, "high": 0.9}}},
        {"name": "another form", "architecture": "never timed"},
    ],
    "paper": [{"name": "NN4", "val": 0.82, "standard_error": 0.023, "madds": 285e6},
              {"name": "NN3", "val": 0.883, "standard_error": 0.017}],
}  # fmt: skip


def test_our_dimensions_stand_beside_the_papers() -> None:
    svg = networks.dimensions(DIMENSIONS, alt=ALT).svg
    assert all(f">{dim}<" in svg for dim in (16, 64, 128))
    assert "VAL at FAR 0.01, drawn people" in svg
    assert networks.PUBLISHED in svg


def test_amounts_are_drawn_with_their_trends() -> None:
    svg = networks.amounts(AMOUNTS, alt=ALT).svg
    assert all(text in svg for text in ("every one new", "5 each", "50 each", "again and again"))
    assert svg.count("stroke-dasharray") == 2  # the two series that have a trend
    assert networks.amounts(AMOUNTS, metric="val", alt=ALT).svg.count("stroke-dasharray") == 0


def test_every_setting_has_its_row_and_every_metric_its_panel() -> None:
    data = recorded("0", "0.2", "1")
    data["settings"][1]["summary"]["val"] = None
    svg = networks.settings(data, alt=ALT).svg
    assert all(f">{text}<" in svg for text in ("0", "0.2", "1", networks.LABELS["val"]))
    assert networks.LABELS["lfw_auc"] in svg
    assert svg.count("not estimable") == 1


def test_without_lfw_the_other_metrics_can_be_drawn() -> None:
    data = recorded("0", "1", lfw_auc=None)
    assert networks.LABELS["auc"] in networks.settings(data, metrics=["auc"], alt=ALT).svg
    data["untrained"]["auc"] = None
    assert networks.LABELS["auc"] in networks.settings(data, metrics=["auc"], alt=ALT).svg


def test_networks_are_named_where_they_were_measured() -> None:
    svg = networks.costs(NETWORKS, alt=ALT).svg
    assert all(f">{name}<" in svg for name in ("NN4", "ours"))
    assert "another form" not in svg  # no time for it
    assert "NN3" not in svg  # no multiply-adds are printed
    svg = networks.times(NETWORKS, alt=ALT).svg
    assert all(text in svg for text in ("NN1", "small_nn2", "1 at once", "16 at once"))


def test_a_network_that_two_libraries_ran_has_two_points() -> None:
    again = {"name": "small_nn2 in ONNX", "madds": 7.3e7, "milliseconds": {"1": TIME, "16": TIME}}
    wider = again | {"name": "small_nn2, width 1"}
    both = NETWORKS | {"networks": [*NETWORKS["networks"], again, wider]}
    svg = networks.costs(both, alt=ALT).svg
    assert all(f">{name}<" in svg for name in ("ours", "small_nn2 in ONNX"))
    assert "small_nn2, width 1" not in svg  # of this form none was trained


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: networks.dimensions(DIMENSIONS, metric="loss", alt=ALT), "metric"),
        (lambda: networks.settings(recorded("0", lfw_auc=None), alt=ALT), "lfw_auc.*not measured"),
        (lambda: networks.settings(recorded("0"), metrics=(), alt=ALT), "metrics"),
        (lambda: networks.amounts(AMOUNTS | {"settings": []}, alt=ALT), "not measured"),
        (lambda: networks.costs(NETWORKS | {"trained": []}, alt=ALT), "trained network"),
        (lambda: networks.times({"networks": []}, alt=ALT), "network"),
        (lambda: networks.settings(recorded("0"), alt=""), "alt"),
    ],
)
def test_what_cannot_be_drawn_is_named(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
