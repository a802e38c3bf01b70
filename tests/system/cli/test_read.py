"""``edge-digits read``."""

import json
import math
import os
import re
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest
from places import ROOT
from written import jpeg

from edge_app.__main__ import main
from edge_app.model.classify import MODELS
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


def lines(text):
    return text.strip().splitlines()


def test_read_prints_the_numbers(scene_png, capsys):
    assert main(["read", str(scene_png)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for number in Scene(seed=1).numbers:
        assert number in out


def test_the_smaller_page_network_reads_too(tmp_path, capsys):
    scene = Scene(seed=2)
    cv2.imwrite(str(tmp_path / "scene.png"), scene.frame(0.0)[0])
    assert main(["read", str(tmp_path / "scene.png"), "--reader", "page-lite"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for number in scene.numbers:
        assert number in out


# Processors and runtimes round differently, before a logistic function: 0.983 to 0.991
# or 0.8 to 0.89.
ROUNDED_LOG_ODDS = 0.7


def log_odds(confidence):
    return math.log(confidence / (1 - confidence))


def test_the_readme_shows_what_is_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("photo.jpg", Scene(seed=1).frame(0.0)[0])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line, least = re.search(
        r"^(photo\.jpg: .*) \(least confidence (.*)\)$", readme, re.M
    ).groups()
    shown = json.loads(re.search(r'"digits": \[(\{"box_xywh".*?\})', readme)[1])
    assert main(["read", "photo.jpg"]) == 0
    said, confidence = capsys.readouterr().out.split(" (least confidence ")
    assert said == line
    seen, read = (log_odds(float(n)) for n in (confidence.strip(")\n"), least))
    assert seen == pytest.approx(read, abs=ROUNDED_LOG_ODDS)
    assert main(["read", "photo.jpg", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["digits"][0]
    seen, read = (log_odds(digit["confidence"]) for digit in (first, shown))
    assert seen == pytest.approx(read, abs=ROUNDED_LOG_ODDS)
    assert first["box_xywh"] == pytest.approx(shown["box_xywh"], abs=1)
    assert first["label"] == shown["label"]
    assert first.keys() == shown.keys()


def test_read_json(scene_png, capsys):
    assert main(["read", str(scene_png), str(scene_png), "--json"]) == 0
    rows = [json.loads(line) for line in lines(capsys.readouterr().out)]
    assert len(rows) == 2
    for row in rows:
        assert row["source"] == str(scene_png)
        assert (row["width"], row["height"]) == (640, 480)
        assert set(row["digits"][0]) == {
            "box_xywh",
            "label",
            "confidence",
            "alternatives",
        }
        assert "rejects" not in row
        assert set(row["numbers"][0]) == {"text", "box_xywh", "digits"}
        stages = {"find", "normalize", "classify", "group", "total"}
        assert set(row["latency_ms"]) == stages


def test_read_goes_on_after_a_bad_file(scene_png, tmp_path, capsys):
    missing = tmp_path / "missing.jpg"
    assert main(["read", str(missing), str(scene_png)]) == 1
    out, err = capsys.readouterr()
    assert len(lines(out)) == len(lines(err)) == 1
    assert "missing.jpg: cannot be read (No such file" in err


def test_read_blank_and_tiny_images(tmp_path, capsys):
    for name, shape in (("blank", (480, 640)), ("one", (1, 1))):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full(shape, 255, np.uint8))
    images = [str(tmp_path / "blank.png"), str(tmp_path / "one.png")]
    assert main(["read", *images]) == 0
    assert [line.split(": ")[1] for line in lines(capsys.readouterr().out)] == [
        "no digits",
        "no digits",
    ]


def test_annotate_draws_each_image(scene_png, tmp_path, capsys):
    other = tmp_path / "other" / scene_png.name
    other.parent.mkdir()
    shutil.copy(scene_png, other)
    seen = tmp_path / "seen"
    images = [str(scene_png), str(other)]
    assert main(["read", *images, "--annotate", str(seen)]) == 0
    drawn = sorted(seen.iterdir())
    assert [path.name for path in drawn] == ["scene-2-read.png", "scene-read.png"]
    before, after = cv2.imread(str(scene_png)), cv2.imread(str(drawn[0]))
    assert after.shape == before.shape
    assert (after != before).any()


def test_annotate_never_overwrites_a_photograph(scene_png, tmp_path):
    photo = tmp_path / "photo.png"
    shutil.copy(scene_png, photo)
    before = photo.read_bytes()
    assert main(["read", str(photo), "--annotate", str(tmp_path)]) == 0
    assert photo.read_bytes() == before
    assert (tmp_path / "photo-read.png").exists()


def test_names_that_the_terminal_cannot_show(scene_png, tmp_path):
    photo = tmp_path / "gr\u00fcn.png"
    shutil.copy(scene_png, photo)
    missing = tmp_path / "two\nlines.png"
    done = subprocess.run(
        [sys.executable, "-m", "edge_app", "read", str(photo), str(missing)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 1
    assert "gr\\xfcn.png: 2927" in done.stdout
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="names hold no such characters")
def test_each_file_is_one_line_whatever_its_name(scene_png, tmp_path):
    for name in ("two\nlines", "\x1b[2J"):
        shutil.copy(scene_png, tmp_path / f"{name}.png")
        (tmp_path / f"{name}.bmp").touch()
    words = [sys.executable, "-m", "edge_app"]
    paths = sorted(map(str, tmp_path.iterdir()))
    run = ["run", "--view", "text", "--source", str(tmp_path)]
    # A line for each file that cannot be read; `run` sums them up in another one.
    for more, num_lines in ((["read", *paths], [2, 2]), (run, [4, 3])):
        done = subprocess.run([*words, *more], capture_output=True, text=True)
        assert [done.stdout.count("\n"), done.stderr.count("\n")] == num_lines
        assert "\x1b" not in done.stdout + done.stderr
        assert "two\\nlines.png: 2927" in done.stdout


def test_annotate_into_a_file(scene_png, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["read", str(scene_png), "--annotate", str(tmp_path / "file")]) == 1
    assert len(lines(capsys.readouterr().err)) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:5000], "cut short"),
        (lambda content: content[:-1] + b"?", "SHA-256"),
    ],
)
def test_read_with_a_damaged_model(scene_png, tmp_path, capsys, change, message):
    models = tmp_path / "models"
    shutil.copytree(MODELS, models)
    path = models / "report-int8.tflite"
    path.write_bytes(change(path.read_bytes()))
    assert main(["read", str(scene_png), "--model", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(lines(err)) == 1
    assert message in err


def numbers_of(capsys):
    return [number["text"] for number in json.loads(capsys.readouterr().out)["numbers"]]


def test_a_photograph_turned_by_exif_reads_upright(scene_png, tmp_path, capsys):
    assert main(["read", str(scene_png), "--json"]) == 0
    upright = numbers_of(capsys)
    assert upright
    frame = cv2.imread(str(scene_png))
    stored = cv2.rotate(frame, cv2.ROTATE_90_COUNTERCLOCKWISE)
    photo = tmp_path / "turned.jpg"
    photo.write_bytes(jpeg(stored, orientation=6))
    assert main(["read", str(photo), "--json", "--annotate", str(tmp_path)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["rotation"] == 90
    assert (row["width"], row["height"]) == (480, 640)
    assert [number["text"] for number in row["numbers"]] == upright
    # Boxes lie where they do in the stored picture.
    for digit in row["digits"]:
        x, y, w, h = digit["box_xywh"]
        assert stored[y : y + h, x : x + w].min() < stored.mean()
    assert cv2.imread(str(tmp_path / "turned-read.png")).shape == frame.shape


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("how", ["given", "auto"])
def test_rotate(scene_png, tmp_path, capsys, degrees, how):
    main(["read", str(scene_png), "--json"])
    upright = numbers_of(capsys)
    undone = {
        90: cv2.ROTATE_90_COUNTERCLOCKWISE,
        180: cv2.ROTATE_180,
        270: cv2.ROTATE_90_CLOCKWISE,
    }
    photo = tmp_path / "turned.png"
    cv2.imwrite(str(photo), cv2.rotate(cv2.imread(str(scene_png)), undone[degrees]))
    option = str(degrees) if how == "given" else "auto"
    assert main(["read", str(photo), "--json", "--rotate", option]) == 0
    assert numbers_of(capsys) == upright


def test_roi_reads_a_part(scene_png, capsys):
    main(["read", str(scene_png), "--json"])
    digits = json.loads(capsys.readouterr().out)["digits"]
    assert main(["read", str(scene_png), "--json", "--roi", "0,0,640,200"]) == 0
    part = json.loads(capsys.readouterr().out)
    assert (part["width"], part["height"]) == (640, 480)
    above = [digit for digit in digits if sum(digit["box_xywh"][1::2]) < 198]
    cut = [
        digit for digit in digits if digit["box_xywh"][1] < 200 and digit not in above
    ]
    assert 0 < len(part["digits"]) < len(digits)
    # All that lie in it; of those that its border cuts some, but none of their pieces.
    whole, others = part["digits"][: len(above)], part["digits"][len(above) :]
    assert [digit["label"] for digit in whole] == [digit["label"] for digit in above]
    for seen_digit in others:
        rights = [
            sum(digit["box_xywh"][0::2])
            for digit in cut
            if digit["label"] == seen_digit["label"]
        ]
        assert any(
            abs(sum(seen_digit["box_xywh"][0::2]) - right) < 10 for right in rights
        )


def test_roi_outside_of_the_image(scene_png, capsys):
    assert main(["read", str(scene_png), "--roi", "900,0,10,10"]) == 1
    err = capsys.readouterr().err
    assert "lies outside of the frame of 640x480" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("--roi", "1,2,3"), ("--roi", "0,0,0,5"), ("--expect", "["), ("--rotate", "45")],
)
def test_bad_read_options(scene_png, capsys, option, value):
    with pytest.raises(SystemExit) as ended:
        main(["read", str(scene_png), option, value])
    assert ended.value.code == 2
    assert "expected" in capsys.readouterr().err or option == "--rotate"


@pytest.mark.parametrize("image", ["", "http://example.com/a.jpg"])
def test_what_is_no_path_is_refused(image, capsys):
    with pytest.raises(SystemExit):
        main(["read", image])
    assert f"IMAGE: a {'file' if image else 'name or a path'} expected" in (
        capsys.readouterr().err
    )


def test_expect_keeps_numbers_that_match(scene_png, capsys):
    main(["read", str(scene_png), "--json"])
    length = len(numbers_of(capsys)[0])
    pattern = f"[0-9]{{{length}}}"
    options = ["--json", "--rejects", "--expect", pattern]
    assert main(["read", str(scene_png), *options]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["numbers"]
    assert {len(number["text"]) for number in row["numbers"]} == {length}
    assert len(row["digits"]) == sum(len(number["text"]) for number in row["numbers"])
    assert "rejects" in row


def test_debug_writes_each_stage(scene_png, tmp_path):
    assert main(["read", str(scene_png), "--debug", str(tmp_path)]) == 0
    stages = [path.name.split("-", 2)[2] for path in sorted(tmp_path.iterdir())]
    expected = ["ink", "candidates", "inputs"]
    assert stages == [f"{name}.png" for name in expected]
    for path in tmp_path.iterdir():
        assert cv2.imread(str(path)).max() > 0
