"""The commands that measure reading, run as they are."""

import json

import cv2
import pytest

from benchmarks.__main__ import main
from benchmarks.reading import confidence, steps
from benchmarks.reading.hands import letters
from benchmarks.time import scaling


def rows(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["rows"]


def test_single_command(mnist_dir, capsys):
    found = rows(capsys, "single", "--data", str(mnist_dir), "--count", "2")
    assert len(found) == 12
    for row in found:
        shares = [row[key] for key in ("right", "misread", "nothing_read")]
        assert sum(shares) + row["several_read"] == pytest.approx(1)


def test_strips_command(strokes_dir, capsys):
    words = ("strips", "--strokes", str(strokes_dir), "--count", "2")
    (first,), (second,) = rows(capsys, *words), rows(capsys, *words)
    assert first == second
    assert first["strips"] == 2
    assert first["digits"] > 0


def test_letters_command(strokes_dir, capsys, monkeypatch):
    monkeypatch.setattr(letters, "HEIGHTS", (40,))
    found = rows(capsys, "letters", "--strokes", str(strokes_dir), "--count", "1")
    of_kinds = [row["glyphs"] for row in found if row["height_px"] == "40"]
    assert len(of_kinds) == 3
    assert found[-1]["glyphs"] == sum(of_kinds) > 50


@pytest.mark.slow  # all that a tenth of the hands wrote
def test_hands_command(strokes_dir, capsys):
    words = ("hands", "--strokes", str(strokes_dir), "--part", "validation")
    words += ("--copies", "1", "--models", "edge-int8", "report-int8")
    edge, report = rows(capsys, *words)
    assert edge["digits"] > 500
    assert 0.8 < edge["accuracy"] < edge["accuracy_of_accepted"] <= 1
    assert 0.7 < edge["accepted"] <= 1
    # One with an output for what is no digit knows more of it.
    assert edge["both_accepted"] < report["both_accepted"]


@pytest.mark.slow  # each page is read up to four times
def test_turned_command(capsys):
    found = rows(capsys, "turned", "--count", "3")
    assert [row["scenes"] for row in found] == [3, 1, 1, 1, 3]


@pytest.mark.slow  # all photographs
def test_reliability_command(photos_dir, capsys, monkeypatch):
    monkeypatch.setattr(confidence.scenes, "CONDITIONS", ("plain",))
    monkeypatch.setattr(confidence.scenes, "WITHOUT_DIGITS", ())
    words = ("reliability-scenes", "--count", "1", "--photos", str(photos_dir))
    found = rows(capsys, *words)
    assert [row["read_from"] for row in found if row["confidence"] == "all"] == [
        str(photos_dir),
        "scenes",
    ]


def test_conditions_command(tmp_path, capsys):
    options = ["--count", "3", "--conditions", "plain,no digits: wood", "--json"]
    options += ["--jobs", "1"]
    assert main(["conditions", *options, "--worst", str(tmp_path)]) == 0
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


@pytest.mark.slow
def test_one_process_gives_the_same_as_two(capsys):
    options = ["--count", "2", "--conditions", "blur,pencil", "--json"]
    found = []
    for jobs in "12":
        assert main(["conditions", *options, "--jobs", jobs]) == 0
        found.append(json.loads(capsys.readouterr().out)["rows"])
    assert found[0] == found[1]


@pytest.mark.slow  # many scenes
def test_scaling_command(tmp_path, capsys, monkeypatch):
    sizes_wh = (320, 240), (640, 480)
    few = scaling.ScalingConstants(sizes_wh=sizes_wh, num_digits=(4, 16))
    monkeypatch.setattr(scaling, "_SCALING", few)
    picture = tmp_path / "new" / "scaling.png"
    assert main(["scaling", "--runs", "2", "--plot", str(picture), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["benchmark"].startswith("time grows with pixels^")
    assert [row["pixels"] for row in written["rows"][:2]] == [76800, 307200]
    assert [row["digits"] for row in written["rows"][2:]] == [4, 16]
    assert cv2.imread(str(picture)).shape[1] > 500


@pytest.mark.slow  # many scenes
def test_constants_are_moved(capsys, monkeypatch):
    monkeypatch.setattr(steps, "CONSTANTS", ("edge_app.find.touching.TOUCHING",))
    options = ["--count", "1", "--conditions", "plain", "--jobs", "1"]
    assert main(["ablation", *options, "--constants", "0.5", "--json"]) == 0
    first, *others = json.loads(capsys.readouterr().out)["rows"]
    assert first["constant"] == "(nothing)"
    assert [row["constant"] for row in others] == steps.moved(0.5)
    assert {row["scenes_f1"] for row in others} == {first["scenes_f1"]}


def test_ablation_command(capsys, monkeypatch):
    fewer = {"the rest of it": steps.Step(reader="classic")}
    monkeypatch.setattr(steps, "STEPS", fewer)
    options = ["--count", "1", "--conditions", "plain,no digits: wood", "--jobs", "1"]
    assert main(["ablation", *options, "--reader", "classic", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["rows"]
    assert first["without"] == "(nothing)"
    assert second["without"] == "the rest of it"
    assert first["scenes_gain"] == second["scenes_gain"] == 0
    assert first["scenes_f1"] == second["scenes_f1"]
