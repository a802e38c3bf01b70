"""Readings as lines for a person at a terminal or in a log."""

import sys
from datetime import datetime

from edge_app.common.errors import printable
from edge_app.live.fields.values.value import FieldReading
from edge_app.reading import Reading
from edge_app.sinks.sink import Update


def line(reading: Reading) -> str:
    """Return the numbers read, and how sure the least sure digit is; or the fields."""
    if reading.fields:
        return "  ".join(_field(field) for field in reading.fields)
    if not reading.numbers:
        unfit = sum(digit.reject == "pattern" for digit in reading.rejects)
        if unfit:
            return f"no number matches --expect (digits seen: {unfit})"
        return "no digits"
    numbers = "  ".join(number.text for number in reading.numbers)
    least = min(digit.confidence for digit in reading.digits)
    return f"{numbers}  (least confidence {least:.2f})"


def _field(read: FieldReading) -> str:
    value = "?" if read.value is None else f"{read.value:.{read.field.decimals}f}"
    unit = f" {read.field.unit}" if read.field.unit else ""
    fault = f" ({read.fault})" if read.fault else ""
    return f"{read.name}: {value}{unit}{fault}"


class Text:
    """A line whenever the numbers change; one for each file of a folder."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._last: list[str] | None = None

    def write(self, update: Update) -> bool:
        """Write a line if the numbers are others than before, or another file's."""
        if update.frame.name is not None:
            readable = update.frame.fault is None
            what = line(update.reading) if readable else "cannot be read"
            _print(f"{printable(update.frame.name)}: {what}")
            return True
        numbers = [number.text for number in update.reading.numbers]
        if update.reading.fields:
            numbers = [_field(field) for field in update.reading.fields]
        if numbers != self._last:
            self._last = numbers
            _print(line(update.reading))
        return True

    def close(self) -> None:
        """Do nothing: every line was flushed."""


def _print(text: str) -> None:
    sys.stdout.write(f"{datetime.now():%H:%M:%S}  {text}\n")
    sys.stdout.flush()
