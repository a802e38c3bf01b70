"""The truth of a picture, as people or a renderer know it."""

from dataclasses import dataclass
from typing import Literal

from edge_app.common.geometry import BoxF

OtherKind = Literal[
    "letter", "print", "slash", "minus", "point", "comma", "colon", "symbol"
]


@dataclass(frozen=True)
class LabeledDigit:
    """A digit somewhere, true or predicted.

    Attributes:
        box: x, y, width and height in pixels.
        label: 0 to 9.
        difficult: A true digit that even people read in doubt.
    """

    box: BoxF
    label: int
    difficult: bool = False


@dataclass(frozen=True)
class Other:
    """Something on a picture that is no handwritten digit.

    Attributes:
        box: x, y, width and height in pixels.
        kind: `letter` for handwritten letters and whole words, `print` for printed
            signs, printed digits among them, `symbol` for all handwriting else.
    """

    box: BoxF
    kind: OtherKind


@dataclass(frozen=True)
class Truth:
    """Contents of one photograph.

    Attributes:
        file: Its image's name.
        digits: The handwritten digits.
        soft: Boxes where predictions are neither right nor false.
        numbers: Indexes of the digits of each number, or line of text, from left to
            right.
        others: What else is written or printed on it, as far as a renderer says so.
    """

    file: str
    digits: tuple[LabeledDigit, ...]
    soft: tuple[BoxF, ...] = ()
    numbers: tuple[tuple[int, ...], ...] = ()
    others: tuple[Other, ...] = ()
