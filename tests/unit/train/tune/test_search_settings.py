import argparse

import pytest

from edge_app.common.option_fields import add_options, values_of
from train.tune.search_settings import Search, StudyOptions


def parsed(*words):
    """The study's options and the search that a command line asks for."""
    parser = argparse.ArgumentParser()
    for kind in (StudyOptions, Search):
        add_options(parser, kind)
    arguments = parser.parse_args(words)
    return tuple(kind(**values_of(kind, arguments)) for kind in (StudyOptions, Search))


def test_what_is_not_given_is_at_its_default():
    assert parsed() == (StudyOptions(), Search())
    study, search = parsed("--trials", "7", "--max-epochs", "3", "--no-augment")
    assert study == StudyOptions(database=None, study="digits", trials=7, workers=1)
    assert search == Search(max_epochs=3, augment=False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"share": 0.0}, "share 0.0: above 0 and at most 1 expected"),
        ({"share": 1.1}, "share 1.1: above 0 and at most 1 expected"),
        ({"validation_share": 1.0}, "validation_share 1.0: between 0 and 1 expected"),
        ({"seed": -1}, "seed -1: 0 or more expected"),
    ],
)
def test_values_out_of_their_range_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Search(**given)


@pytest.mark.parametrize("option", ["--trials", "--workers", "--max-epochs"])
def test_a_search_has_one_of_each_at_least(option, capsys):
    with pytest.raises(SystemExit):
        parsed(option, "0")
    assert option in capsys.readouterr().err
