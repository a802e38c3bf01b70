"""The reader that a benchmark measures: its options, and how it is opened."""

import argparse
from dataclasses import dataclass
from typing import Literal

from edge_app import find
from edge_app.common import option_fields, option_types
from edge_app.common.geometry import Quarter
from edge_app.common.option_fields import option, values_of
from edge_app.model import classify
from edge_app.reader import Reader

READER_NAMES = ("page", "page-lite", find.CLASSIC)


@dataclass(frozen=True)
class Choice:
    """Choice of a reader, small enough to travel to other processes."""

    finder: str | None = option(
        None,
        f"what finds the digits: {', '.join(READER_NAMES)}, or a page network's file",
        flag="--reader",
        metavar="NAME_OR_PATH",
    )
    model: str | None = option(None, "which model reads", metavar="NAME_OR_PATH")
    num_threads: int = option(
        1, "of OpenCV and the model", flag="--threads", parse=option_types.positive
    )

    def __str__(self) -> str:
        """Return what a title calls it."""
        finder = self.finder or "the default reader"
        return f"{finder} and {self.model or classify.default_model()}"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which reader is measured."""
    option_fields.add_options(parser, Choice, names=("finder", "model"))


def add_reader(parser: argparse.ArgumentParser) -> None:
    """Add the option that says what finds the digits."""
    option_fields.add_options(parser, Choice, names=("finder",))


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add the option that says on how many threads a reader reads."""
    option_fields.add_options(parser, Choice, names=("num_threads",))


def chosen(arguments: argparse.Namespace) -> Choice:
    """Return what these options ask for."""
    return Choice(**values_of(Choice, arguments))


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
