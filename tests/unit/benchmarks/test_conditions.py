import json

import cv2
import pytest

from benchmarks.__main__ import main


def test_conditions_command(tmp_path, capsys):
    options = ["--count", "3", "--conditions", "plain,no digits: wood", "--json"]
    assert main(["conditions", *options, "--sheet", str(tmp_path)]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    by_name = {row["condition"]: row for row in rows}
    assert by_name["plain"]["f1"] > 0.9
    assert by_name["plain"]["whole_numbers"] > 0.8
    assert by_name["no digits: wood"]["f1"] is None
    for total in ("all with digits", "the first 45"):
        assert by_name[total]["digits"] == by_name["plain"]["digits"]
    assert by_name["all without digits"]["scenes"] == 3
    assert cv2.imread(str(tmp_path / "plain.png")).shape[1] == 3 * 640
    assert (tmp_path / "no-digits-wood.png").is_file()


def test_one_process_gives_the_same_as_two(capsys):
    options = ["--count", "2", "--conditions", "blur,pencil", "--json"]
    found = []
    for jobs in "12":
        assert main(["conditions", *options, "--jobs", jobs]) == 0
        found.append(json.loads(capsys.readouterr().out)["rows"])
    assert found[0] == found[1]


def test_unknown_condition(capsys):
    assert main(["conditions", "--conditions", "fog"]) == 1
    assert "no condition 'fog'; there are: plain, " in capsys.readouterr().err


@pytest.mark.parametrize("size", ["640", "0x480", "axb"])
def test_bad_size(size, capsys):
    with pytest.raises(SystemExit):
        main(["conditions", "--size", size])
    assert "--size" in capsys.readouterr().err


def test_hands_that_are_not_there(tmp_path, capsys):
    assert main(["conditions", "--strokes", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
