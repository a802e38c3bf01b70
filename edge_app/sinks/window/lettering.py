"""Text in a window's picture, in as many lines as its width needs."""

import textwrap

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.draw import FONT

_FONT_SCALE = 0.5
_LETTER_WIDTH = 10  # pixels, at most about
_LINE_HEIGHT = 20
_MARGIN_WH = (8, 10)  # pixels beside a text and below it
_BETWEEN_WORDS = "   "  # between parts, each of which stays in one line


def write_above(picture: NDArray[np.uint8], text: str) -> None:
    """Write a text of any length at the top.

    Args:
        picture: `(H, W, 3)` uint8, BGR; is written on.
        text: What is broken between its words.
    """
    width = max(10, picture.shape[1] // _LETTER_WIDTH)
    for number, line in enumerate(textwrap.wrap(text, width), 1):
        _write(picture, line, _LINE_HEIGHT * number)


def write_below(picture: NDArray[np.uint8], *texts: str) -> None:
    """Write texts at the bottom, one below the other.

    Args:
        picture: `(H, W, 3)` uint8, BGR; is written on.
        texts: What is broken between its parts, which three spaces separate.
    """
    width = picture.shape[1] - 2 * _MARGIN_WH[0]
    lines = [line for text in texts for line in in_lines(text, width)]
    for number, line in enumerate(reversed(lines)):
        _write(picture, line, picture.shape[0] - _MARGIN_WH[1] - _LINE_HEIGHT * number)


def in_lines(text: str, width: int) -> list[str]:
    """Return the parts of a text in lines that are no wider than so many pixels.

    A part that is wider by itself has a line of its own.
    """
    lines: list[str] = []
    for part in filter(None, text.split(_BETWEEN_WORDS)):
        longer = f"{lines[-1]}{_BETWEEN_WORDS}{part}" if lines else part
        if lines and width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def width_of(text: str) -> int:
    """Return how wide a text is, in pixels."""
    (width, _), _ = cv2.getTextSize(text, FONT, _FONT_SCALE, 1)
    return width


def _write(picture: NDArray[np.uint8], text: str, baseline: int) -> None:
    for color, thickness in (((255, 255, 255), 4), ((60, 60, 60), 1)):
        cv2.putText(
            picture,
            text,
            (_MARGIN_WH[0], baseline),
            FONT,
            _FONT_SCALE,
            color,
            thickness,
            cv2.LINE_AA,
        )
