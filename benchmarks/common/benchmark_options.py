"""Options that several benchmarks have: one flag means one thing in all of them.

`--data` and `--unknowns` are what `python -m train` calls so. Which reader is measured,
and whose handwriting, is asked for by `readers` and `heldout`.
"""

import argparse

from edge_app.common import option_types
from edge_app.common.option_fields import add_options
from train.data.data_options import DataOptions
from train.fit.fit_settings import Settings


def add_data(parser: argparse.ArgumentParser, *, without_it: str | None = None) -> None:
    """Add the option that says where MNIST is.

    Args:
        parser: Of the command.
        without_it: What happens without it, unless MNIST is downloaded then.
    """
    if without_it is None:
        add_options(parser, DataOptions, names=("data",))
    else:
        parser.add_argument(
            "--data",
            type=option_types.path,
            metavar="PATH",
            help=f"MNIST: a folder of IDX files or an NPZ file (default: {without_it})",
        )


def add_unknowns(parser: argparse.ArgumentParser) -> None:
    """Add the option that says where Omniglot is."""
    add_options(parser, DataOptions, names=("unknowns",))


def add_photos(parser: argparse.ArgumentParser) -> None:
    """Add the option that says which photographs are read, too."""
    parser.add_argument(
        "--photos",
        type=option_types.path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="photographs and their NAME.json",
    )


def add_models(parser: argparse.ArgumentParser) -> None:
    """Add the option that says which models are measured."""
    parser.add_argument(
        "--models",
        nargs="+",
        metavar="NAME_OR_PATH",
        help="which models (default: all shipped ones that run here)",
    )


def add_count(
    parser: argparse.ArgumentParser, what: str, *, default: int | None
) -> None:
    """Add the option that says how many samples are read.

    Args:
        parser: Of the command.
        what: What is counted, for the help.
        default: How many, unless another number is asked for.
    """
    parser.add_argument(
        "--count", type=option_types.positive, default=default, help=what
    )


def add_runs(parser: argparse.ArgumentParser, what: str, *, default: int) -> None:
    """Add the option that says how often something is timed; as `add_count`."""
    parser.add_argument(
        "--runs", type=option_types.positive, default=default, help=what
    )


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how many processes work."""
    add_options(parser, DataOptions, names=("jobs",))


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the option that decides everything random."""
    add_options(parser, Settings, names=("seed",))


def add_plot(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the option that asks for a picture; `what` is drawn, for the help."""
    parser.add_argument(
        "--plot", type=option_types.path, metavar="FILE", help=f"draw {what} there"
    )
