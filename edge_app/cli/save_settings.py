"""Settings that changed while the program ran, written with their comments."""

from pathlib import Path
from typing import Any

from edge_app.common import files
from edge_app.common.errors import SettingsError, in_words
from edge_app.live.fields.setup import Setup


def save(path: Path, setup: Setup, *, camera: str | None = None) -> None:
    """Write a setup into a settings file, of which all else stays as it is.

    Args:
        path: The file.
        setup: What it shall say.
        camera: Of which camera, where the file has several.

    Raises:
        SettingsError: tomlkit is not installed, or the file cannot be written.
    """
    try:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError
    except ModuleNotFoundError as error:
        raise SettingsError(
            "tomlkit is not installed; try: pip install '.[web]'"
        ) from error
    try:
        mode = path.stat().st_mode & 0o777
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
        place: Any = document
        for name in () if camera is None else ("camera", camera):
            if name not in place:  # the camera is one of the command line
                place[name] = tomlkit.table()
            place = place[name]
        _update(place, setup, path.parent, tomlkit.table)
        content = tomlkit.dumps(document).encode()
        with files.replacing(path, mode=mode) as temporary:
            temporary.write_bytes(content)
    except (OSError, KeyError, TOMLKitError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be written ({in_words(error)})"
        raise SettingsError(message) from error


def _update(document: Any, setup: Setup, folder: Path, table: Any) -> None:
    default = Setup()
    for key, value, usual in (
        ("rotate", str(setup.rotate), str(default.rotate)),
        ("min-confidence", setup.min_confidence, default.min_confidence),
        ("reference", _beside(setup.reference, folder), None),
        ("marks", [list(mark) for mark in setup.marks] or None, None),
        ("exposure", setup.exposure_ms, None),
        ("focus", setup.focus, None),
    ):
        if value is None:
            document.pop(key, None)
        elif value != usual or key in document:
            _set(document, key, value)
    if not setup.fields:
        document.pop("field", None)
        return
    if "field" not in document:
        document["field"] = table(True)
    fields = document["field"]
    for name in [name for name in fields if name not in {f.name for f in setup.fields}]:
        del fields[name]
    for field in setup.fields:
        if field.name not in fields:
            fields[field.name] = table()
        wanted = field.table()
        for key in [key for key in fields[field.name] if key not in wanted]:
            del fields[field.name][key]
        for key, value in wanted.items():
            _set(fields[field.name], key, value)


def _set(table: Any, key: str, value: Any) -> None:
    """Set what differs, so that the rest stays as it was written."""
    if key not in table or table[key] != value:
        table[key] = value


def _beside(reference: Path | None, folder: Path) -> str | None:
    if reference is None:
        return None
    if reference.parent.resolve() == folder.resolve():
        return reference.name
    return str(reference)
