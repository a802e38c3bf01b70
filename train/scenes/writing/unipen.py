"""UNIPEN as it is distributed, made into the NPZ files that `hands` reads.

A distribution (train_r01_v07, https://doi.org/10.5281/zenodo.1195803) has labels in
`data/CATEGORY/SOURCE/FILE.dat` and, in `include`, the pen trajectories that these files
include. All are text: a line that starts with a dot and a keyword begins an entry.

Guyon, UNIPEN 1.0 format definition, 1994; there, y grows upward.
"""

import logging
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge_app.common import files
from edge_app.common.errors import DataError

log = logging.getLogger(__name__)

STROKE_FILES = ("digits", "capitals", "lowercase", "symbols", "words")
# What is read of each category. 2 has the characters of 1a to 1d once more, 7 the words
# of 6; the characters of 3 are cut out of words.
_LEVELS = dict.fromkeys(("1a", "1b", "1c", "1d"), "CHAR") | {"6": "WORD"}
_MOST_WORDS = 12_000  # more take memory in every process that renders
_LONGER_SIDES = {"CHAR": 1000, "WORD": 4000}  # units
_DEEPEST_INCLUDE = 4  # files that include files
_CACHE_VERSION = 1  # of what `convert` writes
_DOWNLOAD = "https://doi.org/10.5281/zenodo.1195803"

_Stored = tuple[str, str, list[NDArray[np.int16]]]  # label, writer, strokes
_SEGMENT_LINE = re.compile(r'\S+\s+(\S+)\s+(\S+)\s+"(.+)"', re.DOTALL)
_RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_ESCAPES = {'"': '"', "\\": "\\", "t": " ", "n": " "}


def strokes_folder(folder: Path) -> Path:
    """Return the folder with the NPZ files: this one, or one made of a distribution.

    Args:
        folder: Holds the files of `STROKE_FILES`, or a distribution, which is converted
            once, into the user's cache.

    Raises:
        DataError: It is neither, or a distribution without digits, letters or words.
    """
    if all((folder / f"{name}.npz").is_file() for name in STROKE_FILES):
        return folder
    root = _root(folder)
    identity = f"{root.resolve()} {root.stat().st_mtime_ns} {_CACHE_VERSION}"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    made = cache / "edge-digits" / f"strokes-{zlib.crc32(identity.encode()):08x}"
    if not (made / "digits.npz").is_file():  # written last
        convert(root, made)
    return made


def convert(source: Path, target: Path) -> None:
    """Write the characters and words of a distribution as NPZ files.

    Args:
        source: Folder with `data` and `include` in it, or a few levels below it.
        target: Folder for the files; after an interruption it holds no `digits.npz`.

    Raises:
        DataError: It is no distribution, or one without digits, letters or words.
    """
    root = _root(source)
    samples, skipped = _read(root)
    if missing := [name for name in STROKE_FILES if not samples[name]]:
        raise DataError(
            f"{root}: no {' and no '.join(missing)} in it; the whole of train_r01_v07 "
            f"is expected, see {_DOWNLOAD}"
        )
    if len(samples["words"]) > _MOST_WORDS:
        rng = np.random.default_rng(0)
        chosen = rng.choice(len(samples["words"]), _MOST_WORDS, replace=False)
        samples["words"] = [samples["words"][index] for index in np.sort(chosen)]
    for name in reversed(STROKE_FILES):
        _store(target / f"{name}.npz", samples[name])
    counts = [f"{len(samples[name])} {name}" for name in STROKE_FILES]
    counts += [f"skipped {count} {what}" for what, count in sorted(skipped.items())]
    log.info("UNIPEN: %s; kept in %s", ", ".join(counts), target)


def _root(source: Path) -> Path:
    for pattern in ("data", "*/data", "*/*/data", "*/*/*/data"):
        for data in sorted(source.glob(pattern)):
            if data.is_dir() and (data.parent / "include").is_dir():
                return data.parent
    names = sorted(path.name for path in source.glob("*"))
    held = ", ".join(names[:3] or ["nothing"]) + ", ..." * (len(names) > 3)
    found = f"a folder with {held}" if source.is_dir() else "no folder"
    raise DataError(
        f"{source}: {found}; expected is UNIPEN's train_r01_v07, a folder with data "
        f"and include in it, or {', '.join(STROKE_FILES)} (.npz) made of it; download "
        f"it from {_DOWNLOAD} and unpack it"
    )


def _read(root: Path) -> tuple[dict[str, list[_Stored]], Counter[str]]:
    """Return the samples of a distribution by kind, and how many were left out."""
    data = root / "data"
    samples: dict[str, list[_Stored]] = {name: [] for name in STROKE_FILES}
    skipped: Counter[str] = Counter()
    paths = [path for name in _LEVELS for path in (data / name).rglob("*.dat")]
    # Files of one name in several categories include the same file: it is read once.
    paths.sort(key=lambda path: path.relative_to(data).parts[1:])
    for path in tqdm(paths, unit="file", desc="UNIPEN", leave=False):
        category, *writer = path.relative_to(data).with_suffix("").parts
        level = _LEVELS[category]
        try:
            recording = _Recording.read(path, root / "include")
        except (OSError, ValueError, IndexError):
            skipped["unreadable files"] += 1
            continue
        for segment in recording.segments:
            if segment.startswith(level):
                found = _sample(recording, segment, level)
                if isinstance(found, str):
                    skipped[f"{found} segments"] += 1
                else:
                    kind, label, strokes = found
                    samples[kind].append((label, "/".join(writer), strokes))
    _entries.cache_clear()
    return samples, skipped


@dataclass
class _Recording:
    """Contents of a file, with what it includes.

    Attributes:
        components: Coordinates of each pen-down, `None` for a pen-up.
        segments: Arguments of the file's own `.SEGMENT` entries.
        columns: What the coordinates are.
        resolution: Points per length by axis.
    """

    components: list[str | None] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    columns: tuple[str, ...] = ("X", "Y")
    resolution: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, include: Path) -> "_Recording":
        found = cls()
        for keyword, arguments in _entries(path, include, 0):
            if keyword == "SEGMENT":
                found.segments.append(arguments)
            elif keyword in ("PEN_DOWN", "PEN_UP") and arguments:  # no empty ones
                is_down = keyword == "PEN_DOWN"
                found.components.append(arguments if is_down else None)
            elif keyword == "COORD":
                found.columns = tuple(arguments.split())
            elif keyword[1:] in ("_POINTS_PER_INCH", "_POINTS_PER_MM"):
                found.resolution[keyword[0]] = float(arguments.split()[0])
        return found

    def strokes(self, delineation: str) -> Iterator[NDArray[np.float64]]:
        """Yield the pen-down strokes of a list such as `0,2:10-4:5`, ends included."""
        for part in delineation.split(","):
            match = _RANGE.fullmatch(part)
            if match is None:
                raise ValueError(delineation)
            first, start, last, end = match.groups()
            numbers = range(int(first), int(last or first) + 1)
            for number in numbers:
                text = self.components[number]
                if text is None:
                    continue
                points = self._points(text)
                stop = int(end) + 1 if end and number == numbers[-1] else None
                stroke = points[int(start or 0) if number == numbers[0] else 0 : stop]
                if len(stroke):
                    yield stroke

    def _points(self, text: str) -> NDArray[np.float64]:
        """Return `(N, 2)` x and y, y downward, in y's unit."""
        rows = np.array(text.split(), np.float64).reshape(-1, len(self.columns))
        xy = rows[:, [self.columns.index("X"), self.columns.index("Y")]]
        x, y = (self.resolution.get(axis, 0.0) for axis in "XY")
        return xy * (y / x if x > 0 < y else 1.0, -1.0)


@lru_cache(maxsize=8)
def _entries(path: Path, include: Path, depth: int) -> list[tuple[str, str]]:
    """Return a file's keywords with their arguments, and those of what it includes.

    Segments are the file's own: those of what is included belong to other files.
    """
    if depth > _DEEPEST_INCLUDE:
        raise ValueError(f"more than {_DEEPEST_INCLUDE} files include one another")
    found = []
    text = path.read_text(encoding="latin-1")
    for entry in re.split(r"^\.(?=[A-Z])", text, flags=re.MULTILINE)[1:]:
        keyword, *rest = entry.split(maxsplit=1)
        arguments = "".join(rest).strip()
        if keyword == "INCLUDE":
            found += _entries(include / arguments, include, depth + 1)
        elif keyword != "SEGMENT" or depth == 0:
            found.append((keyword, arguments))
    return found


def _sample(
    recording: _Recording, segment: str, level: str
) -> tuple[str, str, list[NDArray[np.int16]]] | str:
    """Return a segment's kind, label and strokes, or why it is left out."""
    match = _SEGMENT_LINE.fullmatch(segment)
    if match is None:
        return "unlabeled"
    delineation, quality, quoted = match.groups()
    label = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], "\0"), quoted)
    if quality == "BAD":
        return "bad"
    if not label.strip() or "\0" in label or (len(label) > 1 and level == "CHAR"):
        return "unlabeled"
    try:
        strokes = list(recording.strokes(delineation))
    except (ValueError, IndexError):  # no such component, no numbers
        strokes = []
    if not strokes:
        return "damaged or empty"
    kind = "words" if level == "WORD" else _kind(label)
    return kind, label, _scaled(strokes, _LONGER_SIDES[level])


def _kind(label: str) -> str:
    if label in "0123456789":
        return "digits"
    letters = "capitals" if label.isupper() else "lowercase"
    return letters if label.isalpha() else "symbols"


def _scaled(
    strokes: list[NDArray[np.float64]], longer_side: int
) -> list[NDArray[np.int16]]:
    """Return strokes that reach from 0,0 to the longer side."""
    every = np.concatenate(strokes)
    low, size = every.min(axis=0), np.ptp(every, axis=0).max()
    scale = longer_side / size if size else 1.0
    return [np.rint((stroke - low) * scale).astype(np.int16) for stroke in strokes]


def _store(path: Path, samples: list[_Stored]) -> None:
    strokes = [stroke for _, _, sample in samples for stroke in sample]
    num_strokes = [len(sample) for _, _, sample in samples]
    with files.replacing(path) as temporary:
        np.savez_compressed(
            temporary,
            points=np.concatenate(strokes),
            stroke_ends=np.cumsum([len(stroke) for stroke in strokes], dtype=np.int32),
            sample_ends=np.cumsum(num_strokes, dtype=np.int32),
            labels=np.array([label for label, _, _ in samples]),
            writers=np.array([writer for _, writer, _ in samples]),
        )
