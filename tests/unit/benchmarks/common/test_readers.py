import argparse

import pytest

from benchmarks.common import readers
from benchmarks.common.readers import Choice
from edge_app.common.errors import ModelError
from edge_app.model import classify
from edge_app.reader import Reader
from train import scenes


def parsed(*words):
    parser = argparse.ArgumentParser()
    readers.add_options(parser)
    readers.add_threads(parser)
    return readers.chosen(parser.parse_args(words))


def test_options_choose_a_reader():
    assert parsed() == Choice()
    words = ("--reader", "classic", "--model", "report-int8", "--threads", "2")
    assert parsed(*words) == Choice("classic", "report-int8", num_threads=2)


def test_one_thread_at_least(capsys):
    with pytest.raises(SystemExit):
        parsed("--threads", "0")
    assert "argument --threads: " in capsys.readouterr().err


def test_a_command_may_ask_for_what_finds_the_digits_alone():
    parser = argparse.ArgumentParser()
    readers.add_reader(parser)
    found = readers.chosen(parser.parse_args(["--reader", "classic"]))
    assert found == Choice("classic")
    with pytest.raises(SystemExit):
        parser.parse_args(["--model", "edge-int8"])


def test_a_title_names_both():
    assert str(Choice("classic", "report-int8")) == "classic and report-int8"
    default = classify.default_model()
    assert str(Choice()) == f"the default reader and {default}"


def test_the_reader_that_was_chosen_is_opened():
    frame = scenes.of_digits(4, 1, size_wh=(320, 240)).frame
    chosen = readers.open_reader(Choice("classic", "report-int8")).read(frame)
    assert chosen.digits == Reader("report-int8", "classic").read(frame).digits
    assert chosen.digits != readers.open_reader(Choice()).read(frame).digits
    turned = readers.open_reader(Choice("classic"), rotate=90).read(frame)
    assert turned.rotation == 90


@pytest.mark.parametrize("choice", [Choice("nobody"), Choice(model="nobody")])
def test_a_reader_that_there_is_not(choice):
    with pytest.raises(ModelError, match="nobody: no such "):
        readers.open_reader(choice)
