"""Printed text from the fonts that Matplotlib brings."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from train.scenes.writing.pens import SHIFT

if TYPE_CHECKING:
    from matplotlib.textpath import TextPath


_FAMILIES = (  # family and weight
    ("DejaVu Sans", "normal"),
    ("DejaVu Serif", "normal"),
    ("DejaVu Sans", "bold"),
    ("STIXGeneral", "normal"),
    ("cmr10", "normal"),
    ("DejaVu Sans Mono", "normal"),
)
NUM_FONTS = len(_FAMILIES)
_PRINTED_EM = 100.0  # size at which outlines are taken
_SPACE = 0.32  # of the font's size
_PRINTED_WORDS = """\
the paper and pencil kitchen table number of monday please return amount name street
city date phone order item price total water garden summer winter yellow window letter
school teacher market bread butter coffee morning Invoice Receipt Meeting Notes Agenda
Address Quantity Signature Customer Delivery Measurement Temperature Homework Exercise
Chapter through every because between around under reading writing simple answer
question machine camera picture"""


@dataclass(frozen=True)
class Glyph:
    """A printed character.

    Attributes:
        character: Which one.
        box: Of its ink, in pixels of the layer.
    """

    character: str
    box: Box

    @property
    def is_digit(self) -> bool:
        """Return whether it is a (printed) digit."""
        return self.character.isdigit()


def line(
    layer: NDArray[np.uint8],
    text: str,
    place: tuple[float, float],
    size: float,
    font: int,
    matrix: NDArray[np.float64],
) -> list[Glyph]:
    """Print a line of text.

    Args:
        layer: `(H, W)` uint8, 0 no ink; changed in place.
        text: What is printed.
        place: Left end of the base line, in pixels of the page.
        size: Of the font, in pixels of the page.
        font: Index of the font, 0 to `NUM_FONTS` - 1.
        matrix: `(3, 3)` map of the page to the layer.

    Returns:
        Its glyphs, blanks left out.
    """
    x, y = place
    glyphs = []
    for character in text:
        if character == " ":
            x += _SPACE * size
            continue
        outlines, advance = _glyph(font, character)
        seen = [
            cv2.perspectiveTransform((outline * size + (x, y))[None], matrix)[0]
            for outline in outlines
        ]
        fixed = [np.rint(outline * (1 << SHIFT)).astype(np.int32) for outline in seen]
        cv2.fillPoly(layer, fixed, 255, cv2.LINE_AA, SHIFT)
        if seen:
            left, top, w, h = cv2.boundingRect(np.concatenate(seen).astype(np.float32))
            glyphs.append(Glyph(character, (int(left), int(top), int(w), int(h))))
        x += advance * size
    return glyphs


def words(rng: np.random.Generator, count: int, *, numbers: bool) -> str:
    """Return some words, with a printed number among them now and then."""
    chosen = list(rng.choice(_PRINTED_WORDS.split(), count))
    if numbers and rng.random() < 0.4:
        chosen.append(str(rng.integers(10_000)))
    return " ".join(chosen)


@cache
def _glyph(font: int, character: str) -> tuple[list[NDArray[np.float64]], float]:
    """Return a character's outlines, y down, and its advance, at size 1."""
    path = _path(font, character)
    outlines = [
        np.asarray(polygon, np.float64) * (1 / _PRINTED_EM, -1 / _PRINTED_EM)
        for polygon in path.to_polygons()
    ]
    # Between two other letters, so that the blank beside the ink counts, too.
    advance = (_right(font, f"n{character}n") - _right(font, "nn")) / _PRINTED_EM
    return outlines, advance


@cache
def _right(font: int, text: str) -> float:
    """Return where the ink of a text ends; Matplotlib takes long to tell."""
    return float(_path(font, text).get_extents().x1)


def _path(font: int, text: str) -> "TextPath":
    # Here, so that only scenes with text need Matplotlib.
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    family, weight = _FAMILIES[font]
    prop = FontProperties(family=family, weight=weight)
    return TextPath((0, 0), text, size=_PRINTED_EM, prop=prop)
