"""Folders that never grow beyond their limit: the oldest files of ours go first."""

import re
from pathlib import Path


def make(
    folder: Path, name_pattern: re.Pattern[str], *, num_bytes: int, max_bytes: int
) -> None:
    """Delete the oldest files until so many bytes more fit.

    Args:
        folder: Where they are.
        name_pattern: Of whole names of files that may be deleted; all else is
            somebody's and neither counted nor touched.
        num_bytes: Of what is to be written next.
        max_bytes: Of all of them together.

    Raises:
        OSError: One of them cannot be deleted.
    """
    sizes = {}
    for path in folder.iterdir():
        if not name_pattern.fullmatch(path.name):
            continue
        try:
            sizes[path] = path.stat()
        except FileNotFoundError:  # just moved away by a person
            continue
    total = num_bytes + sum(status.st_size for status in sizes.values())
    for path in sorted(sizes, key=lambda file: (sizes[file].st_mtime, file.name)):
        if total <= max_bytes:
            return
        path.unlink(missing_ok=True)
        total -= sizes[path].st_size
