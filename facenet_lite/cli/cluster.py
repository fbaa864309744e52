"""``facenet-lite cluster``: sort an album by who is in it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facenet_lite.cli.answers import Commands
from facenet_lite.cli.folders import command, for_surveys, status_of, surveyed, threshold_of
from facenet_lite.cli.options import setup_of
from facenet_lite.errors import InputError

if TYPE_CHECKING:
    from facenet_lite.album.table import FaceTable


def add(commands: Commands) -> None:
    """Declare the commands and their options."""
    cluster = command(commands, "cluster", "sort an album by who is in it", _cluster)
    cluster.add_argument(
        "--out",
        type=Path,
        metavar="DIR|FILE",
        required=True,
        help="a new folder for links to each person's photographs, or a contact sheet (.png, .jpg)",
    )
    cluster.add_argument("--linkage", choices=("single", "average", "complete"), default="average")
    cluster.add_argument("--threshold", type=float, metavar="D", help="a squared distance")
    cluster.add_argument("--gallery", type=Path, metavar="FILE", help="known people, for the names")
    cluster.add_argument("--least", type=int, default=2, help="photographs a group; default: 2")
    for_surveys(cluster)


def _cluster(options: argparse.Namespace) -> int:

    from facenet_lite import evaluate, imaging, photographs
    from facenet_lite.album import groups
    from facenet_lite.album.chain import cluster_thresholds

    sheet = imaging.is_written(options.out)
    found = photographs.find(options.photos)
    kept = options.out.with_name(f"{options.out.name}.npz")
    with surveyed(options, found, kept) as table:
        known = cluster_thresholds(table.source.weights).get(options.linkage)
        threshold = options.threshold
        if threshold is None:
            if known is None:
                raise InputError(
                    "--threshold: expected one, since nobody has measured which is right for this "
                    "network's clusters; try several"
                )
            threshold = known["threshold"]
        found_groups = evaluate.cluster(table.embeddings, threshold, linkage=options.linkage)
        clusters, sizes = groups.by_size(table, found_groups)
        shown = int((sizes >= options.least).sum())
        names = _names(options, table, clusters, shown)
        if sheet:
            picture = groups.contact_sheet(table, clusters, names=names)
            print(imaging.write_image(picture, options.out))
        else:
            for group in groups.link_folders(table, clusters, options.out, names=names):
                print(group)
    print(
        f"{len(table):,} faces in {len(sizes):,} groups, {shown:,} of them of at least "
        f"{options.least} photographs",
        file=sys.stderr,
    )
    if options.threshold is None and known is not None:
        print(
            f"on LFW's View 1 ({known['people']:,} people, {known['pictures']:,} pictures) "
            f"{100 * known['precision']:.0f} % of a face's group were the same person, and "
            f"{100 * known['recall']:.0f} % of a person were in one group",
            file=sys.stderr,
        )
    return status_of(found, table)


def _names(options: argparse.Namespace, table: FaceTable, clusters: Any, shown: int) -> list[str]:
    """A name for each group: a gallery's person whom most of its faces are, or its number."""
    from collections import Counter

    from facenet_lite.album.gallery import Gallery
    from facenet_lite.album.table import FaceTable

    width = len(str(shown))
    numbered = [f"group-{number + 1:0{width}}" for number in range(shown)]
    if options.gallery is None:
        return numbered
    gallery = Gallery(FaceTable.load(options.gallery))
    if gallery.table.source.weights != table.source.weights:
        raise InputError(
            f"{options.gallery}: expected a gallery of the network {table.source.model!r}, got one "
            f"of {gallery.table.source.model!r}"
        )
    matches = gallery.identify(table.embeddings, threshold_of(setup_of(options).open()))
    names: list[str] = []
    for number, name in enumerate(numbered):
        found = Counter(m.name for m, c in zip(matches, clusters, strict=True) if c == number)
        person, count = found.most_common(1)[0]
        known = person is not None and 2 * count > sum(found.values())
        names.append(str(person) if known and person not in names else name)
    return names
