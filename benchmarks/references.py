"""The reference figures: measured last, shown by documents, and not to fall.

`reference/measurements.toml` says what is measured, and by how much a figure may be
worse than it was. `reference/ROOM/NAME.json` holds what came of it, with the machine
and the date; `python -m benchmarks reference NAME` writes it.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks.common.command import Row
from edge_app.common import files
from edge_app.common.errors import DataError

ROOT = Path(benchmarks.__file__).parents[1]
FOLDER = ROOT / "benchmarks" / "reference"
_FLOAT_ROUNDING = 1e-9  # floats: a figure that fell by just what it may has not fallen


@dataclass(frozen=True)
class Measurement:
    """Something that is measured.

    Attributes:
        room: The folder of its file.
        name: Of its file.
        command: What follows `python -m benchmarks`.
        groups: Names by which several are measured at once.
        columns: Those of its rows that are kept; empty for all.
        key: Columns that tell its rows apart.
        rows: Of which rows the figures are held, by the first column of the key; empty
            for all.
        may_fall: By how much a figure may be less than its reference; the more of these
            the better.
        may_rise: By how much it may be more; the less of these the better.
        may_grow: By what share of its reference it may be more, likewise.
        needs: Programs that it runs; where one is missing nothing is held.
    """

    room: str
    name: str
    command: str
    groups: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    may_fall: Mapping[str, float] = field(default_factory=dict)
    may_rise: Mapping[str, float] = field(default_factory=dict)
    may_grow: Mapping[str, float] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Return whether tests hold any of its figures."""
        return bool(self.may_fall or self.may_rise or self.may_grow)


@dataclass(frozen=True)
class MeasuredReference:
    """Results of a measurement.

    Attributes:
        command: The whole command.
        benchmark: What was measured, in a line.
        seconds: How long it took; `None` where nobody knows.
        machine: As `report.machine` describes it.
        rows: The figures.
    """

    command: str
    benchmark: str
    seconds: float | None
    machine: dict[str, Any]
    rows: list[Row]


def measurements() -> dict[str, Measurement]:
    """Return all measurements by name."""
    with (FOLDER / "measurements.toml").open("rb") as file:
        listed = tomllib.load(file)
    return {
        name: _measurement(room, name, entry)
        for room, entries in listed.items()
        for name, entry in entries.items()
    }


def chosen(names: Iterable[str]) -> list[Measurement]:
    """Return the measurements of these names and groups, each once.

    Raises:
        DataError: There is none of such a name, and no such group.
    """
    known = measurements()
    found: dict[str, Measurement] = {}
    for name in names:
        named = {
            measurement.name: measurement
            for measurement in known.values()
            if name == measurement.name or name in measurement.groups
        }
        if not named:
            raise DataError(
                f"no measurement or group is called {name}; there are: "
                f"{', '.join([*groups(), *known])}"
            )
        found |= named
    return list(found.values())


def groups() -> list[str]:
    """Return the names of all groups."""
    every = (
        name for measurement in measurements().values() for name in measurement.groups
    )
    return list(dict.fromkeys(every))


def read(name: str) -> MeasuredReference:
    """Return what came of a measurement when it was made last.

    Raises:
        DataError: It is not listed, was never made, or its file is malformed.
    """
    path = _file(name)
    try:
        return MeasuredReference(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{path}: no reference ({error}); try: python -m benchmarks reference "
            f"{name}"
        ) from error


def write(name: str, reference: MeasuredReference) -> None:
    """Keep what came of a measurement, a line a row.

    Raises:
        DataError: It is not listed.
    """
    values = {key: json.dumps(value) for key, value in vars(reference).items()}
    rows = ",\n  ".join(json.dumps(row) for row in reference.rows)
    values["rows"] = f"[\n  {rows}\n ]"
    lines = ",\n".join(f' "{key}": {value}' for key, value in values.items())
    path = _file(name)
    path.parent.mkdir(exist_ok=True)
    files.write_bytes(path, f"{{\n{lines}\n}}\n".encode())


def worse(measurement: Measurement, rows: Sequence[Row]) -> list[str]:
    """Return a line for each figure that is worse than it may be.

    Args:
        measurement: What was measured.
        rows: What came of it now.
    """
    now = {_key(measurement, row): row for row in rows}
    found = []
    for row in read(measurement.name).rows:
        key = _key(measurement, row)
        if measurement.rows and key[0] not in measurement.rows:
            continue
        for limits, sign, verb, is_share in (
            (measurement.may_fall, -1, "fell", False),
            (measurement.may_rise, 1, "rose", False),
            (measurement.may_grow, 1, "grew", True),
        ):
            for figure, limit in limits.items():
                before, after = row[figure], now.get(key, {}).get(figure)
                if before is None:  # there is no such figure of this row
                    continue
                most = limit * before if is_share else limit
                if after is None or sign * (after - before) > most + _FLOAT_ROUNDING:
                    found.append(
                        f"{measurement.name}, {' '.join(key)}: {figure} {verb} from "
                        f"{before} to {after}; it may by {most:g}"
                    )
    return found


def _file(name: str) -> Path:
    if (measurement := measurements().get(name)) is None:
        raise DataError(f"{FOLDER / 'measurements.toml'}: no measurement {name} there")
    return FOLDER / measurement.room / f"{name}.json"


def _measurement(room: str, name: str, entry: Mapping[str, Any]) -> Measurement:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in entry.items()
    }
    return Measurement(room, name, **values)


def _key(measurement: Measurement, row: Row) -> tuple[str, ...]:
    return tuple(str(row[column]) for column in measurement.key)
