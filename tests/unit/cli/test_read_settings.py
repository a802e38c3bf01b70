"""The options of ``edge-digits read`` and ``doctor``."""

import argparse
from pathlib import Path

import pytest

from edge_app.cli import edge_digits
from edge_app.cli.read_settings import DoctorOptions, ReadOptions
from edge_app.common.option_fields import add_options, fields_of, values_of

pytestmark = pytest.mark.device


def parsed(options, *words):
    parser = argparse.ArgumentParser()
    add_options(parser, options)
    return options(**values_of(options, parser.parse_args(words)))


def test_nothing_more_is_shown_unless_it_is_asked_for():
    assert parsed(ReadOptions) == ReadOptions()
    assert not any(vars(ReadOptions()).values())
    assert parsed(DoctorOptions) == DoctorOptions(source="0")


def test_what_is_asked_for():
    options = ["--json", "--annotate", "a", "--debug", "b", "--rejects"]
    assert parsed(ReadOptions, *options) == ReadOptions(
        json=True, annotate=Path("a"), debug=Path("b"), rejects=True
    )
    assert parsed(DoctorOptions, "--source", "picamera").source == "picamera"


@pytest.mark.parametrize(
    ("command", "options"),
    [(["read", "a.png"], ReadOptions), (["doctor"], DoctorOptions)],
)
def test_the_commands_take_them(command, options):
    arguments = edge_digits._parser().parse_args(command)
    assert options(**values_of(options, arguments)) == options()
    assert len(values_of(options, arguments)) == len(list(fields_of(options)))
