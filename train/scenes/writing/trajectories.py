"""Pen trajectories of many writers, flat as their NPZ files hold them."""

import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from train.scenes.writing.handwriting import Strokes

Part = Literal["train", "validation", "test"]
# Shares of writers: one for validation, one for test, the rest for training.
_NUM_WRITER_PARTS = 10
_FEWEST_POINTS = 4  # of a digit
_LONGEST_WORD = 12  # letters
EVERYWHERE = ""  # the folder above all folders
# Width over height of a digit: outside are cut ink and other signs.
_ASPECTS = (
    (0.4, 1.6), (0.0, 1.1), (0.45, 1.6), (0.34, 1.2), (0.32, 1.25), (0.46, 1.6),
    (0.32, 1.15), (0.38, 1.5), (0.32, 1.2), (0.31, 1.05),
)  # fmt: skip


@dataclass(frozen=True)
class Trajectories:
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
    def read(cls, folder: Path, name: str, part: Part) -> "Trajectories":
        """Read the usable samples of one part of the writers."""
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
            for owner in (writer, writer.partition("/")[0], EVERYWHERE):
                of_owner = by_writer.setdefault(owner, defaultdict(list))
                of_owner[labels[index]].append(index)
                if name == "words":
                    of_owner[EVERYWHERE].append(index)
        return cls(points, stroke_ends, sample_ends, labels, by_writer)

    def strokes(self, index: int) -> Strokes:
        """Return the strokes of a sample, in the recorder's units."""
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
    share = zlib.crc32(writer.encode()) % _NUM_WRITER_PARTS
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
