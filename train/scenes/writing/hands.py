"""Real handwriting: digits, letters, signs and words as pens wrote them.

The pen trajectories are UNIPEN's, in NPZ files: points, where strokes and samples end,
labels, and the file that each sample is from, which stands for its writer. Strokes are
as in `handwriting`: `(N, 2)` float32 points, x to the right, y down, in a line whose
capitals reach from 0 to the base line at 1.

Guyon et al., UNIPEN project of on-line data exchange and recognizer benchmarks, 1994.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from train.scenes.truth import OtherKind
from train.scenes.writing import unipen
from train.scenes.writing.handwriting import Strokes
from train.scenes.writing.in_line import in_line
from train.scenes.writing.trajectories import EVERYWHERE, Part, Trajectories

SYMBOLS = tuple(".,:;-+=*/()[]{}|<>!?$%#&@_^~`'\"\\")
SYMBOL_KINDS: dict[str, OtherKind] = {
    "/": "slash", "-": "minus", ".": "point", ",": "comma", ":": "colon",
}  # fmt: skip
# Letters that are not also digits in somebody's hand.
CLEAR_LETTERS = "AEFHKLMNPRTUVWXYacdefhkmnprtuvwxy"

_ENOUGH_LABELS = 5  # of a file's digits, that a page is written by it


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
            name: Trajectories.read(self.folder, name, part)
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
        for owner in (writer, folder, EVERYWHERE):
            found = pens.by_writer.get(owner, {}).get(label or EVERYWHERE)
            if found:
                index = found[rng.integers(len(found))]
                return pens.labels[index], pens.strokes(index)
        raise ValueError(f"nobody wrote {label!r} in {kind} of {self.folder}")

    def samples(self, kind: str, writer: str = EVERYWHERE) -> list[tuple[str, int]]:
        """Return label and place of every sample of a writer, in the file's order.

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
        return in_line(kind, pens.labels[index], pens.strokes(index))


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
        return in_line(kind, *self.hands.sample(kind, name, self.writer, rng))
