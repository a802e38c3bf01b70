"""The description of a field: where it is, and what its number may be."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from edge_app.common.errors import SettingsError, did_you_mean
from edge_app.common.option_types import expression

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_MOST_DECIMALS = 9

Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class Field:
    """A named place in a picture and what its number may be.

    Attributes:
        name: Letters, digits, `_` and `-`, for topics and addresses.
        place: x, y, width and height, in fractions of the upright picture, or of the
            reference picture where there is one.
        pattern: A regular expression that its digits must match; `None` for any.
        decimals: How many of its digits stand behind the point.
        unit: Of its value, such as `m³`.
        device_class: What Home Assistant calls its kind, such as `water`.
        minimum: The least value that is believed.
        maximum: The greatest.
        never_falls: A meter's: what is less than before is not believed.
        max_change_per_minute: More is not believed.
    """

    name: str
    place: Place
    pattern: str | None = None
    decimals: int = 0
    unit: str | None = None
    device_class: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    never_falls: bool = False
    max_change_per_minute: float | None = None

    @classmethod
    def of(cls, name: str, table: Mapping[str, Any], where: str = "") -> "Field":
        """Return the field of a table of the settings, checked.

        Args:
            name: Its own.
            table: `place` and, as they are needed, the other attributes.
            where: What the message of an error begins with, such as a file's name.

        Raises:
            SettingsError: What came, what was expected.
        """
        return _Checked(name, table, where).field()

    def table(self) -> dict[str, Any]:
        """Return the table of it: what differs from a field's default."""
        found = {**asdict(self), "place": list(self.place)}
        del found["name"]
        default = {"decimals": 0, "never_falls": False}
        return {
            key: value
            for key, value in found.items()
            if value is not None and value != default.get(key)
        }

    def value(self, digits: str) -> float | int:
        """Return the number that some digits are, with the point where it belongs."""
        if not self.decimals:
            return int(digits)
        return round(int(digits) / float(10**self.decimals), self.decimals)


class _Checked:
    """A table of which each key is checked."""

    def __init__(self, name: str, table: Mapping[str, Any], where: str) -> None:
        self._name = name
        self._table = table
        self._where = f"{where}: " if where else ""

    def field(self) -> Field:
        if not NAME.fullmatch(self._name):
            raise SettingsError(
                f"{self._where}a field's name of at most 40 letters, digits, _ and - "
                f"expected, got {self._name!r}"
            )
        if not isinstance(self._table, Mapping):
            self._fail(None, "a table such as [field.water]", self._table)
        keys = list(Field.__dataclass_fields__)[1:]
        for key in self._table:
            if key not in keys:
                raise SettingsError(
                    f"{self._where}field.{self._name}: one of {', '.join(keys)} "
                    f"expected, got {key!r}{did_you_mean(key, keys)}"
                )
        minimum, maximum = self._number("minimum"), self._number("maximum")
        if minimum is not None and maximum is not None and minimum > maximum:
            self._fail("minimum", f"at most the maximum, {maximum:g},", minimum)
        return Field(
            self._name,
            self._place(),
            pattern=self._pattern(),
            decimals=self._decimals(),
            unit=self._text("unit"),
            device_class=self._text("device_class"),
            minimum=minimum,
            maximum=maximum,
            never_falls=self._truth("never_falls"),
            max_change_per_minute=self._number("max_change_per_minute", least=0.0),
        )

    def _fail(self, key: str | None, expected: str, got: object) -> NoReturn:
        what = f"field.{self._name}" + (f".{key}" if key else "")
        raise SettingsError(f"{self._where}{what}: {expected} expected, got {got!r}")

    def _place(self) -> Place:
        expected = "[x, y, width, height] in fractions of the picture, 0 to 1,"
        given = self._table.get("place")
        if not isinstance(given, list | tuple) or len(given) != 4:
            self._fail("place", expected, given)
        if not all(_is_number(value) for value in given):
            self._fail("place", expected, given)
        x, y, w, h = (float(value) for value in given)
        # Fractions are rounded when they are written.
        if min(x, y) < 0 or min(w, h) <= 0 or max(x + w, y + h) > 1.0001:
            self._fail("place", expected, given)
        return x, y, w, h

    def _pattern(self) -> str | None:
        pattern = self._text("pattern")
        try:
            expression(pattern or "")
        except ValueError:
            self._fail("pattern", "a regular expression such as [0-9]{5}", pattern)
        return pattern

    def _decimals(self) -> int:
        value = self._table.get("decimals", 0)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not 0 <= value <= _MOST_DECIMALS:
            self._fail("decimals", f"a whole number from 0 to {_MOST_DECIMALS}", value)
        return int(value)

    def _text(self, key: str) -> str | None:
        value = self._table.get(key)
        if value is not None and not isinstance(value, str):
            self._fail(key, "text", value)
        return value or None

    def _truth(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self._fail(key, "true or false", value)
        return value

    def _number(self, key: str, *, least: float = -math.inf) -> float | None:
        value = self._table.get(key)
        if value is None:
            return None
        if not _is_number(value) or value < least:
            at_least = "" if least == -math.inf else f" of at least {least:g}"
            self._fail(key, f"a number{at_least}", value)
        return float(value)


def _is_number(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)  # type: ignore[arg-type]
