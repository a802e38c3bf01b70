"""Which reader a benchmark measures: its options, and how it is opened."""

import argparse
from dataclasses import dataclass
from typing import Literal

from edge_app import find
from edge_app.common.geometry import Quarter
from edge_app.model import classify
from edge_app.reader import Reader

NAMES = ("page", find.CLASSIC)


@dataclass(frozen=True)
class Choice:
    """Which reader; small enough to travel to other processes.

    Attributes:
        finder: As `--reader` takes it; `None` for the default one.
        model: As `classify.load` takes it.
        num_threads: Threads an inference may use.
    """

    finder: str | None = None
    model: str | None = None
    num_threads: int = 1

    def __str__(self) -> str:
        """Return what a title calls it."""
        finder = self.finder or "the default reader"
        return f"{finder} and {self.model or classify.default_model()}"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which reader is measured."""
    add_reader(parser)
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="which model reads")


def add_reader(parser: argparse.ArgumentParser) -> None:
    """Add the option that says what finds the digits."""
    parser.add_argument(
        "--reader",
        metavar="NAME_OR_PATH",
        help=f"what finds the digits: {', '.join(NAMES)}, or a page network's file",
    )


def chosen(arguments: argparse.Namespace) -> Choice:
    """Return what the options of `add_options`, and `--threads`, ask for."""
    return Choice(
        arguments.reader, arguments.model, getattr(arguments, "threads", None) or 1
    )


def open_reader(choice: Choice, *, rotate: Quarter | Literal["auto"] = 0) -> Reader:
    """Return the reader that was chosen.

    Args:
        choice: Which one.
        rotate: As `Reader` takes it.

    Raises:
        ModelError: There is no such reader or model, or it does not fit.
        ManifestError: A file is not the one that its manifest describes.
        RuntimeMissingError: Nothing installed here executes it.
    """
    return Reader(
        choice.model, choice.finder, num_threads=choice.num_threads, rotate=rotate
    )
