"""One flag means one thing, whichever command takes it."""

import argparse
from collections.abc import Iterator

from needed import need

need("sklearn", reason="some commands train and convert")

from benchmarks import __main__ as benchmarks
from convert import conversion_options
from edge_app.archive import archive_settings
from edge_app.cli import edge_digits
from edge_app.common import option_types
from train import __main__ as train

# Parsers of the same kind of value, which differ in what they check or make of it.
KINDS = {
    **dict.fromkeys((None, str, option_types.path), "text"),
    **dict.fromkeys((option_types.whole, option_types.positive), "count"),
    archive_settings.worker_count: "count",
    archive_settings.megabytes_of_process: "count",
    archive_settings.seconds_of_page: option_types.positive_number,
}


def commands(parser, name) -> Iterator[tuple[str, argparse.Action]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below, chosen in action.choices.items():
                yield from commands(chosen, f"{name} {below}")
        elif action.option_strings:
            yield name, action


def every_option():
    yield from commands(edge_digits._parser(), "edge-digits")
    yield from commands(train._parser(), "train")
    yield from commands(conversion_options.parser(), "convert")
    yield from commands(conversion_options.inspect_parser(), "convert inspect")
    yield from commands(benchmarks._parser(), "benchmarks")


def meaning(action):
    kind = KINDS.get(action.type, action.type)
    return kind, action.nargs, action.metavar


def test_a_flag_is_of_one_kind_in_all_commands():
    meanings = {}
    for command, action in every_option():
        for flag in action.option_strings:
            meanings.setdefault(flag, {}).setdefault(meaning(action), []).append(
                command
            )
    different = {
        flag: used_by for flag, used_by in meanings.items() if len(used_by) > 1
    }
    assert different == {}
    assert {"--data", "--strokes", "--time-limit", "--run"} <= set(meanings)


def test_a_part_of_the_data_is_asked_for_by_one_flag():
    flags = {
        flag
        for _, action in every_option()
        if {"validation", "test"} <= set(action.choices or ())
        for flag in action.option_strings
    }
    assert flags == {"--part"}
