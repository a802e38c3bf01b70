import argparse
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import command
from benchmarks.common.command import Commands, Result, benchmark, in_percent, share


@pytest.fixture
def parser(monkeypatch):
    """A parser of two benchmarks, registered as modules of them do."""
    monkeypatch.setattr(command, "_REGISTERED", [])

    @benchmark
    def add_second(chosen):
        chosen.add("sums", sums, text="add numbers up", example="")

    @benchmark
    def add_first(chosen):
        parser = chosen.add("means", means, text="average numbers", example="--of 3")
        parser.add_argument("--of", type=int, default=5, help="how many")

    parser = argparse.ArgumentParser(
        "benchmarks", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    Commands(parser)
    return parser


def sums(_arguments):
    return Result("sums", [])


def means(arguments):
    return Result("means", [{"of": arguments.of}])


def test_shares_are_percents_and_counts_stay():
    rows = [{"model": "edge", "digits": 30, "right": 0.98765, "wrong": None}]
    assert in_percent(rows) == [
        {"model": "edge", "digits": 30, "right": "98.77%", "wrong": None}
    ]
    assert rows[0]["right"] == 0.98765


def test_a_command_is_what_its_module_added(parser):
    arguments = parser.parse_args(["means", "--of", "3"])
    assert arguments.run(arguments).rows == [{"of": 3}]
    arguments = parser.parse_args(["sums"])
    assert arguments.run(arguments).title == "sums"


def test_all_commands_have_the_options_of_results(parser):
    for name in ("means", "sums"):
        arguments = parser.parse_args([name])
        assert (arguments.json, arguments.result) == (False, None)
        arguments = parser.parse_args([name, "--json", "--result", "a/b.json"])
        assert (arguments.json, arguments.result) == (True, Path("a/b.json"))


def test_help_has_the_examples_in_order(parser, capsys):
    assert parser.epilog.splitlines() == [
        "examples:",
        "  python -m benchmarks means --of 3",
        "  python -m benchmarks sums",
    ]
    with pytest.raises(SystemExit):
        parser.parse_args(["means", "--help"])
    text = capsys.readouterr().out
    assert "Average numbers." in text
    assert "how many (default: 5)" in text
    assert "\n  python -m benchmarks means --of 3\n" in text


@pytest.mark.parametrize(("words", "said"), [([], "BENCHMARK"), (["mean"], "'means'")])
def test_a_benchmark_must_be_named(parser, words, said, capsys):
    with pytest.raises(SystemExit):
        parser.parse_args(words)
    assert said in capsys.readouterr().err


def test_a_share_of_nothing_is_none():
    assert share([True, False, True, True]) == 0.75
    assert share(np.array([False])) == 0
    assert share([]) is None
