"""Settings of a command, by its options, the environment and a TOML file.

The command's parser is the one list of what there is: each option `--some-name` is the
key `some-name` in the file and `EDGE_DIGITS_SOME_NAME` in the environment. An option
given wins over the environment, and that over the file.
"""

import argparse
import json
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from edge_app.common import option_types
from edge_app.common.errors import SettingsError, did_you_mean

ENVIRONMENT_PREFIX = "EDGE_DIGITS_"
_NOT_SETTINGS = {"help", "config", "print_config"}
_SECRETS = {"token"}
_READ_ELSEWHERE = {f"{ENVIRONMENT_PREFIX}CONFIG", f"{ENVIRONMENT_PREFIX}MQTT_PASSWORD"}
_HIDDEN_PASSWORD = r"\1:***@"
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):[^@/]*@")  # in a URL


class SettingSources:
    """The options of one command, with where their values may come from.

    Attributes:
        path: The file that was read, if one was.
        tables: What it says besides options, by the keys that were asked for.
    """

    def __init__(
        self, parser: argparse.ArgumentParser, *, tables: Collection[str] = ()
    ) -> None:
        """Take the options of `parser`, which is that of the command alone.

        Args:
            parser: Has them.
            tables: Keys of the file that are no options, and are left as they are.
        """
        self._parser = parser
        self._tables = tables
        self.path: Path | None = None
        self.tables: dict[str, Any] = {}
        self._actions = {
            _key(action): action
            for action in parser._actions
            if action.option_strings and action.dest not in _NOT_SETTINGS
        }

    def apply(
        self, config: Path | None, environment: Mapping[str, str] = os.environ
    ) -> dict[str, str]:
        """Make the values of the file and the environment the parser's defaults.

        Args:
            config: A TOML file; else `EDGE_DIGITS_CONFIG` names it, if it is set.
            environment: Its variables that begin with `EDGE_DIGITS_` are taken; what
                none of the options is called is an error. Empty ones are not set.

        Returns:
            Where each value that was set comes from, by key.

        Raises:
            SettingsError: A key that no option has, or a value that it does not take.
        """
        origins = {}
        if config is None and (named := environment.get(f"{ENVIRONMENT_PREFIX}CONFIG")):
            config = Path(named)
        self.path = config
        for key, value, origin in (*self._in_file(config), *self._in(environment)):
            self._parser.set_defaults(**{self._actions[key].dest: value})
            origins[key] = origin
        return origins

    def as_toml(
        self, arguments: argparse.Namespace, origins: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield lines of a file that sets what `arguments` has, without secrets."""
        for key, action in self._actions.items():
            value = getattr(arguments, action.dest)
            origin = origins.get(key, "default")
            if value != self._parser.get_default(action.dest):
                origin = "an option"
            if value is None:
                yield f"# {key} is not set"
            elif action.dest in _SECRETS:
                yield f"# {key} is set ({origin}), not shown"
            else:
                yield f"{key} = {_toml(value)}  # {origin}"

    def having(
        self,
        table: Mapping[str, Any],
        arguments: argparse.Namespace,
        *,
        keys: Collection[str],
        where: str,
    ) -> argparse.Namespace:
        """Return arguments of which some are those of a table of the file.

        Args:
            table: Values by option, without `--`.
            arguments: The others.
            keys: Options that the table may have.
            where: What an error's message begins with.

        Raises:
            SettingsError: A key that is none of these, or a value that is none of its.
        """
        found = argparse.Namespace(**vars(arguments))
        for key, value in table.items():
            if key not in keys:
                raise SettingsError(f"{where}: {_unknown(key, keys)}")
            checked = self._value(key, value, f"{where}.{key}")
            setattr(found, self._actions[key].dest, checked)
        return found

    def tables_as_toml(self) -> Iterator[str]:
        """Yield lines of a file that says what this one does besides options."""
        origin = "an option" if self.path is None else self.path
        yield from _table_lines(self.tables, (), f"  # {origin}")

    def _in_file(self, path: Path | None) -> Iterator[tuple[str, Any, str]]:
        if path is None:
            return
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: no TOML ({error})") from error
        for key, value in found.items():
            if key in self._tables:
                self.tables[key] = value
                continue
            if key not in self._actions:
                known = [*self._actions, *self._tables]
                raise SettingsError(f"{path}: {_unknown(key, known)}")
            yield key, self._value(key, value, f"{path}: {key}"), str(path)

    def _in(self, environment: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
        keys = {
            ENVIRONMENT_PREFIX + key.upper().replace("-", "_"): key
            for key in self._actions
        }
        for name in sorted(environment):
            if not name.startswith(ENVIRONMENT_PREFIX) or name in _READ_ELSEWHERE:
                continue
            if not environment[name]:  # how shells and units take a variable away
                continue
            if name not in keys:
                raise SettingsError(_unknown(name, keys, prefix=ENVIRONMENT_PREFIX))
            key = keys[name]
            yield key, self._value(key, environment[name], name), name

    def _value(self, key: str, value: Any, where: str) -> Any:
        """Return a value as the option itself would give it."""
        action = self._actions[key]
        option = f"--{key}"
        if isinstance(action, argparse.BooleanOptionalAction):
            truth = {"true": True, "1": True, "false": False, "0": False}
            if (known := truth.get(str(value).lower())) is None:
                raise SettingsError(f"{where}: true or false expected, got {value!r}")
            return known
        if isinstance(value, dict | list | bool):
            raise SettingsError(f"{where}: text or a number expected, got {value!r}")
        checker = _Checker(add_help=False)
        checker._add_action(action)
        try:
            checked = checker.parse_args([f"{option}={value}"])
        except SettingsError as error:
            message = str(error).removeprefix(f"argument {option}: ")
            raise SettingsError(f"{where}: {message}") from error
        return getattr(checked, action.dest)


class _Checker(argparse.ArgumentParser):
    """A parser whose complaint is an error of ours, not the end of the process."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def add_options(parser: argparse._ActionsContainer) -> None:
    """Add the options that say where settings come from."""
    parser.add_argument(
        "--config",
        type=option_types.path,
        metavar="FILE",
        help="take settings from a TOML file: option names without -- as keys",
    )
    parser.add_argument(
        "--print-config",
        action="store_true",
        help="print the settings as such a file, and where each comes from; then end",
    )


def _key(action: argparse.Action) -> str:
    return action.option_strings[0].removeprefix("--")


def _unknown(name: str, known: Iterable[str], *, prefix: str = "") -> str:
    return f"no setting is called {name}{did_you_mean(name, known, prefix=prefix)}"


def _table_lines(
    table: Mapping[str, Any], names: tuple[str, ...], remark: str
) -> Iterator[str]:
    """Yield lines of a table of the file and of those below it."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    if names and len(inner) < len(table):
        yield f"\n[{'.'.join(names)}]{remark}"
    for key, value in table.items():
        if key not in inner:
            shown = json.dumps(value, ensure_ascii=False)
            ending = "" if names else remark
            yield f"{key} = {_PASSWORD.sub(_HIDDEN_PASSWORD, shown)}{ending}"
    for key, value in inner.items():
        yield from _table_lines(value, (*names, key), remark)


def _toml(value: Any) -> str:
    """Return a value as TOML: texts, numbers and truths are as in JSON."""
    if isinstance(value, tuple):  # a size, or a part of a picture
        value = ("x" if len(value) == 2 else ",").join(map(str, value))
    if isinstance(value, int | float):
        return json.dumps(value)
    return json.dumps(_PASSWORD.sub(_HIDDEN_PASSWORD, str(value)))
