import re

import cv2
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from train.__main__ import main
from train.networks.architectures import ARCHITECTURES


def columns(text):
    """Each row of the tables in `text`, as a list of cells."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def test_inspect_command(mnist_dir, tmp_path, capsys):
    sheet = tmp_path / "new" / "digits.png"
    options = ["--data", str(mnist_dir), "--sheet", str(sheet), "--columns", "7"]
    assert main(["inspect", *options]) == 0
    rows = columns(capsys.readouterr().out)
    assert ["training", "60000", "28x28", "uint8", "uint8", "0 to 255"] in [
        row[:6] for row in rows
    ]
    # The counts of http://yann.lecun.com/exdb/mnist/.
    assert ["1", "6742", "11.24%", "1135", "11.35%"] in rows
    image = cv2.imread(str(sheet), cv2.IMREAD_GRAYSCALE)
    assert (image < 128).mean() > 0.02  # ink


def test_inspect_of_the_pooled_split(mnist_dir, tmp_path, capsys):
    options = ["--data", str(mnist_dir), "--sheet", str(tmp_path / "digits.svg")]
    assert main(["inspect", *options, "--split", "stratified80"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"training +\| +56000", out)
    assert re.search(r"test +\| +14000", out)
    assert (tmp_path / "digits.svg").read_text().startswith("<?xml")


def test_inspect_of_what_is_not_there(tmp_path, capsys):
    assert main(["inspect", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_architectures_command(capsys):
    assert main(["architectures"]) == 0
    rows = {row[0]: row[1:] for row in columns(capsys.readouterr().out)}
    assert set(ARCHITECTURES) <= set(rows)
    # 26*26*32*9 + 11*11*64*288 + 1600*128 + 1280, counted by hand.
    assert rows["report"][:2] == ["225,930", "2,631,040"]


def test_help_lists_the_commands(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    for name in ("inspect", "architectures", "--learning-rate"):
        assert name in out
