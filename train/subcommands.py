"""The commands beside training: their options, and what they show.

The modules that do the work import Keras or Optuna, so each is imported only when its
command runs.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge_app import commands
from train import backend, data

_DATA_HELP = "MNIST: a folder of IDX files or an NPZ file (default: download it once)"


def add(parser: argparse.ArgumentParser, *, show: Callable[[str], None]) -> None:
    """Let `parser` choose one of the commands; without any it goes on as it was.

    Args:
        parser: Of the training. A chosen command is called `command` in what it
            parses, takes that and returns its exit status.
        show: Prints a result.
    """
    parser.set_defaults(show=show)
    chosen = parser.add_subparsers(title="other commands", metavar="COMMAND")
    _add_inspect(chosen)
    _add_architectures(chosen)


def _add(
    chosen: Any, name: str, run: Any, *, text: str, example: str = ""
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = chosen.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=f"example:\n  python -m train {name} {example}".rstrip(),
        formatter_class=commands.HelpFormatter,
    )
    parser.set_defaults(command=run)
    return parser


def _add_inspect(chosen: Any) -> None:
    parser = _add(
        chosen,
        "inspect",
        _inspect,
        text="show what the data set holds, and some of its images",
        example="--data ../shared/data/mnist --sheet digits.png",
    )
    parser.add_argument("--data", type=Path, metavar="PATH", help=_DATA_HELP)
    parser.add_argument(
        "--split", default="standard", choices=data.SPLITS, help="which images test"
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE",
        default=Path("runs") / "digits.png",
        help="picture of some images: .png, .svg or .pdf",
    )
    parser.add_argument(
        "--columns", type=commands.positive, default=20, help="images a digit on it"
    )
    parser.add_argument("--seed", type=int, default=1, help="which images those are")


def _inspect(arguments: argparse.Namespace) -> int:
    from tabulate import tabulate

    from train import dataset_view

    training, test = data.load_both(
        arguments.data, arguments.split, seed=arguments.seed
    )
    parts = {"training": training, "test": test}
    facts = [dataset_view.facts(name, part) for name, part in parts.items()]
    arguments.show(tabulate(facts, "keys", "github"))
    arguments.show("\n" + tabulate(dataset_view.distribution(parts), "keys", "github"))
    dataset_view.write_sheet(
        arguments.sheet, training, columns=arguments.columns, seed=arguments.seed
    )
    arguments.show(f"\n{arguments.sheet}: some of the training images")
    return 0


def _add_architectures(chosen: Any) -> None:
    _add(
        chosen,
        "architectures",
        _architectures,
        text="show what each network costs: parameters, multiplications, bytes",
    )


def _architectures(arguments: argparse.Namespace) -> int:
    backend.start()
    from tabulate import tabulate

    from train import summary
    from train.architectures import ARCHITECTURES

    rows = summary.rows(ARCHITECTURES)
    arguments.show(tabulate(rows, "keys", "github", intfmt=","))
    return 0
