"""The cameras of a settings file."""

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import Any

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_settings import CAMERA_TABLES, CameraOptions, SourceOptions
from edge_app.cli.settings_file import SettingSources
from edge_app.common.errors import SettingsError
from edge_app.common.option_fields import fields_of, flag_of
from edge_app.live.fields.field import NAME
from edge_app.live.fields.setup import setup_of

# The options that a camera's table may have.
CAMERA_KEYS = tuple(
    flag_of(field).removeprefix("--")
    for settings in (SourceOptions, CameraOptions, ReaderSettings)
    for field in fields_of(settings)
)

CameraTable = tuple[argparse.Namespace, Mapping[str, Any]]


_NAMED_SOURCE = re.compile(rf"({NAME.pattern})=(.+)")


def add_sources(settings: SettingSources, sources: Sequence[str]) -> None:
    """Make cameras of the sources of the command line, where there are several.

    What the file says of a camera of that name still holds; other cameras of the file
    are left out.

    Args:
        settings: Of the file, whose tables get these cameras.
        sources: As given, each as `SOURCE` or `NAME=SOURCE`; without a name, the first
            one is `camera1`.

    Raises:
        SettingsError: Two have one name.
    """
    if len(sources) < 2:
        return
    known = settings.tables.get("camera", {})
    cameras: dict[str, Any] = {}
    for number, given in enumerate(sources, start=1):
        named = _NAMED_SOURCE.fullmatch(given)
        name, source = named.groups() if named else (f"camera{number}", given)
        if name in cameras:
            raise SettingsError(f"--source: two sources are called {name}")
        table = known.get(name) if isinstance(known, Mapping) else None
        cameras[name] = {**(table or {}), "source": source}
    settings.tables["camera"] = cameras


def check(settings: SettingSources, arguments: argparse.Namespace) -> None:
    """Look at all tables of the file.

    Raises:
        SettingsError: One of them is not as it should be.
    """
    setup_of(settings.tables, settings.path, arguments)
    for options, tables in cameras_of(settings, arguments).values():
        setup_of(tables, settings.path, options)


def cameras_of(
    settings: SettingSources, arguments: argparse.Namespace
) -> dict[str, CameraTable]:
    """Return the options and tables of each camera, by its name.

    Args:
        settings: Of the file.
        arguments: What holds for cameras that do not say otherwise.

    Raises:
        SettingsError: A camera's table is not as it should be.
    """
    tables = settings.tables.get("camera", {})
    if not isinstance(tables, Mapping):
        raise SettingsError(
            f"{settings.path}: camera: tables such as [camera.cellar] expected, got "
            f"{tables!r}"
        )
    found: dict[str, CameraTable] = {}
    for name, table in tables.items():
        where = f"{settings.path}: camera.{name}"
        if not NAME.fullmatch(name):
            raise SettingsError(
                f"{where}: a name of at most 40 letters, digits, _ and - expected"
            )
        if not isinstance(table, Mapping):
            raise SettingsError(f"{where}: a table with a source expected")
        options = {
            key: value for key, value in table.items() if key not in CAMERA_TABLES
        }
        other = {key: value for key, value in table.items() if key in CAMERA_TABLES}
        of_camera = settings.having(options, arguments, keys=CAMERA_KEYS, where=where)
        if "source" not in table:  # said last: it may be another key, mistyped
            raise SettingsError(f"{where}: a table with a source expected")
        found[name] = of_camera, other
    if found and set(CAMERA_TABLES) & settings.tables.keys():
        raise SettingsError(
            f"{settings.path}: fields below their camera expected, such as "
            f"[camera.{next(iter(found))}.field.water]"
        )
    return found
