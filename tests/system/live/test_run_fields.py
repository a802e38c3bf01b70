"""`edge-digits run` with fields, turned and limited, as a whole process."""

import csv
import json
import re
import sys
import urllib.request

import cv2
import numpy as np
import pytest
from cameras import mjpeg_camera
from ports import free_port
from test_run import LIMIT_S, ended, events_in, running
from waiting import wait_until
from written import jpeg

from edge_app.__main__ import main
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture(scope="module")
def page():
    """The demo scene and where its numbers are."""
    from edge_app.reader import Reader

    image = Scene(seed=1).frame(0.0)[0]
    return image, Reader().read(image).numbers


def fractions(box_xywh, margin=8):
    x, y, w, h = box_xywh
    place = (x - margin) / 640, (y - margin) / 480
    return [*place, (w + 2 * margin) / 640, (h + 2 * margin) / 480]


def rows(capsys):
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


def test_a_folder_is_turned_cut_and_matched(tmp_path, capsys, page):
    image, numbers = page
    lying = cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)
    cv2.imwrite(str(tmp_path / "p.png"), lying)
    source = ["run", "--source", str(tmp_path), "--view", "json"]
    assert main([*source, "--rotate", "90"]) == 0
    (row,) = rows(capsys)
    assert [number["text"] for number in row["numbers"]] == [
        number.text for number in numbers
    ]
    assert (row["width"], row["height"]) == (640, 480)
    assert main([*source, "--rotate", "auto"]) == 0
    (row,) = rows(capsys)
    assert [number["text"] for number in row["numbers"]] == [
        number.text for number in numbers
    ]
    # In pixels of the picture as it came: the upper part of the page is on its left.
    assert main([*source, "--rotate", "90", "--roi", "0,0,130,640"]) == 0
    (row,) = rows(capsys)
    assert [number["text"] for number in row["numbers"]] == [numbers[0].text]
    assert main([*source, "--rotate", "90", "--expect", "[0-9]{6}"]) == 0
    (row,) = rows(capsys)
    assert [number["text"] for number in row["numbers"]] == ["941365"]
    assert main([*source, "--rotate", "90", "--min-confidence", "1"]) == 0
    (row,) = rows(capsys)
    assert all(digit["confidence"] == 1 for digit in row["digits"])
    assert main([*source, "--roi", "900,0,10,10"]) == 1
    assert "--roi: region 900,0,10,10 lies outside" in capsys.readouterr().err


def test_a_number_with_an_unsure_digit_is_rejected_whole(tmp_path, capsys, page):
    image, numbers = page
    cv2.imwrite(str(tmp_path / "p.png"), image)
    read = ["read", str(tmp_path / "p.png"), "--json", "--rejects"]
    assert main(read) == 0
    (row,) = rows(capsys)
    found = row["numbers"]
    sure = [min(row["digits"][i]["confidence"] for i in n["digits"]) for n in found]
    least = min(sure)
    assert least < max(sure)
    assert main([*read, "--min-confidence", str(least + 1e-3)]) == 0
    (strict,) = rows(capsys)
    expected = [
        n["text"]
        for n, confidence in zip(found, sure, strict=True)
        if confidence > least
    ]
    assert [number["text"] for number in strict["numbers"]] == expected
    unsure = [reject for reject in strict["rejects"] if reject["reject"] == "unsure"]
    assert len(unsure) >= len(numbers[sure.index(least)].text)
    for share in ("1.5", "-1", "much"):
        with pytest.raises(SystemExit):
            main([*read, "--min-confidence", share])
    assert "0 to 1 expected, got 1.5" in capsys.readouterr().err


def test_a_photograph_that_says_how_it_lies_is_not_turned_again(tmp_path, capsys, page):
    image, numbers = page
    lying = cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE)
    (tmp_path / "p.jpg").write_bytes(jpeg(lying, orientation=6))
    options = ["--source", str(tmp_path), "--view", "json", "--rotate", "180"]
    assert main(["run", *options]) == 0
    (row,) = rows(capsys)
    assert [number["text"] for number in row["numbers"]] == [n.text for n in numbers]


def test_a_clip_is_asked_once_which_way_is_up(tmp_path, capsys, page):
    image, numbers = page
    clip = tmp_path / "clip.avi"
    lying = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)
    size_wh = lying.shape[1], lying.shape[0]
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, size_wh)
    blank = np.full_like(lying, 200)
    for frame in (blank, *[lying] * 8, blank, cv2.rotate(lying, cv2.ROTATE_180)):
        writer.write(frame)
    writer.release()
    assert (
        main(["run", "--source", str(clip), "--view", "json", "--rotate", "auto"]) == 0
    )
    found = rows(capsys)
    assert [number["text"] for number in found[5]["numbers"]] == [
        n.text for n in numbers
    ]
    # Once it is known the last frame is turned as those before, not by itself.
    assert [(row["width"], row["height"]) for row in found[1:]] == [(640, 480)] * 10


def settings(tmp_path, numbers, *, more=""):
    first, second = numbers[:2]
    path = tmp_path / "edge-digits.toml"
    path.write_text(
        f"{more}\n"
        f"[field.first]\nplace = {fractions(first.box_xywh)}\n"
        f'pattern = "[0-9]{{4}}"\ndecimals = 1\nunit = "l"\n'
        f"[field.second]\nplace = {fractions(second.box_xywh)}\nmaximum = 1\n"
    )
    return path


def test_fields_of_pictures_are_recorded(tmp_path, capsys, page):
    image, numbers = page
    (tmp_path / "shots").mkdir()
    cv2.imwrite(str(tmp_path / "shots" / "a.png"), image)
    config = settings(tmp_path, numbers)
    files = tmp_path / "r.jsonl", tmp_path / "r.csv"
    options = ["--source", str(tmp_path / "shots"), "--view", "text"]
    options += ["--jsonl", str(files[0]), "--csv", str(files[1])]
    assert main(["run", "--config", str(config), *options]) == 0
    value = int(numbers[0].text) / 10
    wrong = f"implausible: {int(numbers[1].text)} is above 1"
    out = capsys.readouterr().out
    assert f"first: {value:.1f} l  second: ? ({wrong})" in out
    (row,) = events_in(files[0])
    first, second = row["fields"]
    assert (first["name"], first["value"], first["unit"]) == ("first", value, "l")
    assert (second["value"], second["fault"]) == (None, wrong)
    with files[1].open(newline="") as file:
        found = {
            written_row["field"]: written_row for written_row in csv.DictReader(file)
        }
    assert found["first"]["value"] == str(value)
    assert found["second"]["fault"] == wrong
    assert found["second"]["text"] == numbers[1].text


def test_fields_of_a_live_camera(tmp_path, page):
    """Events in files, answers over HTTP, from one process."""
    pytest.importorskip("starlette", reason="the extra web")
    _, numbers = page
    config = settings(tmp_path, numbers)
    port, path = free_port(), tmp_path / "events.jsonl"
    options = ["--config", config, "--view", "web", "--port", port, "--jsonl", path]
    with (
        mjpeg_camera() as camera,
        running("--source", camera.url, "--name", "cellar", *options) as process,
    ):

        def of_first():
            return [e for e in events_in(path) if e["field"]["name"] == "first"]

        wait_until(of_first, LIMIT_S)
        url = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{url}/reading", timeout=20) as answer:
            answered = json.load(answer)
        assert answered["device"] == "cellar"
        assert [field["name"] for field in answered["fields"]] == ["first", "second"]
        with urllib.request.urlopen(f"{url}/healthz", timeout=20) as answer:
            assert json.load(answer)["status"] == "ok"
        ended(process)
    kinds = {kept_event["kind"] for kept_event in events_in(path)}
    assert kinds <= {"settled", "changed", "fault"}
    for event in of_first():
        assert re.fullmatch("[0-9]{4}", event["text"]) or event["kind"] == "fault"
