import json

import cv2
import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.reading import cases
from benchmarks.reading.cases import Case


def rows(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["rows"]


@pytest.mark.parametrize(
    ("expected", "read", "is_right"),
    [
        ("235 / 12 3", "235123", True),
        ("235 / 12 3", "123235", False),  # another order
        ("235 / 12 3", "23512", False),
        ("none", "", True),
        ("none", "1", False),
        ("at least 30 of 35", "1" * 29, False),
        ("at least 30 of 35", "1" * 30, True),
        ("at least 30 of 35", "1" * 37, True),
        ("at least 30 of 35", "1" * 38, False),
        ("read, or one line that says why not", "", True),
        ("read, or one line that says why not", "42", True),
    ],
)
def test_what_a_case_expects(expected, read, is_right):
    assert Case("a.png", expected, "").is_right(read) == is_right


def test_cut_digits_of_cases():
    table = Case("table_on_dark_desk.jpg", "14 / 276", "")
    assert [table.is_right(text) for text in ("14276", "1427", "142")] == [1, 1, 0]
    zeros = Case("open_zero_cut.jpg", "0 1 / 2 3", "")
    assert [zeros.is_right(text) for text in ("0123", "012389", "012")] == [1, 1, 0]


def write_cases(folder, *lines):
    (folder / "cases.tsv").write_text("\n".join(["file\tdigits\tfault", *lines]))


@pytest.mark.parametrize("line", ["", "a.png\t7"])
def test_malformed_cases(line, tmp_path, capsys):
    write_cases(tmp_path, *([line] if line else []))
    assert main(["cases", str(tmp_path)]) == 1
    assert "3 columns expected" in capsys.readouterr().err


def test_cases_that_are_not_there(tmp_path, capsys):
    assert main(["cases", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "cases.tsv: cannot be read" in error
    assert error.count("\n") == 1


def test_lines_of_a_reading(reader):
    frame = np.full((480, 640, 3), 230, np.uint8)
    assert cases.lines(reader.read(frame)) == "none"


def test_cases_command(tmp_path, capsys):
    blank = np.full((120, 160, 3), 230, np.uint8)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    (tmp_path / "torn.png").write_bytes(b"no picture")
    write_cases(
        tmp_path,
        "blank.png\tnone\tempty paper",
        "torn.png\tread, or one line that says why not\ta torn file",
        "torn.png\t7\ta torn file that is to be read",
        "blank.png\t7\tafter a torn file",
    )
    result = tmp_path / "cases.json"
    found = rows(capsys, "cases", str(tmp_path), "--result", str(result))
    assert [row["right"] for row in found] == [True, True, False, False]
    assert "torn.png: not an image" in found[1]["read"]
    assert found[3]["read"] == "none"
    assert "2 of 4 cases" in json.loads(result.read_text())["benchmark"]
