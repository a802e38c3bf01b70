"""The options of ``edge-digits archive``, which a device shows help of, too."""

import argparse

from edge_app.archive.archive_settings import (
    EngineOptions,
    ExportOptions,
    FieldOptions,
    FindOptions,
    PageOptions,
    ResultOptions,
    ReviewOptions,
)
from edge_app.cli import commands
from edge_app.cli.run_options import add_page_options
from edge_app.common import option_types
from edge_app.common.option_fields import add_options

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
    _added(chosen, "status", "tell how much is read, and how well", "out")
    _added(
        chosen, "verify", "check that each file has one result, and each part", "out"
    )
    _add_find(chosen)
    export = _added(chosen, "export", "write tables of pages and numbers", "out tables")
    export.add_argument(
        "folder", type=option_types.path, metavar="DIR", help="where they go"
    )
    add_options(export, ExportOptions)
    review = _added(
        chosen, "review", "make a page on which numbers are corrected", "out"
    )
    add_options(review, ReviewOptions)


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
        type=option_types.filled,
        metavar="SOURCE",
        help="a folder, a pattern, a text file of paths, or a URL (s3://, sftp://, "
        "https://) of one; JPEG, PNG, TIFF, PDF, ...",
    )
    read.add_argument(
        "out",
        type=option_types.path,
        metavar="OUT",
        help="the folder of the results",
    )
    add_options(read.add_argument_group("who reads"), EngineOptions)
    pages = read.add_argument_group("how pages are read")
    add_options(pages, PageOptions)
    add_page_options(pages)
    add_options(pages, FieldOptions)


def _add_find(chosen: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    find = _added(
        chosen,
        "find",
        "find numbers",
        "'19[0-9]{2}' out --crops hits/",
        pattern="a regular expression that all of a number matches",
    )
    add_options(find, FindOptions)


def _added(
    chosen: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    example: str,
    *,
    pattern: str | None = None,
) -> argparse.ArgumentParser:
    """Return the parser of an action on results, with the options that all have.

    Args:
        chosen: Gets it.
        name: What is typed.
        text: What it does.
        example: What one would type after it.
        pattern: The help of a pattern before the results' folder; `None` for none.
    """
    parser = chosen.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"example:\n  edge-digits archive {name} {example}",
        formatter_class=commands.HelpFormatter,
    )
    parser.set_defaults(action=name)
    if pattern is not None:
        parser.add_argument(
            "pattern", type=option_types.pattern, metavar="PATTERN", help=pattern
        )
    parser.add_argument(
        "out",
        type=option_types.path,
        metavar="OUT",
        help="the folder that archive read wrote",
    )
    add_options(parser, ResultOptions)
    return parser
