"""The options of ``edge-digits run``, against the settings that they make."""

import argparse
import shlex

import pytest

from edge_app.cli import outputs, run_options
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_settings import (
    CameraOptions,
    FrameOptions,
    SinkSettings,
    SourceOptions,
)
from edge_app.common.option_fields import fields_of, flag_of, values_of

pytestmark = pytest.mark.device

SETTINGS = (SourceOptions, CameraOptions, FrameOptions, SinkSettings, ReaderSettings)


def parser(add):
    parser = argparse.ArgumentParser()
    add(parser)
    return parser


def flags(parser):
    return {flag for action in parser._actions for flag in action.option_strings}


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_setting_has_its_option_and_default(settings):
    arguments = parser(add_all).parse_args([])
    values = values_of(settings, arguments)
    assert values.keys() == {field.name for field in fields_of(settings)}
    defaults = settings()
    for name, value in values.items():
        assert str(value) == str(getattr(defaults, name)), name


def add_all(parser):
    run_options.add_run_options(parser)
    run_options.add_model_option(parser)


def test_every_output_has_its_options():
    wanted = {flag for output in outputs.OUTPUTS for flag in output.options}
    found = flags(parser(run_options.add_run_options))
    assert wanted | {"--config", "--print-config", "--log-level"} <= found


def test_pages_are_read_by_all_that_a_reader_is_told():
    found = flags(parser(run_options.add_page_options))
    assert found - {"-h", "--help", "--no-printed", "--no-separators"} == {
        flag_of(field) for field in fields_of(ReaderSettings)
    }
    assert flags(parser(run_options.add_model_option)) == {"-h", "--help", "--model"}


def test_the_examples_are_commands():
    lines = run_options.RUN_EXAMPLES.splitlines()
    examples = [shlex.split(line) for line in lines if "edge-digits run" in line]
    assert len(examples) == 4
    parsed = [parser(run_options.add_run_options).parse_args(e[2:]) for e in examples]
    assert parsed[0].size == (1280, 720)
    assert parsed[1].host == "0.0.0.0"
    assert str(parsed[2].jsonl) == "events.jsonl"
    assert parsed[3].print_config
