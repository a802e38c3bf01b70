"""Tables of the documents, from what was measured last.

In a document, an HTML comment says what the table after it shows::

    <!-- [[[cog
    tables.show(tables.rows("photos", photo="all"), {"F1": "{f1:.3f}"})
    ]]] -->
    <!-- [[[end]]] -->

`python -m benchmarks.tables` renders all of them with cog, with `--check` it only says
which are not as they would be rendered.
"""

import argparse
import string
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from cogapp import Cog

from benchmarks import references
from benchmarks.common import results
from benchmarks.common.command import Row
from edge_app.common.errors import DataError
from edge_app.model import classify, manifest

DOCUMENTS = ("README.md", "docs/*.md", "edge_app/models/README.md")
_RUNTIME_TITLES = {
    "litert": "LiteRT",
    "onnxruntime": "ONNX Runtime",
    "opencv": "OpenCV",
}


def rows(name: str, **where: object) -> list[Row]:
    """Return the rows of a reference, with its `command` and `measured` on what.

    Args:
        name: Of the measurement.
        where: Values that some columns must have; a list for any of several.

    Raises:
        DataError: There is no such reference, or no such row.
    """
    reference = references.read(name)
    source = {
        "command": reference.command,
        "measured": {reference.command: reference.machine},
    }
    found = [
        {**row, **source}
        for row in reference.rows
        if all(
            row[column] in (value if isinstance(value, list) else [value])
            for column, value in where.items()
        )
    ]
    if not found:
        raise DataError(f"{name}: no row where {where}")
    return found


def shipped(**where: object) -> list[Row]:
    """Return what the manifest says of the shipped models, as `rows`."""
    entries = [
        {**vars(entry), **entry.figures}
        for entry in manifest.read(classify.MODELS).values()
    ]
    return [
        row for row in entries if all(row[key] == value for key, value in where.items())
    ]


def extended(found: Sequence[Row], **columns: str) -> list[Row]:
    """Return rows with columns more, each made of the others as `show` makes cells."""
    return [
        row
        | {name: _CELL_FORMATTER.format(cell, **row) for name, cell in columns.items()}
        for row in found
    ]


def joined(first: Sequence[Row], second: Sequence[Row], *, on: str) -> list[Row]:
    """Return rows with the columns of those of the second with the same `on`.

    Raises:
        KeyError: The second has none such.
    """
    others = {row[on]: row for row in second}
    return [
        {
            **others[row[on]],
            **row,
            "measured": row["measured"] | others[row[on]]["measured"],
        }
        for row in first
    ]


def show(found: Sequence[Row], columns: Mapping[str, str]) -> None:
    """Print a table, below a line that says what was measured where and when.

    Args:
        found: From `rows`, `shipped` or `joined`; several may be added to one another.
        columns: Of each column the title, and what it shows of a row, as `str.format`
            takes it; `:KiB` shows bytes, and what is `None` is left blank.
    """
    cells = [
        [_CELL_FORMATTER.format(cell, **row) for cell in columns.values()]
        for row in found
    ]
    lines = [""]
    if caption := _caption(found, names_commands="{command}" not in str(columns)):
        lines += [f"{caption}:", ""]
    head = [list(columns), ["---"] * len(columns)]
    # Not padded: a longer cell would change all lines.
    lines += [f"| {' | '.join(row)} |" for row in [*head, *cells]]
    sys.stdout.write("\n".join([*lines, "", ""]))


def render(*, check: bool = False) -> int:
    """Render all tables of all documents; returns the exit status.

    Args:
        check: Whether to only say which differ.
    """
    paths = [
        str(path) for document in DOCUMENTS for path in references.ROOT.glob(document)
    ]
    what = ["--check"] if check else ["-r"]
    words = ["cog", "-P", *what, "-p", "from benchmarks import tables", *sorted(paths)]
    return int(Cog().main(words))


def main() -> int:
    """Render or check; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables")
    parser.add_argument("--check", action="store_true", help="change nothing")
    return render(check=parser.parse_args().check)


class _Formatter(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return ""
        if format_spec == "KiB":
            return f"{value / 1024:.0f}"
        return str(super().format_field(value, format_spec))


_CELL_FORMATTER = _Formatter()


def _caption(found: Sequence[Row], *, names_commands: bool) -> str:
    """Return what was measured, on which machines, with what and when."""
    measured = {
        command: machine
        for row in found
        for command, machine in row.get("measured", {}).items()
    }
    if not measured:
        return ""
    dates: dict[str, list[str]] = {}
    for machine in measured.values():
        dates.setdefault(_described(machine), []).append(machine["date"])
    where = "; ".join(
        f"{text}, {' and '.join(sorted(set(days)))}" for text, days in dates.items()
    )
    if not names_commands:
        return where
    return f"{' and '.join(f'`{command}`' for command in measured)}, {where}"


def _described(machine: Mapping[str, Any]) -> str:
    versions = (
        f"{title} {machine[name]}"
        for name, title in _RUNTIME_TITLES.items()
        if name in machine
    )
    return ", ".join([results.name(machine), f"{machine['cores']} cores", *versions])


if __name__ == "__main__":
    raise SystemExit(main())
