"""What `edge-digits archive` can be told."""

import argparse
from dataclasses import fields

import pytest

from edge_app.archive import archive_settings
from edge_app.archive.archive_settings import EngineOptions, ReviewOptions
from edge_app.common.option_fields import add_options, flag_of, values_of

pytestmark = pytest.mark.device

ALL = [
    kind
    for name, kind in vars(archive_settings).items()
    if name.endswith("Options")
]  # fmt: skip


def parsed(kind, *words):
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_options(parser, kind)
    return kind(**values_of(kind, parser.parse_args(words)))


@pytest.mark.parametrize("kind", ALL)
def test_what_is_not_typed_is_the_default(kind):
    assert parsed(kind) == kind()


def test_units_are_in_the_names_not_in_the_flags():
    options = parsed(EngineOptions, "--time-limit", "2.5", "--memory-limit", "700")
    assert (options.time_limit_s, options.memory_limit_mb) == (2.5, 700)
    assert options.shard_size == 500


@pytest.mark.parametrize("value", ["0", "-1", "many"])
@pytest.mark.parametrize(
    ("kind", "flag"),
    [(EngineOptions, f"--{name}") for name in ("workers", "shard-size", "time-limit",
        "memory-limit", "sample", "price")] + [(ReviewOptions, "--count")],
)  # fmt: skip
def test_amounts_are_above_nothing(kind, flag, value):
    with pytest.raises(argparse.ArgumentError, match=flag):
        parsed(kind, flag, value)


@pytest.mark.parametrize(
    ("flag", "value", "message"),
    [
        ("--memory-limit", "199", "at least 200 expected, got 199"),
        ("--time-limit", "0.9", r"at least 1 expected, got 0\.9"),
        ("--workers", "100000", "at most [0-9]+ expected, 4 for each core .* got 1000"),
    ],
)
def test_limits_are_some_within_which_pages_can_be_read(flag, value, message):
    with pytest.raises(argparse.ArgumentError, match=message):
        parsed(EngineOptions, flag, value)


def test_pages_that_are_well_are_not_read_again():
    assert parsed(EngineOptions, "--again", "missing").again == "missing"
    with pytest.raises(argparse.ArgumentError, match="invalid choice: 'ok'"):
        parsed(EngineOptions, "--again", "ok")


def test_each_flag_means_one_thing():
    flags = [flag_of(field) for kind in ALL for field in fields(kind)]
    assert len(flags) == len(set(flags))
