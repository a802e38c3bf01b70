"""The benchmarks' commands: what `--help` says, and that a flag means one thing."""

import argparse

import pytest

from benchmarks.__main__ import _parser, main


def commands():
    (below,) = (
        action
        for action in _parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return below.choices


def test_a_flag_means_one_thing_in_all_commands():
    meanings = {}
    for command, parser in commands().items():
        for action in parser._actions:
            meaning = (type(action), action.type, action.nargs, action.metavar)
            meaning += (tuple(action.choices or ()),)
            for flag in action.option_strings:
                meanings.setdefault(flag, {}).setdefault(meaning, []).append(command)
    different = {flag: each for flag, each in meanings.items() if len(each) > 1}
    assert different == {}
    assert {"--data", "--models", "--count", "--runs"} <= set(meanings)


def test_help_has_an_example_of_each_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    for command in commands():
        assert f"\n  python -m benchmarks {command}" in told
