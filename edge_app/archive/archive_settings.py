"""The settings of ``edge-digits archive``, as options and as frozen dataclasses.

Light, since the command's parser is made of it: nothing here imports OpenCV or Dask.
"""

import argparse
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge_app.archive.work.status import STATUSES
from edge_app.common import option_types
from edge_app.common.option_fields import option

MEGABYTE = 1_000_000

_LEAST_MEMORY_MB = 200  # what a process that has read its first pages takes
_LEAST_TIME_S = 1.0
_MOST_WORKERS_OF_CORE = 4


def worker_count(text: str) -> int:
    """Parse a number of processes that one machine has room for."""
    count = option_types.positive(text)
    most = _MOST_WORKERS_OF_CORE * (os.cpu_count() or 1)
    if count > most:
        raise argparse.ArgumentTypeError(
            f"at most {most} expected, {_MOST_WORKERS_OF_CORE} for each core of this "
            f"machine, got {count}; --scheduler takes a cluster"
        )
    return count


def megabytes_of_process(text: str) -> int:
    """Parse megabytes in which pages can be read at all."""
    expected = f"a whole number of at least {_LEAST_MEMORY_MB}"
    return option_types.checked(
        int, text, expected, lambda value: value >= _LEAST_MEMORY_MB
    )


def seconds_of_page(text: str) -> float:
    """Parse seconds in which a page can be read."""
    expected = f"a number of at least {_LEAST_TIME_S:g}"
    return option_types.checked(
        float, text, expected, lambda value: _LEAST_TIME_S <= value < math.inf
    )


@dataclass(frozen=True)
class EngineOptions:
    """Options of the workers that read an archive, and of what they read."""

    workers: int | None = option(
        None,
        f"processes on this machine, at most {_MOST_WORKERS_OF_CORE} a core (default: "
        "one a core)",
        parse=worker_count,
        metavar="N",
    )
    scheduler: str | None = option(
        None,
        "a Dask cluster instead; its workers see SOURCE and OUT, too",
        metavar="URL",
    )
    shard_size: int = option(
        500,
        "files that are read together, at most; those listed before stay as they are",
        parse=option_types.positive,
        metavar="N",
    )
    time_limit_s: float = option(
        120.0,
        f"seconds for a file to come or for a page, at least {_LEAST_TIME_S:g}",
        flag="--time-limit",
        parse=seconds_of_page,
        metavar="S",
    )
    memory_limit_mb: int = option(
        2000,
        f"megabytes of a process that reads, at least {_LEAST_MEMORY_MB}",
        flag="--memory-limit",
        parse=megabytes_of_process,
        metavar="MB",
    )
    again: str | None = option(
        None,
        "read shards again that have pages of this status, such as missing, once a "
        "server is back",
        choices=STATUSES[1:],
        metavar="STATUS",
    )
    sample: int | None = option(
        None,
        "only read so many files and estimate the time for all; nothing of it is kept "
        "but the list of the files",
        parse=option_types.positive,
        metavar="N",
    )
    price: float | None = option(
        None,
        "of the workers that there are, an hour, for --sample",
        parse=option_types.positive_number,
        metavar="P",
    )


@dataclass(frozen=True)
class PageOptions:
    """Options of decoding pages, besides `ReaderSettings`."""

    dpi: int = option(200, "of pages of PDF files", parse=option_types.positive)


@dataclass(frozen=True)
class FieldOptions:
    """Options of the fields of a page."""

    config: Path | None = option(
        None,
        "take fields and these options from the settings file of edge-digits run",
        metavar="FILE",
    )


@dataclass(frozen=True)
class ResultOptions:
    """Options that choose among the results of an archive."""

    fingerprint: str | None = option(
        None,
        "which readings, where there are several; else those of the settings that were "
        "read with last",
        metavar="HEX",
    )


@dataclass(frozen=True)
class FindOptions:
    """Options of what becomes of the numbers that are found."""

    crops: Path | None = option(
        None,
        "write a picture of each hit, too",
        parse=option_types.path,
        metavar="DIR",
    )
    json: bool = option(False, "print a JSON object a line", action="store_true")


@dataclass(frozen=True)
class ExportOptions:
    """Options of writing tables."""

    format: Literal["csv", "jsonl"] = option("csv", "of the tables")


@dataclass(frozen=True)
class ReviewOptions:
    """Options of a review: what it shows, or what becomes of it."""

    count: int = option(
        200, "numbers on the page, the least certain ones", parse=option_types.positive
    )
    take: Path | None = option(
        None,
        "instead, add what the page has saved to the archive's corrections",
        metavar="FILE",
    )
    training: Path | None = option(
        None,
        "instead, write the corrected digits for python -m train --extra DIR",
        parse=option_types.path,
        metavar="DIR",
    )
