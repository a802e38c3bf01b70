"""Small pictures, one a kind of fault, of which all digits must be read.

`cases.tsv` names them: the file, what must be read, and the kind of fault. Digits count
in reading order and spaces do not; `none` is no digit, `at least 30 of 35` so many
digits, whichever, and `read, or ...` any reading, or an error that is one line.
"""

import argparse
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common import readers
from benchmarks.common.command import Commands, Result, Row, benchmark
from edge_app.cli.read_photos import PhotoReader, PictureFolders
from edge_app.common import option_types
from edge_app.common.errors import DataError, ImageError
from edge_app.reading import Reading

_COLUMNS_OF_LIST = 3  # file, digits, kind of fault
# Digits beyond those that are there, where it says `at least`: a stroke or two of
# something else is not what such a picture is about.
_MOST_EXTRA = 2
# What `cases.tsv` says in words. Of these files the last expected digit is cut, or all
# that follows the expected ones is.
_LAST_IS_CUT = ("table_on_dark_desk.jpg",)
_REST_IS_CUT = ("open_zero_cut.jpg",)


@dataclass(frozen=True)
class Case:
    """A picture, and what must be read in it.

    Attributes:
        file: Its name.
        expected: The digits, line by line, as `cases.tsv` has them.
        fault: What it shows.
    """

    file: str
    expected: str
    fault: str

    def is_right(self, read: str) -> bool:
        """Return whether these digits, in reading order, are what must be read.

        Args:
            read: The digits, nothing between them.
        """
        if self.may_fail:
            return True
        if span := re.fullmatch(r"at least (\d+) of (\d+)", self.expected):
            return int(span[1]) <= len(read) <= int(span[2]) + _MOST_EXTRA
        if self.expected == "none":
            return not read
        digits = re.sub(r"[\s/]", "", self.expected)
        if self.file in _LAST_IS_CUT:
            return read in (digits, digits[:-1])
        if self.file in _REST_IS_CUT:
            return read.startswith(digits)
        return read == digits

    @property
    def may_fail(self) -> bool:
        """Return whether an error, if it is one line, is right as well."""
        return self.expected.startswith("read, or ")


def cases(folder: Path) -> list[Case]:
    """Return the cases of a folder, in the order of its `cases.tsv`.

    Raises:
        DataError: It is not there, is malformed or empty.
    """
    path = folder / "cases.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    if not rows or any(len(row) != _COLUMNS_OF_LIST for row in rows):
        raise DataError(
            f"{path}: rows of {_COLUMNS_OF_LIST} columns expected: file, digits, fault"
        )
    return [Case(*row) for row in rows]


def measure(folder: Path, reader: PhotoReader) -> Iterator[Row]:
    """Yield whether each case of a folder is read right, with one reader for all."""
    for case in cases(folder):
        try:
            read = reader.read(folder / case.file)
        except ImageError as error:
            text = str(error)
            is_right = case.may_fail and len(text.splitlines()) == 1
        except Exception as error:  # a fault that is found must not hide the next ones
            text, is_right = f"crash: {error!r}", False
        else:
            text = lines(read)
            is_right = case.is_right("".join(str(digit.label) for digit in read.digits))
        yield {
            "file": case.file,
            "right": is_right,
            "expected": case.expected,
            "read": text,
        }


def lines(read: Reading) -> str:
    """Return the numbers that were read, line by line as `cases.tsv` has them."""
    text, line_xywh = "", None
    for number in read.numbers:
        box = number.box_xywh
        if line_xywh is not None:
            is_beside = box[1] < line_xywh[1] + line_xywh[3] and box[0] > line_xywh[0]
            text += " " if is_beside else " / "
        text += number.text
        line_xywh = box
    return text or "none"


@benchmark
def add(chosen: Commands) -> None:
    """Add the command."""
    parser = chosen.add(
        "cases",
        _run,
        text="read small pictures, one a kind of fault",
        example="../shared/data/cases",
    )
    parser.add_argument(
        "folder",
        type=option_types.path,
        metavar="DIR",
        help="pictures and their cases.tsv",
    )
    readers.add_options(parser)


def _run(arguments: argparse.Namespace) -> Result:
    choice = readers.chosen(arguments)
    reader = PhotoReader(readers.open_reader(choice), PictureFolders())
    rows = list(measure(arguments.folder, reader))
    num_right = sum(row["right"] for row in rows)
    return Result(
        f"{num_right} of {len(rows)} cases read right, read with {choice}",
        rows,
        shown=[row | {"right": "yes" if row["right"] else "NO"} for row in rows],
    )
