"""The protocol card: all that has to agree before two results may be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from facenet_lite._checks import check_flag, check_number
from facenet_lite.errors import InputError
from facenet_lite.evaluate.lfw import Seen, View, check_reportable


@dataclass(frozen=True)
class Protocol:
    """How a result was made.

    ``model`` and ``weights``: its name, and the SHA-256 of its file ("none" for a model without
    weights); ``seen``: which part of the benchmark it has learnt from; ``dataset`` and ``view``:
    what it was judged on; ``crop`` and ``crop_margin``: how faces were cut out; ``detector``: what
    found them; ``flip``: whether the embedding of the mirrored crop is averaged in; ``jitter``: how
    many jittered crops are averaged in; ``metric``, ``embedding_dim``, ``dtype``: what is compared;
    ``not_detected``: the names of the pictures in which no face was found; ``not_detected_rule``:
    what was done with them; ``versions`` of the libraries, and ``seed``. Raises InputError for a
    model that may not be judged on this view.
    """

    model: str
    weights: str
    seen: Seen
    dataset: str
    view: View
    crop: str
    crop_margin: float
    detector: str
    embedding_dim: int
    not_detected_rule: str
    not_detected: tuple[str, ...] = ()
    flip: bool = False
    jitter: int = 0
    metric: str = "squared L2"
    dtype: str = "float32"
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("model", "weights", "dataset", "crop", "detector", "not_detected_rule"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise InputError(f"{name}: expected a text, got {getattr(self, name)!r}")
        check_number(self.crop_margin, "crop_margin")
        check_number(self.embedding_dim, "embedding_dim", low=1, integer=True)
        check_number(self.jitter, "jitter", low=0, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)
        check_flag(self.flip, "flip")
        check_reportable(self.view, self.seen)

    def to_dict(self) -> dict[str, Any]:
        """All fields, as JSON holds them."""
        return {**asdict(self), "not_detected": list(self.not_detected)}

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Protocol:
        """Make a card of what ``to_dict`` gave; raises InputError for missing or unknown fields."""
        try:
            return cls(**{**fields, "not_detected": tuple(fields.get("not_detected", ()))})
        except TypeError as error:
            raise InputError(f"protocol: expected the fields of Protocol ({error})") from error

    def __str__(self) -> str:
        rows = {**self.to_dict(), "not_detected": f"{len(self.not_detected)} pictures"}
        rows["versions"] = ", ".join(f"{k} {v}" for k, v in self.versions.items()) or "not recorded"
        width = max(map(len, rows))
        return "\n".join(f"{name:{width}}  {value}" for name, value in rows.items())
