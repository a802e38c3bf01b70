"""The types of options' values: parsers for argparse's `type`."""

import argparse
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from edge_app.common.process.environment import MAX_IMAGE_PIXELS

LONGEST_SIDE_PX = 16_384  # more than any camera has

_Value = TypeVar("_Value", int, float)


def checked(
    kind: Callable[[str], _Value],
    text: str,
    expected: str,
    is_fit: Callable[[_Value], bool],
) -> _Value:
    """Return a number that was typed.

    Args:
        kind: Makes it of the text: `int` or `float`.
        text: What was typed.
        expected: What an error's message says of the numbers that are taken.
        is_fit: Whether a number is one of these.

    Raises:
        argparse.ArgumentTypeError: It is no number, or none that is taken.
    """
    try:
        value = kind(text)
    except ValueError as error:
        message = f"{expected} expected, got {text!r}"
        raise argparse.ArgumentTypeError(message) from error
    if not is_fit(value):
        raise argparse.ArgumentTypeError(f"{expected} expected, got {text}")
    return value


def whole(text: str) -> int:
    """Parse a whole number."""
    return checked(int, text, "a whole number", lambda _: True)


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    expected = "a whole number of at least 1"
    return checked(int, text, expected, lambda value: value >= 1)


def region(text: str) -> tuple[int, int, int, int]:
    """Parse a region `X,Y,W,H` in pixels."""
    try:
        x, y, w, h = (int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"X,Y,W,H in pixels expected, such as 0,0,320,240, got {text}"
        ) from error
    if min(x, y) < 0 or min(w, h) < 1:
        raise argparse.ArgumentTypeError(
            f"X and Y of at least 0, W and H of at least 1 expected, got {text}"
        )
    return x, y, w, h


def filled(text: str) -> str:
    """Check that a text is not empty, as a shell's variable that is not set is."""
    if not text:
        raise argparse.ArgumentTypeError(f"a name or a path expected, got {text!r}")
    return text


def path(text: str) -> Path:
    """Parse the path of a file or folder; a URL is none."""
    if "://" in text:
        raise argparse.ArgumentTypeError(
            f"a path of this machine's file system expected, got the URL {text}"
        )
    return Path(filled(text))


def picture(text: str) -> Path:
    """Parse the path of a picture; a URL is told what reads it."""
    if "://" in text:
        raise argparse.ArgumentTypeError(
            f"a file expected, got the URL {text}; try: edge-digits run --source {text}"
        )
    return path(text)


def expression(text: str) -> "re.Pattern[str]":
    """Return a regular expression, compiled.

    Raises:
        ValueError: It is none, or one that Python cannot compile.
    """
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def pattern(text: str) -> str:
    """Check a regular expression."""
    try:
        expression(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"a regular expression such as [0-9]{{5}} expected, got {text} ({error})"
        ) from error
    return text


def size(text: str) -> tuple[int, int]:
    """Parse a size such as 1280x720."""
    found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"a size such as 1280x720 expected, got {text}"
        )
    width, height = int(found[1]), int(found[2])
    if max(width, height) > LONGEST_SIDE_PX or width * height > MAX_IMAGE_PIXELS:
        raise argparse.ArgumentTypeError(
            f"at most {LONGEST_SIDE_PX} pixels a side and {MAX_IMAGE_PIXELS // 10**6} "
            f"megapixels expected, got {text}"
        )
    return width, height


def fourcc(text: str) -> str:
    """Parse a pixel format's four characters."""
    if len(text) != 4 or not text.isascii():
        message = f"four letters such as MJPG or YUYV expected, got {text}"
        raise argparse.ArgumentTypeError(message)
    return text.upper()


def number(text: str) -> float:
    """Parse a number that is finite."""
    return checked(float, text, "a finite number", math.isfinite)


def positive_number(text: str) -> float:
    """Parse a number above 0."""
    expected = "a number above 0"
    return checked(float, text, expected, lambda value: 0 < value < math.inf)


def share(text: str) -> float:
    """Parse a number from 0 to 1."""
    return checked(float, text, "a number from 0 to 1", lambda value: 0 <= value <= 1)


def port(text: str) -> int:
    """Parse a TCP port; 0 stands for any free one."""
    expected = "a port from 0 to 65535"
    return checked(int, text, expected, lambda value: 0 <= value <= 65535)


class Sources(argparse.Action):
    """Keep each source that is given, the last one as the option's value."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _option: str | None = None,
    ) -> None:
        """Take one more."""
        if not values:
            raise argparse.ArgumentError(
                self, f"a source such as 0, clip.mp4 or demo expected, got {values!r}"
            )
        namespace.sources = (*getattr(namespace, "sources", ()), values)
        setattr(namespace, self.dest, values)
