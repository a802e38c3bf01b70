"""The files of an archive's folder, which all its workers see."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from edge_app.common.errors import ArchiveError

_PART = re.compile(r"part-(\d+)-([0-9a-f]+)\.parquet")
_STALE_S = 3600


@dataclass(frozen=True)
class Store:
    """The files of an archive's results.

    Attributes:
        folder: Absolute, the same on all machines.
    """

    folder: Path

    @property
    def manifest(self) -> Path:
        """Return the list of every file of the archive with its shard."""
        return self.folder / "manifest.parquet"

    @property
    def quarantine(self) -> Path:
        """Return the list of the files that ended the process that read them."""
        return self.folder / "quarantine.txt"

    @property
    def corrections(self) -> Path:
        """Return the table of what a person corrected; see `corrections`."""
        return self.folder / "corrections.csv"

    def settings(self, fingerprint: str) -> Path:
        """Return the file of a fingerprint's settings; the last one is the newest."""
        return self.folder / "settings" / f"{fingerprint}.json"

    def part(self, shard: int, fingerprint: str) -> Path:
        """Return the file of the rows of one shard."""
        return self.folder / "readings" / f"part-{shard:07}-{fingerprint}.parquet"

    def parts(self, fingerprint: str) -> dict[int, Path]:
        """Return the parts that are finished, by shard, in order."""
        found = {}
        for path in self._readings():
            name = _PART.fullmatch(path.name)
            if name is not None and name[2] == fingerprint:
                found[int(name[1])] = path
        return dict(sorted(found.items()))

    @contextmanager
    def reading_parts(self) -> Iterator[None]:
        """Tell in one line that a part is damaged, in a block that reads some.

        Raises:
            ArchiveError: One cannot be read.
        """
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise ArchiveError(
                f"{self.folder}: a part cannot be read ({error}); edge-digits archive "
                f"verify {self.folder} names each that is damaged"
            ) from error

    def fingerprint(self, wanted: str | None = None) -> str:
        """Return the fingerprint whose parts are meant.

        Args:
            wanted: The first characters of it; `None` for the one that was read last.

        Raises:
            ArchiveError: There is none, or several begin so.
        """
        known = sorted(
            (self.folder / "settings").glob("*.json"),
            key=lambda path: path.stat().st_mtime_ns,
        )
        if not known:
            raise ArchiveError(
                f"{self.folder}: nothing was read into it; try: edge-digits archive "
                f"read SOURCE {self.folder}"
            )
        if wanted is None:
            return known[-1].stem
        fitting = [path.stem for path in known if path.stem.startswith(wanted)]
        if len(fitting) != 1:
            names = ", ".join(path.stem for path in known)
            raise ArchiveError(f"one of {names} expected, got {wanted}")
        return fitting[0]

    def sweep(self) -> None:
        """Delete what writers that were ended have left; none writes for so long."""
        for path in self._readings():
            is_temporary = path.name.startswith(".part-")
            if is_temporary and time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink(missing_ok=True)

    def _readings(self) -> Iterator[Path]:
        folder = self.folder / "readings"
        yield from folder.iterdir() if folder.is_dir() else ()
