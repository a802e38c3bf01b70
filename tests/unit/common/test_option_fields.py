import argparse
import doctest
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from edge_app.common import option_fields
from edge_app.common.option_fields import add_options, option, values_of

pytestmark = pytest.mark.device


@dataclass(frozen=True)
class Baking:
    minutes: int = option(20, "how long", metavar="N")
    heat: Literal["top", "bottom"] = option("top", "from where")
    fan: bool = option(False, "with the fan")
    size_cm: float | None = option(None, "of the tin", flag="--tin")
    molds: tuple[str, ...] = option((), "of several cakes")
    recipe: Path | None = option(None, "a file")
    batch: int = 3  # no option


def parsed(*words, **more):
    parser = argparse.ArgumentParser()
    add_options(parser, Baking, **more)
    return parser.parse_args(words)


def test_defaults_are_those_of_the_fields():
    assert Baking(**values_of(Baking, parsed())) == Baking()


def test_values_have_the_types_of_the_fields():
    arguments = parsed(
        "--minutes", "5", "--heat", "bottom", "--fan", "--tin", "24.5",
        "--molds", "a", "b", "--recipe", "cake.txt",
    )  # fmt: skip
    assert values_of(Baking, arguments) == {
        "minutes": 5,
        "heat": "bottom",
        "fan": True,
        "size_cm": 24.5,
        "molds": ("a", "b"),
        "recipe": Path("cake.txt"),
    }


def test_only_named_fields_are_options_and_defaults_may_be_others():
    arguments = parsed(names=("fan", "minutes"), minutes=7)
    assert vars(arguments) == {"fan": False, "minutes": 7}


def test_what_is_not_given_may_be_absent():
    arguments = parsed("--no-fan", defaults=lambda name, default: None)
    assert vars(arguments) == {"fan": False}


def test_help_says_the_default_that_it_is_told():
    parser = argparse.ArgumentParser()
    add_options(parser, Baking, names=("minutes",), defaults=lambda *given: str(given))
    assert "how long (default: ('minutes', 20))" in parser.format_help()


def test_a_choice_that_there_is_not_is_refused(capsys):
    with pytest.raises(SystemExit):
        parsed("--heat", "left")
    assert "choose from" in capsys.readouterr().err


def test_what_is_no_number_and_no_path_is_told_with_what_is_expected(capsys):
    for words, message in (
        (("--minutes", "soon"), "--minutes: a whole number expected, got 'soon'"),
        (("--tin", "wide"), "--tin: a finite number expected, got 'wide'"),
        (("--recipe", ""), "--recipe: a name or a path expected, got ''"),
    ):
        with pytest.raises(SystemExit):
            parsed(*words)
        assert message in capsys.readouterr().err


def test_the_example_runs():
    found = doctest.testmod(option_fields)
    assert found.attempted > 5
    assert found.failed == 0
