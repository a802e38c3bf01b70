"""The actions of ``edge-digits archive`` on what was read, and their output."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from edge_app.archive.amounts import counted
from edge_app.archive.listing import fingerprint
from edge_app.archive.results import corrections, export, review, search
from edge_app.archive.results.crops import Cutter
from edge_app.archive.store import check, shards
from edge_app.archive.store.rows import Row
from edge_app.archive.store.stored import Store
from edge_app.archive.work import part
from edge_app.common import files
from edge_app.common.errors import ArchiveError, ImageError


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for; returns the exit status."""
    store = Store(arguments.out.absolute())
    if not store.manifest.exists():
        raise ArchiveError(
            f"{arguments.out}: no archive; try: edge-digits archive read SOURCE "
            f"{arguments.out}"
        )
    chosen = store.fingerprint(arguments.fingerprint)
    return _ACTIONS[arguments.action](store, chosen, arguments)


def status(store: Store, chosen: str) -> int:
    """Tell how much is read, and how well; returns the exit status."""
    found = check.overview(store, chosen)
    counts = dict(found.counts)
    kinds = [
        counted(counts.pop(name, 0), name)
        for name in (part.FILES_COUNT, part.PAGES_COUNT, part.NUMBERS_COUNT)
    ]
    print(
        f"{counted(found.num_files, 'files')} in "
        f"{counted(found.num_shards, 'shards')}, "
        f"{found.num_parts:,} of them read as {chosen}"
    )
    print(f"read: {', '.join(kinds)}")
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{count:10,} {name}")
    if found.counts["crashed"]:
        print(f"files that ended their process: {store.quarantine}")
    if not found.is_well:
        tell(_what_is_not_read(found))
    return 0 if found.is_well else 1


def _what_is_not_read(found: check.Overview) -> str:
    num_left = found.num_shards - found.num_parts
    num_failed = found.counts[part.PAGES_COUNT] - found.counts["ok"]
    if num_left:
        return (
            f"{num_left:,} of {counted(found.num_shards, 'shards')} not read yet; the "
            "same edge-digits archive read goes on"
        )
    return (
        f"{num_failed:,} of {counted(found.counts[part.PAGES_COUNT], 'pages')} could "
        "not be read; the table of pages that edge-digits archive export writes says "
        "why"
    )


def _verify(store: Store, chosen: str, _: argparse.Namespace) -> int:
    faults = 0
    for fault in check.faults(store, chosen):
        print(fault)
        faults += 1
    num_files, num_shards = shards.count(store.manifest)
    if not faults:
        in_parts = f"{counted(num_files, 'files')} in {counted(num_shards, 'parts')}"
        print(f"{in_parts}, each with one result")
    return int(faults > 0)


def _find(store: Store, chosen: str, arguments: argparse.Namespace) -> int:
    found = search.numbers(store, chosen, arguments.pattern)
    if arguments.crops is not None:
        found = _cut(store, chosen, list(found), arguments.crops)
    num_found = 0
    for row in found:
        num_found += 1
        if arguments.json:
            print(json.dumps(row))
        else:
            print(_hit(row))
    return 0 if num_found else 1


def _hit(row: Row) -> str:
    where = f"{row['path']}, page {row['page']}"
    if row["field"] is not None:
        where += f", {row['field']}"
    return f"{where}: {row['text']}  (least confidence {row['confidence']:.2f})"


def _cut(store: Store, chosen: str, found: list[Row], folder: Path) -> Iterator[Row]:
    """Yield numbers, each after its picture is written."""
    cutter = Cutter(dpi=fingerprint.kept(store, chosen).dpi)
    turns = search.rotations(store, chosen, [row["file"] for row in found])
    for row in found:
        name = f"{row['text']}-{row['file']}-{row['page']}-{row['number']}.png"
        try:
            crop = cutter.png(row, turns[row["file"], row["page"]])
        except ImageError as error:  # the scan is gone, or changed, since it was read
            tell(str(error))
        else:
            files.write_bytes(folder / name, crop)
        yield row


def _export(store: Store, chosen: str, arguments: argparse.Namespace) -> int:
    written = export.export(store, chosen, arguments.folder, arguments.format)
    for path, count in written.items():
        print(f"{path}: {counted(count, 'rows')}")
    return 0


def _review(store: Store, chosen: str, arguments: argparse.Namespace) -> int:
    settings = fingerprint.kept(store, chosen)
    if arguments.take is not None:
        if not arguments.take.exists():
            raise ArchiveError(f"{arguments.take}: no such file")
        count = corrections.take(store, corrections.load(arguments.take))
        print(f"{store.corrections}: {counted(count, 'corrections')}")
    elif arguments.training is not None:
        current = settings.fingerprint()
        if current != chosen:
            raise ArchiveError(
                f"{chosen} was read by another version or with other models; read the "
                "archive with this one first"
            )
        corrected = [
            correction
            for correction in corrections.load(store.corrections)
            if correction.fingerprint == chosen
        ]
        if not corrected:
            raise ArchiveError(
                f"{arguments.out}: no corrections of what was read as {chosen} yet; "
                f"edge-digits archive review {arguments.out} makes a page for them, "
                "and --take FILE adds what it saves"
            )
        num_digits, num_left_out = corrections.write_for_training(
            settings, corrected, arguments.training
        )
        print(
            f"{arguments.training}: {counted(num_digits, 'digits')}; left out for "
            "having more or fewer digits than were read: "
            f"{counted(num_left_out, 'numbers')}"
        )
    else:
        path, count = review.write(
            store, chosen, count=arguments.count, dpi=settings.dpi
        )
        print(f"{path}: {counted(count, 'numbers')}")
    return 0


_ACTIONS = {
    "status": lambda store, chosen, _: status(store, chosen),
    "verify": _verify,
    "find": _find,
    "export": _export,
    "review": _review,
}


def tell(text: str) -> None:
    """Print what is no result of the command."""
    print(text, file=sys.stderr, flush=True)
