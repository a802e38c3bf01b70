"""The common ground of the benchmarks' commands: their options and their results."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.cli import commands
from edge_app.common import option_types

Row = dict[str, Any]
Add = Callable[["Commands"], None]

_REGISTERED: list[Add] = []


@dataclass(frozen=True)
class Result:
    """The result of a benchmark.

    Attributes:
        title: What was measured, in a line.
        rows: The figures; all rows have the keys of the first.
        shown: The same for people's eyes, `None` where `rows` will do.
    """

    title: str
    rows: list[Row]
    shown: list[Row] | None = None


def in_percent(rows: Sequence[Row]) -> list[Row]:
    """Return rows for people: fractions, which are all shares here, in percent."""
    return [
        {
            name: f"{value:.2%}" if isinstance(value, float) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def share(is_so: Sequence[bool] | NDArray[np.bool_]) -> float | None:
    """Return the share of what is so; `None` of nothing, where JSON has no NaN."""
    return float(np.mean(is_so)) if len(is_so) else None


def benchmark(add: Add) -> Add:
    """Register what adds a benchmark's commands, as soon as its module is imported."""
    _REGISTERED.append(add)
    return add


class Commands:
    """The parsers of all benchmarks; each benchmark's module adds its own."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        """Let `parser` choose between the benchmarks that are registered."""
        self._chosen = parser.add_subparsers(required=True, metavar="BENCHMARK")
        self._examples: list[str] = []
        for add in _REGISTERED:
            add(self)
        parser.epilog = "\n  ".join(["examples:", *sorted(self._examples)])

    def add(
        self,
        name: str,
        run: Callable[[argparse.Namespace], Result],
        *,
        text: str,
        example: str,
    ) -> argparse.ArgumentParser:
        """Return a new benchmark's parser, with the options that all have.

        Args:
            name: What is typed.
            run: Measures, given the parsed options.
            text: What it does, in a few words.
            example: Options that one would type.
        """
        line = f"python -m benchmarks {name} {example}".rstrip()
        self._examples.append(line)
        parser = self._chosen.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"example:\n  {line}",
            formatter_class=commands.HelpFormatter,
        )
        parser.set_defaults(run=run)
        parser.add_argument(
            "--json", action="store_true", help="print a JSON object, not a table"
        )
        parser.add_argument(
            "--result",
            type=option_types.path,
            metavar="FILE",
            help="write it there as JSON, too",
        )
        return parser
