"""The files of a folder, a list, a pattern or a URL."""

import itertools
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import fsspec
from fsspec.core import has_magic, url_to_fs
from fsspec.implementations.local import LocalFileSystem

from edge_app.common.errors import ArchiveError
from edge_app.sources.pictures.folder import PICTURE_SUFFIXES as PICTURES

SCAN_SUFFIXES = PICTURES | {".pdf"}
_LISTS = {".txt", ".lst", ".list"}
UNKNOWN_SIZE = -1
_MICROSECONDS = 1_000_000


class Found(NamedTuple):
    """A file that is there, or that a list names.

    Attributes:
        path: Absolute, or a URL.
        size_bytes: `UNKNOWN_SIZE` where nobody says.
        mtime_us: Microseconds since 1970 at which it last changed; 0 where nobody says.
    """

    path: str
    size_bytes: int
    mtime_us: int


def files(source: str, *, but: Path | None = None) -> Iterator[Found]:
    """Yield the files of a source, in no order.

    Args:
        source: A folder, of which pictures and PDF files are taken, with all folders in
            it; a text file that lists paths or URLs, one a line; a pattern such as
            `scans/**/*.tif`; a picture; or a URL of any of these that fsspec knows.
        but: A folder that is passed over: the archive's own.

    Raises:
        ArchiveError: There is no such thing, or nothing to read there, or it cannot be
            listed.
    """
    is_empty = True
    for found in _found(source, but):
        is_empty = False
        yield found
    if is_empty:
        raise ArchiveError(
            f"{source}: no pictures or PDF files there; a folder, a pattern in quotes "
            "or a list of some expected"
        )


def _found(source: str, but: Path | None) -> Iterator[Found]:
    path = Path(source).absolute()
    if "://" not in source and path.is_dir():
        return _in_folder(path, but)
    if "://" not in source and not path.exists() and not has_magic(source):
        raise ArchiveError(f"{source}: no such folder or file")
    return _of_url(source)


def _in_folder(folder: Path, but: Path | None) -> Iterator[Found]:
    """Yield the files in a folder of this machine, never more than one in memory."""
    for entry in _entries(folder, but):
        if not _is_scan(entry.name):
            continue
        try:
            known = entry.stat()
        except FileNotFoundError:  # it was deleted just now
            continue
        # As fsspec tells times: the same file is the same whichever way it is named.
        time_us = int(known.st_mtime * _MICROSECONDS)
        yield Found(_text(entry.path), known.st_size, time_us)


def _entries(folder: Path, but: Path | None) -> Iterator[os.DirEntry[str]]:
    below = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    below.append(Path(entry.path))
            elif entry.is_file():
                yield entry
    for path in below:
        if path != but:
            yield from _entries(path, but)


def _is_scan(name: str) -> bool:
    return Path(name).suffix.lower() in SCAN_SUFFIXES and not name.startswith(".")


def _text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise ArchiveError(
            f"{path}: a name in UTF-8 expected; rename the file (convmv does many)"
        ) from error
    return path


def _of_url(source: str) -> Iterator[Found]:
    try:
        system, path = url_to_fs(source)
        base = ""
        if has_magic(path) and not system.exists(path):
            base = _before_magic(path)
            found = system.glob(path, detail=True).values()
        elif system.isdir(path):
            base = path
            found = system.find(path, detail=True).values()
        elif Path(path).suffix.lower() in _LISTS:
            base = "" if "://" in source else str(Path(source).absolute().parent)
            yield from _listed(system.cat_file(path).decode("utf-8-sig"), base)
            return
        else:
            found = [system.info(path)]
        seen = (entry for entry in found if not _is_below_hidden(entry["name"], base))
        yield from _pictures(seen, _root(source, system, path))
    except ArchiveError:
        raise
    except FileNotFoundError as error:
        raise ArchiveError(f"{source}: no such folder or file") from error
    except Exception as error:  # every file system has errors of its own
        raise ArchiveError(f"{source}: cannot be listed ({error})") from error


def _before_magic(pattern: str) -> str:
    """Return the folder that a pattern begins with, up to its first special sign."""
    whole = itertools.takewhile(lambda part: not has_magic(part), pattern.split("/"))
    return "/".join(whole)


def _is_below_hidden(name: str, base: str) -> bool:
    """Return whether a folder below `base` that holds a file begins with a dot."""
    below = name.removeprefix(base).split("/")[:-1]
    return base != "" and any(part.startswith(".") for part in below)


def _root(source: str, system: fsspec.AbstractFileSystem, path: str) -> str:
    """Return what makes a URL of a name that a file system tells: protocol and host."""
    if isinstance(system, LocalFileSystem):
        return ""
    return source.rstrip("/").removesuffix(path.rstrip("/"))


def _pictures(found: Iterable[dict[str, Any]], root: str) -> Iterator[Found]:
    for entry in found:
        name = str(entry["name"])
        if entry["type"] == "file" and _is_scan(Path(name).name):
            yield Found(_text(root + name), *_size_and_time(entry))


def _listed(text: str, base: str) -> Iterator[Found]:
    """Yield what a list names; what is missing is told when it is to be read."""
    for line in text.splitlines():
        if not (name := line.strip()):
            continue
        path = name if "://" in name else str(Path(base, name))
        try:
            system, inner = url_to_fs(path)
            yield Found(path, *_size_and_time(system.info(inner)))
        except FileNotFoundError:
            yield Found(path, UNKNOWN_SIZE, 0)


def _size_and_time(info: dict[str, Any]) -> tuple[int, int]:
    size = info.get("size")
    changed = info.get("mtime") or info.get("LastModified") or 0
    if isinstance(changed, datetime):
        changed = changed.timestamp()
    return (
        UNKNOWN_SIZE if size is None else int(size),
        int(changed * _MICROSECONDS),
    )
