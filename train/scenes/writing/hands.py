"""Real handwriting: digits, letters, signs and words as pens wrote them.

The pen trajectories are UNIPEN's, in NPZ files: points, where strokes and samples end,
labels, and the file that each sample is from, which stands for its writer. Strokes are
as in `handwriting`: `(N, 2)` float32 points, x to the right, y down, in a line whose
capitals reach from 0 to the base line at 1.

Guyon et al., UNIPEN project of on-line data exchange and recognizer benchmarks, 1994.
"""

import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo.demo_scene import Points
from train.scenes.truth import Kind
from train.scenes.writing import unipen
from train.scenes.writing.handwriting import Strokes

Part = Literal["train", "validation", "test"]

SYMBOLS = tuple(".,:;-+=*/()[]{}|<>!?$%#&@_^~`'\"\\")
SYMBOL_KINDS: dict[str, Kind] = {
    "/": "slash", "-": "minus", ".": "point", ",": "comma", ":": "colon",
}  # fmt: skip
# Letters that are not also digits in somebody's hand.
CLEAR_LETTERS = "AEFHKLMNPRTUVWXYacdefhkmnprtuvwxy"

# Shares of writers: one for validation, one for test, the rest for training.
_PARTS = 10
_ENOUGH_LABELS = 5  # of a file's digits, that a page is written by it
_RESAMPLED_STEP = 0.045  # between resampled points, of the height of a capital
_FEWEST_POINTS = 4  # of a digit
_LONGEST_WORD = 12  # letters
_EVERYWHERE = ""  # the folder above all folders
# Width over height of a digit: outside are cut ink and other signs.
_ASPECTS = (
    (0.4, 1.6), (0.0, 1.1), (0.45, 1.6), (0.34, 1.2), (0.32, 1.25), (0.46, 1.6),
    (0.32, 1.15), (0.38, 1.5), (0.32, 1.2), (0.31, 1.05),
)  # fmt: skip

# Where signs stand in a line: top and bottom, or, of flat ones, middle and width.
_X_HEIGHT, _ASCENDER, _DESCENDER = (0.42, 1.0), (0.0, 1.0), (0.42, 1.42)
_TOP_AND_BOTTOM: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", _X_HEIGHT),
    **dict.fromkeys("gpqy", _DESCENDER),
    **dict.fromkeys("([{|)]}/\\", (-0.08, 1.12)),
    **dict.fromkeys("<>", (0.32, 0.88)),
    **dict.fromkeys("'\"`^", (-0.02, 0.26)),
    "i": (0.15, 1.0), "j": (0.15, 1.42), "t": (0.12, 1.0), "*": (0.1, 0.55),
    "+": (0.28, 0.85), ",": (0.88, 1.18), ":": (0.42, 0.98), ";": (0.45, 1.18),
}  # fmt: skip
_FLAT = {"-": (0.56, 0.42), "=": (0.56, 0.5), "_": (1.05, 0.6), "~": (0.55, 0.55)}
_POINT = 0.07  # size of a full stop


class Hands:
    """Everybody's handwriting of one part of the writers."""

    def __init__(self, folder: Path, part: Part) -> None:
        """Read the files.

        Args:
            folder: Holds `digits.npz`, `capitals.npz`, `lowercase.npz`, `symbols.npz`
                and `words.npz`, or UNIPEN as it is distributed.
            part: Of the writers: whoever trains on some does not test on them.

        Raises:
            DataError: It is neither.
        """
        self.folder, self.part = unipen.strokes_folder(Path(folder)), part
        self._pens = {
            name: _Trajectories.read(self.folder, name, part)
            for name in unipen.STROKE_FILES
        }
        digits = self._pens["digits"].by_writer
        self.writers = tuple(
            sorted(
                writer
                for writer, labels in digits.items()
                if "/" in writer and len(labels) >= _ENOUGH_LABELS  # no whole folder
            )
        )

    def __reduce__(self) -> tuple[type["Hands"], tuple[Path, Part]]:
        """Pickle the path only: other processes read the files themselves."""
        return Hands, (self.folder, self.part)

    def writer(self, rng: np.random.Generator) -> "Hand":
        """Choose a writer for a page."""
        return Hand(self, self.writers[rng.integers(len(self.writers))])

    def sample(
        self, kind: str, label: str | None, writer: str, rng: np.random.Generator
    ) -> tuple[str, Strokes]:
        """Return one recorded sample, by a writer or by the one nearest to them.

        Args:
            kind: One of the files' names.
            label: What is written; `None` for anything.
            writer: Whose; who has none of it borrows from the same folder, else from
                anybody.
            rng: Source of the choice.

        Returns:
            Its label, and its strokes in the recorder's units.

        Raises:
            ValueError: Nobody wrote that.
        """
        pens = self._pens[kind]
        folder = writer.partition("/")[0]
        for owner in (writer, folder, _EVERYWHERE):
            found = pens.by_writer.get(owner, {}).get(label or _EVERYWHERE)
            if found:
                index = found[rng.integers(len(found))]
                return pens.labels[index], pens.strokes(index)
        raise ValueError(f"nobody wrote {label!r} in {kind} of {self.folder}")

    def samples(self, kind: str, writer: str = _EVERYWHERE) -> list[tuple[str, int]]:
        """Label and place of every sample of a writer, in the file's order.

        Args:
            kind: One of the files' names.
            writer: Whose; those of all of them by default.
        """
        pens = self._pens[kind]
        of_all = pens.by_writer.get(writer, {})
        indexes = {i for found in of_all.values() for i in found}
        return [(pens.labels[index], index) for index in sorted(indexes)]

    def label(self, kind: str, index: int) -> str:
        """Return what the sample at a place in a file is."""
        return self._pens[kind].labels[index]

    def strokes(self, kind: str, index: int) -> Strokes:
        """Return the sample at a place in a file, of its size and height in a line."""
        pens = self._pens[kind]
        return _in_line(kind, pens.labels[index], pens.strokes(index))


@dataclass(frozen=True)
class Hand:
    """One person's handwriting.

    Attributes:
        hands: Where it is kept.
        writer: The name of the file, after which all else is chosen.
    """

    hands: Hands
    writer: str

    def digit(self, label: int, rng: np.random.Generator) -> Strokes:
        """Write a digit; its height is 1."""
        return self._sample("digits", str(label), rng)

    def letter(self, rng: np.random.Generator, name: str | None = None) -> Strokes:
        """Write a letter that nobody takes for a digit, or the one that is named."""
        if name is None:
            name = CLEAR_LETTERS[rng.integers(len(CLEAR_LETTERS))]
        return self._sample("capitals" if name.isupper() else "lowercase", name, rng)

    def symbol(self, name: str, rng: np.random.Generator) -> Strokes:
        """Write one of `SYMBOLS`, of its size and at its height in a line."""
        return self._sample("symbols", name, rng)

    def word(self, rng: np.random.Generator) -> Strokes:
        """Write a word, printed or cursive."""
        return self._sample("words", None, rng)

    def _sample(self, kind: str, name: str | None, rng: np.random.Generator) -> Strokes:
        return _in_line(kind, *self.hands.sample(kind, name, self.writer, rng))


@dataclass(frozen=True)
class _Trajectories:
    """One file's samples, flat as they are stored.

    Attributes:
        points: `(P, 2)` int16.
        stroke_ends: `(S,)`, in `points`.
        sample_ends: `(N,)`, in `stroke_ends`.
        labels: Of each sample.
        by_writer: Indexes of samples by owner (a writer, a folder, or anybody) and
            label (or any).
    """

    points: NDArray[np.int16]
    stroke_ends: NDArray[np.int32]
    sample_ends: NDArray[np.int32]
    labels: list[str]
    by_writer: dict[str, dict[str, list[int]]] = field(repr=False)

    @classmethod
    def read(cls, folder: Path, name: str, part: Part) -> "_Trajectories":
        with np.load(Path(folder) / f"{name}.npz", allow_pickle=False) as stored:
            points, stroke_ends, sample_ends = (
                stored[key] for key in ("points", "stroke_ends", "sample_ends")
            )
            # Escaped quotation marks and backslashes; an escaped at sign is no label.
            labels = [
                {'\\"': '"', "\\\\": "\\"}.get(label, label)
                for label in stored["labels"].tolist()
            ]
            writers = stored["writers"].tolist()
        by_writer: dict[str, dict[str, list[int]]] = {}
        is_chosen = {writer: part_of(writer) == part for writer in set(writers)}
        usable = _usable(name, labels, points, stroke_ends, sample_ends)
        for index in np.flatnonzero(usable).tolist():
            writer = writers[index]
            if not is_chosen[writer]:
                continue
            for owner in (writer, writer.partition("/")[0], _EVERYWHERE):
                of_owner = by_writer.setdefault(owner, defaultdict(list))
                of_owner[labels[index]].append(index)
                if name == "words":
                    of_owner[_EVERYWHERE].append(index)
        return cls(points, stroke_ends, sample_ends, labels, by_writer)

    def strokes(self, index: int) -> Strokes:
        first = int(self.sample_ends[index - 1]) if index else 0
        start = int(self.stroke_ends[first - 1]) if first else 0
        found = []
        for end in self.stroke_ends[first : self.sample_ends[index]].tolist():
            if end > start:
                found.append(self.points[start:end].astype(np.float32))
            start = end
        return found


def part_of(writer: str) -> Part:
    """Return the part that a writer's file belongs to, by its name alone."""
    share = zlib.crc32(writer.encode()) % _PARTS
    return "validation" if share == 0 else "test" if share == 1 else "train"


def _usable(
    name: str,
    labels: list[str],
    points: NDArray[np.int16],
    stroke_ends: NDArray[np.int32],
    sample_ends: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Return whether each sample's shape can be what its label says, `(N,)`."""
    ends = stroke_ends[sample_ends - 1]
    starts = np.concatenate([[0], ends[:-1]])
    is_usable = np.asarray(ends > starts)
    if name == "words":
        lengths = np.array([len(label) for label in labels])
        is_plain = np.array([label.isalpha() for label in labels])
        is_usable &= is_plain & (lengths > 1) & (lengths <= _LONGEST_WORD)
    safe = np.minimum(starts, len(points) - 1)
    width, height = (
        np.maximum.reduceat(points, safe).astype(np.float32)
        - np.minimum.reduceat(points, safe)
    ).T
    if name == "digits":
        low, high = np.array(_ASPECTS)[np.array(labels).astype(int)].T
        is_usable &= ends - starts >= _FEWEST_POINTS
        is_usable &= (width >= low * height) & (width <= high * height)
    elif name in ("capitals", "lowercase"):
        is_usable &= (width <= 2.5 * height) & (ends - starts >= _FEWEST_POINTS)
    elif name == "words":
        is_usable &= (width >= height) & (width <= 9 * height)
    return is_usable


def _in_line(kind: str, label: str, strokes: Strokes) -> Strokes:
    """Return what was recorded, of its size and at its height in a line."""
    if kind == "digits":
        return _placed(strokes, *_ASCENDER)
    if kind == "words":
        places = [_TOP_AND_BOTTOM.get(letter, _ASCENDER) for letter in label]
        top = min(place[0] for place in places)
        return _placed(strokes, top, max(place[1] for place in places))
    if label == ".":
        return _sized(strokes, _POINT, middle_y=1 - _POINT / 2)
    if label in _FLAT:
        middle, width = _FLAT[label]
        return _sized(strokes, width, middle_y=middle)
    return _placed(strokes, *_TOP_AND_BOTTOM.get(label, _ASCENDER))


def _placed(strokes: Strokes, top: float, bottom: float) -> Strokes:
    """Scale strokes so that they reach from one height to another."""
    every = np.concatenate(strokes)
    lowest = every.min(axis=0)
    width, height = np.ptp(every, axis=0)
    scale = (bottom - top) / max(float(height), 0.12 * float(width), 1.0)
    return [_even((stroke - lowest) * scale + (0, top)) for stroke in strokes]


def _sized(strokes: Strokes, size: float, *, middle_y: float) -> Strokes:
    """Scale strokes by their longer side, around a height."""
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = size / max(float((high - low).max()), 1.0)
    middle = np.array([low[0], (low[1] + high[1]) / 2])
    return [_even((stroke - middle) * scale + (0, middle_y)) for stroke in strokes]


def _even(stroke: NDArray[np.floating]) -> Points:
    """Return a stroke's points at even distances, its jags smoothed."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = float(along[-1])
    if length < _RESAMPLED_STEP / 4:  # a dot
        return np.array([stroke[0], stroke[0] + (0.01, 0.01)], np.float32)
    at = np.linspace(0, length, max(3, round(length / _RESAMPLED_STEP) + 1))
    points = np.stack([np.interp(at, along, axis) for axis in stroke.T], axis=1)
    points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    return points.astype(np.float32)
