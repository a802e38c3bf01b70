"""Options of commands as fields of frozen dataclasses: each is stated once.

A field made by `option` has the option's default, type and help; `add_options` makes
argparse's options of such fields, `values_of` makes the fields' values of what argparse
parsed. simple-parsing and tyro do the same with more packages on a device.

Examples:
    >>> import argparse
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Copying:
    ...     copies: int = option(1, "how often")
    >>> parser = argparse.ArgumentParser()
    >>> add_options(parser, Copying)
    >>> Copying(**values_of(Copying, parser.parse_args(["--copies", "3"])))
    Copying(copies=3)
"""

import argparse
import dataclasses
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from edge_app.common import option_types

_KEY = "option"
# What parses a value of a type, where a field has no parser of its own.
_PARSERS: dict[Any, Callable[[str], Any]] = {
    int: option_types.whole,
    float: option_types.number,
    Path: option_types.path,
}


@dataclasses.dataclass(frozen=True)
class OptionField:
    """An option as a field describes it.

    Attributes:
        help: What it does; its default is added.
        flag: What it is called on the command line; `None` for the field's name.
        parse: Turns what was typed into a value; `None` for the field's type.
        metavar: What stands for a value in the help.
        choices: What may be typed; `None` for what a `Literal` field may be.
        action: What keeps a value, as argparse takes it; `None` for its own way.
    """

    help: str
    flag: str | None = None
    parse: Callable[[str], Any] | None = None
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    action: type[argparse.Action] | str | None = None


def option(
    default: Any,
    help: str,  # as argparse calls it
    *,
    flag: str | None = None,
    parse: Callable[[str], Any] | None = None,
    metavar: str | None = None,
    choices: tuple[str, ...] | None = None,
    action: type[argparse.Action] | str | None = None,
) -> Any:
    """Return a dataclass field that is an option of a command, too.

    Args:
        default: Its value where nothing else is given.
        help: See `OptionField`, as for the others.
        flag: `--some-name`.
        parse: A function for argparse's `type`.
        metavar: For example `DIR`.
        choices: Texts.
        action: For argparse's `action`.
    """
    spec = OptionField(help, flag, parse, metavar, choices, action)
    return dataclasses.field(default=default, metadata={_KEY: spec})


def flag_of(field: "dataclasses.Field[Any]") -> str:
    """Return what a field's option is called on the command line."""
    spec: OptionField = field.metadata[_KEY]
    return spec.flag or "--" + field.name.replace("_", "-")


def add_options(
    parser: argparse._ActionsContainer,
    settings: type,
    *,
    names: Collection[str] | None = None,
    defaults: Callable[[str, Any], str | None] | None = None,
    required: Collection[str] = (),
    **changed: Any,
) -> None:
    """Add the options of a dataclass.

    Args:
        parser: Gets them.
        settings: The dataclass.
        names: Fields whose options are added, in this order; `None` for all.
        defaults: Given a field's name and default, returns what the help says of it.
            Options that are not given are then absent from what is parsed, which tells
            them from those that are given their default.
        required: Fields whose options must be given.
        changed: Other defaults, by field.
    """
    fields = {field.name: field for field in fields_of(settings)}
    for name in fields if names is None else names:
        field = fields[name]
        default = changed.get(name, field.default)
        spec = field.metadata[_KEY]
        if spec.choices is not None and default is not None:
            default = str(default)
        words: dict[str, Any] = {"help": spec.help, "default": default, **_kind(field)}
        if spec.metavar is not None:
            words["metavar"] = spec.metavar
        if name in required:
            words["required"] = True
        if defaults is not None:
            words["default"] = argparse.SUPPRESS
            text = defaults(name, default)
            words["help"] += "" if text is None else f" (default: {text})"
        parser.add_argument(flag_of(field), **words)


def values_of(settings: type, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the values of a dataclass's fields whose options were parsed."""
    given: Mapping[str, Any] = vars(arguments)
    found = {}
    for field in fields_of(settings):
        key = flag_of(field).removeprefix("--").replace("-", "_")
        if key in given:
            value = given[key]
            found[field.name] = tuple(value) if isinstance(value, list) else value
    return found


def fields_of(settings: type) -> "Iterator[dataclasses.Field[Any]]":
    """Yield the fields of a dataclass that are options."""
    for field in dataclasses.fields(settings):
        if _KEY in field.metadata:
            yield field


def _kind(field: "dataclasses.Field[Any]") -> dict[str, Any]:
    """Return what argparse must know of the values of a field's option."""
    spec: OptionField = field.metadata[_KEY]
    if spec.action is not None:
        return {"action": spec.action}
    if spec.choices is not None:
        return {"choices": spec.choices}
    if spec.parse is not None:
        return {"type": spec.parse}
    kind: Any = field.type
    if get_origin(kind) in (Union, types.UnionType):  # X | None
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    if get_origin(kind) is Literal:
        return {"choices": get_args(kind)}
    if get_origin(kind) is tuple:  # of any length
        kind = get_args(kind)[0]
        return {"nargs": "+", "type": _PARSERS.get(kind, kind)}
    return {"type": _PARSERS.get(kind, kind)}
