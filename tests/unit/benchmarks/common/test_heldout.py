import argparse
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.common import heldout
from edge_app.common.errors import DataError


def test_hands_that_are_not_there(tmp_path, capsys):
    for command in ("strips", "letters", "hands", "reliability-scenes"):
        assert main([command, "--strokes", str(tmp_path)]) == 1
        error = capsys.readouterr().err
        assert str(tmp_path) in error
        assert error.count("\n") == 1


def parsed(*words, **options):
    parser = argparse.ArgumentParser()
    heldout.add_options(parser, **options)
    return vars(parser.parse_args(words))


def test_hands_are_those_kept_apart_unless_others_are_asked_for(capsys):
    assert parsed() == {"strokes": None, "part": "test"}
    found = parsed("--strokes", "a/b", "--part", "validation")
    assert found == {"strokes": Path("a/b"), "part": "validation"}
    with pytest.raises(SystemExit):
        parsed("--part", "all")
    assert "argument --part: " in capsys.readouterr().err


def test_strokes_must_be_named_where_there_is_nothing_else_to_measure(capsys):
    with pytest.raises(SystemExit):
        parsed(required=True)
    assert "required: --strokes" in capsys.readouterr().err


def test_nobody_writes_in_two_parts(strokes_dir):
    parts = [heldout.hands(strokes_dir, part) for part in heldout.WRITER_PARTS]
    writers = [set(hands.writers) for hands in parts]
    assert all(writers)
    assert len(set.union(*writers)) == sum(map(len, writers))


def test_a_folder_without_strokes_is_named(tmp_path):
    with pytest.raises(DataError, match=str(tmp_path)):
        heldout.hands(tmp_path, "test")
