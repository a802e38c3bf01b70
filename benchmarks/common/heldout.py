"""Handwriting of people whom nobody trained on: where it is, and whose it is."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from edge_app.common import option_fields
from edge_app.common.errors import DataError
from train.data.data_options import DataOptions

if TYPE_CHECKING:  # train.scenes.writing.hands is read where there are strokes
    from train.scenes.writing.hands import Hands
    from train.scenes.writing.trajectories import Part

WRITER_PARTS = ("train", "validation", "test")


def add_options(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add the options that say where pen strokes are and whose are taken.

    Args:
        parser: Of the command.
        required: Whether there is nothing to measure without them.
    """
    add_strokes(parser, required=required)
    parser.add_argument(
        "--part",
        choices=WRITER_PARTS,
        default="test",
        help="of those hands: who writes",
    )


def add_strokes(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add the option that says where pen strokes are; as `add_options`."""
    names = ("strokes",)
    option_fields.add_options(
        parser, DataOptions, names=names, required=names if required else ()
    )


def hands(folder: Path, part: "Part") -> "Hands":
    """Return the hands of one part of the writers.

    Args:
        folder: What `--strokes` names.
        part: Which writers.

    Raises:
        DataError: Their files are not there or malformed.
    """
    from train.scenes.writing.hands import Hands
    from train.scenes.writing.unipen import strokes_folder

    try:
        return Hands(strokes_folder(folder), part)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder}: no pen strokes there ({error})") from error
