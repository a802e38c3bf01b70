"""Options that mean the same in all commands: data sets, run folders."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from edge_app.common import option_types
from edge_app.common.option_fields import option


@dataclass(frozen=True)
class DataOptions:
    """Folders of the data sets, and how many processes prepare them."""

    data: Path | None = option(
        None,
        "MNIST: a folder of IDX files or an NPZ file (default: download it once)",
        metavar="PATH",
    )
    unknowns: Path | None = option(
        None,
        "Omniglot: images_background_small1.zip and ...small2.zip, whose letters teach "
        "what is no digit (default: download them once)",
        metavar="DIR",
    )
    strokes: Path | None = option(
        None,
        "pen strokes of real hands: UNIPEN's train_r01_v07, or a folder with NPZ files "
        "made of it (see docs/train.md)",
        metavar="DIR",
    )
    jobs: int = option(2, "processes at once", parse=option_types.positive)


def add_run(parser: argparse.ArgumentParser, default: Path | None, text: str) -> None:
    """Add the option that names the folder of the results; `text` is its help."""
    parser.add_argument(
        "--run", type=option_types.path, default=default, metavar="DIR", help=text
    )
