"""The options of ``edge-digits archive``, which a device shows help of, too."""

import argparse
from pathlib import Path

from edge_app.archive.work.status import STATUSES
from edge_app.cli import commands
from edge_app.cli.run_options import add_page_options
from edge_app.common import option_types

_READ_EXAMPLES = """\
examples:
  edge-digits archive read scans/ out
  edge-digits archive read 's3://bucket/2026/*.tif' out --rotate auto
  edge-digits archive read scans/ out --sample 200 --price 0.1
  edge-digits archive read scans/ /nfs/out --scheduler tcp://192.0.2.1:8786
"""


def add_actions(archive: argparse.ArgumentParser) -> None:
    """Add what ``edge-digits archive`` does; each sets `action` to its name."""
    chosen = archive.add_subparsers(required=True, metavar="ACTION")
    _add_read(chosen)
    status = _added(chosen, "status", "tell how much is read, and how well", "out")
    verify = _added(
        chosen, "verify", "check that each file has one result, and each part", "out"
    )
    find = _added(chosen, "find", "find numbers", "'19[0-9]{2}' out --crops hits/")
    find.add_argument(
        "pattern",
        type=option_types.pattern,
        metavar="PATTERN",
        help="a regular expression that all of a number matches",
    )
    export = _added(chosen, "export", "write tables of pages and numbers", "out tables")
    review = _added(
        chosen, "review", "make a page on which numbers are corrected", "out"
    )
    for action in (status, verify, find, export, review):
        action.add_argument(
            "out", type=Path, metavar="OUT", help="the folder that archive read wrote"
        )
        action.add_argument(
            "--fingerprint",
            metavar="HEX",
            help="which readings, where there are several; else those of the settings "
            "that were read with last",
        )
    find.add_argument(
        "--crops", type=Path, metavar="DIR", help="write a picture of each hit, too"
    )
    find.add_argument("--json", action="store_true", help="print a JSON object a line")
    export.add_argument("folder", type=Path, metavar="DIR", help="where they go")
    export.add_argument(
        "--format", choices=("csv", "jsonl"), default="csv", help="of the tables"
    )
    review.add_argument(
        "--count",
        type=option_types.positive,
        default=200,
        help="numbers on the page, the least certain ones",
    )
    review.add_argument(
        "--take",
        type=Path,
        metavar="FILE",
        help="instead, add what the page has saved to the archive's corrections",
    )
    review.add_argument(
        "--training",
        type=Path,
        metavar="DIR",
        help="instead, write the corrected digits for python -m train --extra DIR",
    )


def _add_read(chosen: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    read = chosen.add_parser(
        "read",
        help="read all that is not read yet",
        description="Read an archive of scans. The same command goes on where it was "
        "ended, and reads what is new.",
        epilog=_READ_EXAMPLES,
        formatter_class=commands.HelpFormatter,
    )
    read.set_defaults(action="read", parser=read)
    read.add_argument(
        "source",
        metavar="SOURCE",
        help="a folder, a pattern, a text file of paths, or a URL (s3://, sftp://, "
        "https://) of one; JPEG, PNG, TIFF, PDF, ...",
    )
    read.add_argument("out", type=Path, metavar="OUT", help="the folder of the results")
    engine = read.add_argument_group("who reads")
    engine.add_argument(
        "--workers",
        type=option_types.positive,
        metavar="N",
        help="processes on this machine (default: one a core)",
    )
    engine.add_argument(
        "--scheduler",
        metavar="URL",
        help="a Dask cluster instead; its workers see SOURCE and OUT, too",
    )
    engine.add_argument(
        "--shard-size",
        type=option_types.positive,
        default=500,
        metavar="N",
        help="files that are read together, at most",
    )
    engine.add_argument(
        "--time-limit",
        type=option_types.positive_number,
        default=120.0,
        metavar="S",
        help="seconds for a file to come or for a page",
    )
    engine.add_argument(
        "--memory-limit",
        type=option_types.positive,
        default=2000,
        metavar="MB",
        help="megabytes of a process that reads",
    )
    engine.add_argument(
        "--again",
        metavar="STATUS",
        choices=STATUSES[1:],
        help="read shards again that have pages of this status, such as missing, once "
        "a server is back",
    )
    engine.add_argument(
        "--sample",
        type=option_types.positive,
        metavar="N",
        help="only read so many files, keep nothing, and estimate the time for all",
    )
    engine.add_argument(
        "--price",
        type=option_types.positive_number,
        metavar="P",
        help="of the workers that there are, an hour, for --sample",
    )
    pages = read.add_argument_group("how pages are read")
    pages.add_argument(
        "--dpi", type=option_types.positive, default=200, help="of pages of PDF files"
    )
    add_page_options(pages)
    pages.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="take fields and these options from the settings file of edge-digits run",
    )


def _added(
    chosen: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    example: str,
) -> argparse.ArgumentParser:
    parser = chosen.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"example:\n  edge-digits archive {name} {example}",
        formatter_class=commands.HelpFormatter,
    )
    parser.set_defaults(action=name)
    return parser
