import argparse
import re
from pathlib import Path

import pytest
from written import write_idx

from train import subcommands


def parser():
    main = argparse.ArgumentParser(prog="python -m train")
    main.set_defaults(command="training")
    shown = []
    subcommands.add(main, show=shown.append)
    return main, shown


def test_without_a_command_the_parser_goes_on_as_it_was():
    assert parser()[0].parse_args([]).command == "training"


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["inspect"], {"columns": 20, "sheet": Path("runs/digits.png"), "seed": 1}),
        (["inspect", "--columns", "3"], {"columns": 3, "split": "standard"}),
        (["images", "a.npz"], {"file": Path("a.npz"), "jobs": 2, "seed": 1}),
        (["architectures"], {}),
        (["tune"], {"run": Path("runs/tune"), "installed_by": "tune"}),
        (["adapt", "kept"], {"folder": Path("kept"), "run": Path("runs/adapted")}),
    ],
)
def test_a_command_brings_its_options(words, given):
    arguments = parser()[0].parse_args(words)
    assert callable(arguments.command)
    for name, value in given.items():
        assert getattr(arguments, name) == value


@pytest.mark.parametrize(
    "name", ["inspect", "images", "architectures", "tune", "adapt"]
)
def test_help_has_an_example(name, capsys):
    with pytest.raises(SystemExit):
        parser()[0].parse_args([name, "--help"])
    printed = capsys.readouterr().out
    assert re.search(rf"example:\n  (python -m train {name}|edge-digits run)", printed)


@pytest.mark.parametrize("words", [["inspect", "--columns", "0"], ["fly"]])
def test_what_cannot_be_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        parser()[0].parse_args(words)
    assert "error: " in capsys.readouterr().err


def test_inspecting_shows_what_is_there(tmp_path):
    pytest.importorskip("matplotlib", reason="the sheet is drawn with it")
    import numpy as np

    labels = np.array([3, 3, 8, 0], np.uint8)
    for part, count in (("train", 4), ("t10k", 2)):
        images = np.full((count, 28, 28), 200, np.uint8)
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels[:count])
    main, shown = parser()
    sheet = tmp_path / "sheet.png"
    words = ["inspect", "--data", str(tmp_path), "--sheet", str(sheet)]
    arguments = main.parse_args(words)
    assert arguments.command(arguments) == 0
    facts, distribution, last = shown
    assert re.search(r"training +\| +4 ", facts)
    assert re.search(
        r"\n\| +3 +\| +2 +\| 50\.00% +\| +2 +\| 100\.00% +\|", distribution
    )
    assert last == f"\n{sheet}: some of the training images"
    assert sheet.stat().st_size > 1000
