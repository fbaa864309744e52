"""One face among many: accuracy on LFW with dlib's network, and the time among a million faces.

``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 facenet-lite experiment identification --lfw DIR``
records ``results/identification.json``. The variables limit NumPy to one thread; FAISS is always
limited to one. The embeddings are read from ``dlib-reference.npz`` in LFW's folder. Finished parts
are kept in a folder, so that an interrupted run can resume.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from facenet_lite import evaluate
from facenet_lite._checks import check_number
from facenet_lite.book.experiments.identification import curves, gallery_size, people, speed
from facenet_lite.book.experiments.lfw.reference import Embedded, embedded
from facenet_lite.book.kept import fingerprint, once, timed
from facenet_lite.book.results import Measured
from facenet_lite.data import lfw as lfw_data
from facenet_lite.evaluate.neighbours import IndexKind

SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
FARS: Final = (0.001, 0.01, 0.1)
RANKS: Final = (1, 5, 10)
KINDS: Final[tuple[IndexKind, ...]] = ("flat", "ivf", "ivf_bytes")


@dataclass(frozen=True)
class Config:
    """``sizes``: of galleries, in people; the whole gallery is added; ``drawn``: thresholds of the
    recorded curves; ``cut``: thresholds of clusters; ``crowds``: how many people's pictures are
    clustered; all people together are added; ``vectors``: sizes of the synthetic galleries, with
    ``each`` pictures a person; ``asked``: the number of queries; ``probes``: the numbers of lists
    searched; ``partial``: the folder from which an interrupted run resumes."""

    partial: Path = Path("build/experiments/identification")
    sizes: Sequence[int] = SIZES
    drawn: Sequence[float] = tuple(round(0.02 * i, 2) for i in range(1, 31))
    cut: Sequence[float] = tuple(round(0.1 + 0.02 * i, 2) for i in range(16))
    crowds: Sequence[int] = (250, 1000)
    vectors: Sequence[int] = (100_000, 1_000_000)
    each: int = 5
    asked: int = 1000
    probes: tuple[int, ...] = (1, 4, 16, 64)
    repeats: int = 5
    seed: int = 0
    progress: bool = True

    def __post_init__(self) -> None:
        for count in (*self.vectors, self.each, self.asked, self.repeats):
            check_number(count, "vectors, each, asked, repeats", low=1, integer=True)
        check_number(self.seed, "seed", low=0, integer=True)


def measure(*, lfw: Path | None = None, config: Config | None = None) -> Measured:
    """Measure, or read what an interrupted run has already measured.

    ``lfw``: the reader's copy (None: as ``data.lfw.find`` looks for it).
    """
    from tqdm import tqdm

    config = config or Config()
    copy = lfw_data.find(lfw)
    pictures = embedded(copy)
    for_roles, for_lfw, for_crowds = np.random.default_rng(config.seed).spawn(3)
    roles = people.divide(pictures, rng=for_roles)
    settings = [str(value) for name, value in vars(config).items() if name != "partial"]
    held = hashlib.sha256(pictures.vectors.tobytes()).hexdigest()
    folder = config.partial / fingerprint(settings, held)
    several = len(roles.mates)
    moments = speed.Moments.of(roles.gallery[:several], roles.mates)

    parts: dict[str, Callable[[], Any]] = {
        "lfw": lambda: on_lfw(copy, pictures, roles, config, rng=for_lfw),
        "clusters": lambda: clusters(pictures, config, rng=for_crowds),
        **{f"speed.{n}": partial(among, moments, n, config) for n in config.vectors},
        "uniform": lambda: without_order(config, len(moments.mean)),
    }
    done = {}
    for name in tqdm(parts, disable=not config.progress, unit="part"):
        done[name] = once(folder / f"{name}.json", partial(timed, parts[name]))
    data = {
        "people": {
            "pictures": len(pictures.people),
            "not_detected": pictures.left_out,
            "people": int(pictures.people.max()) + 1,
            "gallery": len(roles.gallery),
            "mates": several,
            "strangers": len(roles.strangers),
        },
        **done["lfw"]["value"],
        "clusters": done["clusters"]["value"],
        "speed": {
            "each": config.each,
            "asked": config.asked,
            "directions": round(moments.directions, 1),
            "rows": [row for n in config.vectors for row in done[f"speed.{n}"]["value"]],
            "uniform": done["uniform"]["value"],
        },
        "faiss": _faiss_version(),
    }
    return Measured(data, sum(part["seconds"] for part in done.values()), config.seed)


def on_lfw(
    copy: lfw_data.Lfw,
    pictures: Embedded,
    roles: people.Roles,
    config: Config,
    *,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Closed set, open set and false alarms on LFW's people."""
    known, asking, unknown = roles.labels
    chosen = people.threshold(copy, pictures)
    sizes = [*(n for n in config.sizes if n < len(known)), len(known)]
    several = len(asking)
    closed = []
    for size in (several, len(known)):
        found = evaluate.rank_k(
            evaluate.search(roles.gallery[:size], roles.mates, min(max(RANKS), size)),
            known[:size],
            asking,
        )
        ranks = {str(k): [found.rank(k), *found.interval(k)] for k in RANKS if k <= size}
        shares = found.shares.round(5).tolist()
        closed.append({"gallery": size, "probes": several, "ranks": ranks, "shares": shares})
    everyone = np.concatenate([roles.mates, roles.strangers])
    neighbours = evaluate.search(roles.gallery, everyone)
    who = np.concatenate([asking, unknown])
    opened = [evaluate.detection_identification_rate(neighbours, known, who, f) for f in FARS]
    fine = curves.Places.of(roles, np.arange(0, 0.8, 0.001))
    coarse = curves.Places.of(roles, config.drawn)
    alarms = gallery_size.false_accepts_by_gallery_size(
        roles.gallery, known, roles.strangers, unknown, chosen, sizes, rng=rng
    )
    nearest = neighbours.squared_distances[several:, 0]
    return {
        "threshold": chosen,
        "closed": closed,
        "open": [
            {"far": x.asked, "allowed": x.allowed, "identified": x.identified, "low": x.low,
             "high": x.high, "threshold": x.threshold}
            if x.estimable
            else {"far": x.asked, "allowed": 0, "reason": str(x)}
            for x in opened
        ],
        "by_size": curves.by_size(fine, sizes, FARS, rng=rng),
        "false_accepts": {
            "sizes": sizes,
            "far": alarms.far,
            "measured": alarms.measured.round(5).tolist(),
            "low": alarms.low.round(5).tolist(),
            "high": alarms.high.round(5).tolist(),
            "formula": alarms.formula.round(5).tolist(),
            "differs": alarms.differs.tolist(),
            "matches": matches(roles, chosen),
        },
        "curves": curves.drawn(coarse, sizes),
        # Strangers this near to somebody are usually the same person under two names.
        "suspects": int((nearest <= people.SUSPECT).sum()),
    }  # fmt: skip


def matches(roles: people.Roles, threshold: float) -> dict[str, int]:
    """How many people in the whole gallery each stranger matches: the 10th percentile, median and
    90th percentile over strangers, and the maximum."""
    counts = np.sort(curves.Places.of(roles, [threshold]).within[:, 0])
    few, median, many = (int(counts[round(part * (len(counts) - 1))]) for part in (0.1, 0.5, 0.9))
    return {"few": few, "median": median, "many": many, "most": int(counts[-1])}


def clusters(
    pictures: Embedded, config: Config, *, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Clusters of all pictures of more and more people, at every threshold."""
    everyone = int(pictures.people.max()) + 1
    order = rng.permutation(everyone)
    out = []
    for crowd in [*(n for n in config.crowds if n < everyone), everyone]:
        kept = np.isin(pictures.people, order[:crowd])
        vectors, who = pictures.vectors[kept], pictures.people[kept]
        rows = []
        for cut in config.cut:
            found = evaluate.cluster(vectors, cut)
            pairs, each = evaluate.pairwise_scores(found, who), evaluate.b_cubed(found, who)
            rows.append(
                {
                    "threshold": cut,
                    "clusters": int(found.max()) + 1,
                    "largest": int(np.bincount(found).max()),
                    "pairwise": [round(pairs.precision, 4), round(pairs.recall, 4)],
                    "b_cubed": [round(each.precision, 4), round(each.recall, 4)],
                }
            )
        out.append({"people": crowd, "pictures": len(who), "rows": rows})
    return out


def among(moments: speed.Moments, count: int, config: Config) -> list[dict[str, Any]]:
    """Every engine on one synthetic gallery of about ``count`` vectors."""
    rng = np.random.default_rng([config.seed, count])
    drawn = moments.draw(count // config.each, config.each, config.asked, rng=rng)
    race = speed.Race(*drawn, config.each, config.repeats)
    exact, nearest = race.exact()
    rows = [exact]
    for kind in KINDS:
        rows += race.faiss(kind, nearest, config.probes, seed=config.seed)
    return rows


def without_order(config: Config, dim: int) -> list[dict[str, Any]]:
    """The inverted lists on the smallest gallery, if its vectors had no structure at all."""
    rng = np.random.default_rng([config.seed, 1])
    count = min(config.vectors) // config.each
    drawn = speed.uniform(count, config.each, config.asked, dim, rng=rng)
    race = speed.Race(*drawn, config.each, 1)
    nearest = race.exact()[1]
    rows = race.faiss("ivf", nearest, config.probes, seed=config.seed)
    return [{key: row[key] for key in ("vectors", "probes", "recall")} for row in rows]


def _faiss_version() -> dict[str, str]:
    import faiss

    return {"version": faiss.__version__, "options": faiss.get_compile_options().strip()}
