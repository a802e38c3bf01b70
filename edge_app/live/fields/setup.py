"""The setup by which a live source is read, which may change meanwhile."""

import argparse
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from edge_app.common.errors import SettingsError
from edge_app.common.geometry import QUARTERS, Quarter
from edge_app.live.fields.field import Field
from edge_app.sources.source import AdjustableSource

Point = tuple[float, float]
Rotation = Quarter | Literal["auto"]


@dataclass(frozen=True)
class Setup:
    """Settings that may change while a source is read.

    Attributes:
        rotate: Degrees clockwise that make frames upright; `auto` finds them out.
        min_confidence: What each digit must have, 0..1.
        fields: What is read; everything, if there are none.
        reference: A picture, upright, in which the fields are where they are said to
            be; frames are laid over it.
        num_taken: Reference pictures that were taken meanwhile: a name may stay.
        marks: Where the middles of the four corner marks are, in fractions of the
            picture; nothing without marks.
        exposure_ms: How long a camera exposes a frame; `None` to leave it to it.
        focus: Where a camera focuses; `None` to leave it to it.
    """

    rotate: Rotation = 0
    min_confidence: float = 0.0
    fields: tuple[Field, ...] = ()
    reference: Path | None = None
    marks: tuple[Point, ...] = ()
    num_taken: int = 0
    exposure_ms: float | None = None
    focus: float | None = None

    @property
    def is_followed(self) -> bool:
        """Return whether fields follow a camera that moves."""
        return self.reference is not None or bool(self.marks)


@dataclass
class LiveSetup:
    """The setup that holds now, for all threads.

    Attributes:
        now: It. One thread may replace it while others read.
        rotation: The turn that `auto` has found; `None` until it has.
        config: The file that it is kept in, if there is one.
        camera: The camera in that file whose setup it is, where there are several.
        source: The camera that is open now, if it can be adjusted.
    """

    now: Setup = field(default_factory=Setup)
    rotation: Quarter | None = None
    config: Path | None = None
    camera: str | None = None
    source: AdjustableSource | None = None
    _forgotten: set[str] = field(default_factory=set, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def change(self, setup: Setup) -> None:
        """Read as `setup` says from the next frame on."""
        with self._lock:
            if setup.rotate != self.now.rotate:
                self.rotation = None
            self.now = setup

    def found(self, rotation: Quarter) -> None:
        """Keep a turn."""
        with self._lock:
            self.rotation = rotation

    def forget(self, name: str) -> None:
        """Let the next value of a field be its first one."""
        with self._lock:
            self._forgotten.add(name)

    def take_forgotten(self) -> set[str]:
        """Return the fields that were to be forgotten since this was asked last."""
        with self._lock:
            taken, self._forgotten = self._forgotten, set()
        return taken

    def turn(self) -> Quarter | None:
        """Return the degrees that frames are turned; `None` while that is unknown."""
        rotate = self.now.rotate
        return self.rotation if rotate == "auto" else rotate


def setup_of(
    tables: Mapping[str, Any], config: Path | None, arguments: argparse.Namespace
) -> Setup:
    """Return what the settings file and the options say together.

    Args:
        tables: `field`, `reference` and `marks` of the file.
        config: The file.
        arguments: With `rotate`, `min_confidence`, `exposure` and `focus`.

    Raises:
        SettingsError: Something in the tables is not as it should be.
    """
    where = "" if config is None else str(config)
    setup = Setup(
        rotate=rotation_of(arguments.rotate),
        min_confidence=arguments.min_confidence,
        fields=fields_of(tables.get("field"), where),
        reference=reference_of(tables.get("reference"), where),
        marks=marks_of(tables.get("marks"), where),
        exposure_ms=arguments.exposure,
        focus=arguments.focus,
    )
    if setup.reference is not None and setup.marks:
        raise SettingsError(f"{where}: reference or marks expected, got both")
    return setup


def fields_of(tables: object, where: str = "") -> tuple[Field, ...]:
    """Return the fields of the table `field` of the settings.

    Raises:
        SettingsError: One of them is not as it should be.
    """
    if tables is None:
        return ()
    if not isinstance(tables, Mapping):
        raise SettingsError(
            _wrong(where, "field: tables such as [field.water]", tables)
        )
    return tuple(Field.of(str(name), table, where) for name, table in tables.items())


def reference_of(value: object, where: str = "") -> Path | None:
    """Return the reference picture's path; a relative one lies beside the settings.

    Raises:
        SettingsError: It is no text, or there is no such file.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise SettingsError(_wrong(where, "reference: a picture's path", value))
    path = Path(where).parent / value if where else Path(value)
    if not path.is_file():
        raise SettingsError(
            _wrong(where, "reference: a picture that exists", str(path))
        )
    return path


def marks_of(value: object, where: str = "") -> tuple[Point, ...]:
    """Return the places of the four marks.

    Raises:
        SettingsError: They are not four points in the picture.
    """
    if value is None:
        return ()
    expected = "marks: four points [x, y] in fractions of the picture"
    points = value if isinstance(value, list | tuple) else []
    if len(points) != 4 or not all(_is_point(point) for point in points):
        raise SettingsError(_wrong(where, expected, value))
    return tuple((float(x), float(y)) for x, y in points)


def rotation_of(value: object) -> Rotation:
    """Return a turn as JSON or an option has it.

    Raises:
        SettingsError: It is none.
    """
    if value == "auto":
        return "auto"
    for quarter in QUARTERS:
        if str(value) == str(quarter):
            return quarter
    raise SettingsError(_wrong("", "rotate: 0, 90, 180, 270 or auto", value))


def share_of(value: Any, name: str) -> float:
    """Return a number from 0 to 1.

    Raises:
        SettingsError: It is none.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 1:
        raise SettingsError(_wrong("", f"{name}: a number from 0 to 1", value))
    return float(value)


def exposure_of(value: Any) -> float | None:
    """Return an exposure in milliseconds, or `None` to leave it to the camera.

    Raises:
        SettingsError: It is neither.
    """
    if value is not None and not (_is_amount(value) and value > 0):
        raise SettingsError(_wrong("", "exposure: a number above 0", value))
    return None if value is None else float(value)


def focus_of(value: Any) -> float | None:
    """Return a focus in its driver's steps, or `None` to leave it to the camera.

    Raises:
        SettingsError: It is neither.
    """
    if value is not None and not _is_amount(value):
        raise SettingsError(_wrong("", "focus: a number of at least 0", value))
    return None if value is None else float(value)


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value < math.inf


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(
            isinstance(coordinate, int | float) and 0 <= coordinate <= 1
            for coordinate in value
        )
    )


def _wrong(where: str, expected: str, got: object) -> str:
    return f"{f'{where}: ' if where else ''}{expected} expected, got {got!r}"
