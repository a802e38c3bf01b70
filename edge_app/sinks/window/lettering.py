"""Text in a window's picture, in as many lines as its width needs."""

import textwrap
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.draw import FONT

_BETWEEN_WORDS = "   "  # between parts, each of which stays in one line


@dataclass(frozen=True)
class _Lettering:
    """The size of the text.

    Attributes:
        font_scale: Of OpenCV's font.
        letter_width_px: At most, about.
        line_height_px: From a line to the next.
        margin_wh: Beside a text and below it, in pixels.
    """

    font_scale: float = 0.5
    letter_width_px: int = 10
    line_height_px: int = 20
    margin_wh: tuple[int, int] = (8, 10)


_LETTERING = _Lettering()


def write_above(picture: NDArray[np.uint8], text: str) -> None:
    """Write a text of any length at the top.

    Args:
        picture: `(H, W, 3)` uint8, BGR; is written on.
        text: What is broken between its words.
    """
    width = max(10, picture.shape[1] // _LETTERING.letter_width_px)
    for number, line in enumerate(textwrap.wrap(text, width), 1):
        _write(picture, line, _LETTERING.line_height_px * number)


def write_below(picture: NDArray[np.uint8], *texts: str) -> None:
    """Write texts at the bottom, one below the other.

    Args:
        picture: `(H, W, 3)` uint8, BGR; is written on.
        texts: What is broken between its parts, which three spaces separate.
    """
    width = picture.shape[1] - 2 * _LETTERING.margin_wh[0]
    bottom = picture.shape[0] - _LETTERING.margin_wh[1]
    lines = [line for text in texts for line in in_lines(text, width)]
    for number, line in enumerate(reversed(lines)):
        _write(picture, line, bottom - _LETTERING.line_height_px * number)


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
    (width, _), _ = cv2.getTextSize(text, FONT, _LETTERING.font_scale, 1)
    return width


def _write(picture: NDArray[np.uint8], text: str, baseline: int) -> None:
    for color, thickness in (((255, 255, 255), 4), ((60, 60, 60), 1)):
        cv2.putText(
            picture,
            text,
            (_LETTERING.margin_wh[0], baseline),
            FONT,
            _LETTERING.font_scale,
            color,
            thickness,
            cv2.LINE_AA,
        )
