"""An estimate of how long an archive would take, by a sample of it."""

import math
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows, shards
from edge_app.archive.store.shards import Line
from edge_app.archive.work import part
from edge_app.archive.work.engine import Job
from edge_app.common.process.quiet import our_process

_FILES_A_JOB = 10


@dataclass(frozen=True)
class Sample:
    """Costs of reading a sample of files.

    Attributes:
        num_files: How many.
        num_pages: How many pages they have.
        size_bytes: Of the files.
        seconds: Of one worker, all together.
    """

    num_files: int
    num_pages: int
    size_bytes: int
    seconds: float

    def hours(self, num_files: int) -> float:
        """Return how long one worker would need for so many files."""
        return self.seconds / self.num_files * num_files / 3600


def shared(hours: float, num_shards: int, num_workers: int) -> float:
    """Return how long workers need together for what takes one of them so long.

    Each of them reads whole shards: more workers than shards are no faster.

    Examples:
        >>> shared(6.0, 3, 1), shared(6.0, 3, 2), shared(6.0, 3, 100)
        (6.0, 4.0, 2.0)
    """
    return hours * math.ceil(num_shards / num_workers) / num_shards


def jobs(settings: ArchiveSettings, manifest: Path, count: int) -> Iterator[Job]:
    """Yield jobs that read files of a manifest, evenly chosen, a few at a time."""
    num_files, _ = shards.count(manifest)
    chosen = set(random.Random(0).sample(range(num_files), min(count, num_files)))
    lines = [
        line
        for _, group in shards.grouped(manifest)
        for line in group
        if line.file in chosen
    ]
    for number in range(math.ceil(len(lines) / _FILES_A_JOB)):
        few = lines[number * _FILES_A_JOB : (number + 1) * _FILES_A_JOB]
        yield Job(f"sample-{number}", measure, (settings, few))


def measure(
    settings: ArchiveSettings, lines: Sequence[Line], *, is_careful: bool
) -> Sample:
    """Read files, keep nothing, and return what it took, without loading models."""
    with our_process():
        read = part.reading(settings, lines, is_careful=is_careful)
        started = time.perf_counter()
        found = [row for page in read for row in page if row["kind"] == rows.PAGE]
    return Sample(
        num_files=len(lines),
        num_pages=len(found),
        size_bytes=sum(row.get("size_bytes", 0) for row in found if row["page"] == 1),
        seconds=time.perf_counter() - started,
    )


def total(samples: Iterable[Sample]) -> Sample:
    """Return samples together."""
    known = list(samples)
    return Sample(
        sum(sample.num_files for sample in known),
        sum(sample.num_pages for sample in known),
        sum(sample.size_bytes for sample in known),
        sum(sample.seconds for sample in known),
    )
