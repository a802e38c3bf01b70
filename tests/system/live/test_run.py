"""What `edge-digits run` reads, shows and keeps."""

import csv
import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import pytest
from ports import free_port
from prints import page_of_print
from programs import (
    LIMIT_S,
    asked,
    ended,
    events_in,
    first_messages,
    page_port,
    running,
)
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def test_all_sinks_at_once(tmp_path):
    pytest.importorskip("starlette")
    pytest.importorskip("paho.mqtt")
    port = free_port()
    files = [tmp_path / "a.jsonl", tmp_path / "a.csv"]
    options = ["--view", "web", "--port", port, "--jsonl", files[0], "--csv", files[1]]
    options += ["--save-unsure", tmp_path / "unsure"]
    options += ["--mqtt", f"mqtt://127.0.0.1:{free_port()}"]  # nobody is there
    with running("--source", "demo", *options) as process:
        announced = process.stderr.readline()
        assert f"http://127.0.0.1:{port}/" in announced + process.stderr.readline()
        picture = urllib.request.urlopen(f"http://127.0.0.1:{port}/picture")
        assert len(picture.read(20_000)) == 20_000
        wait_until(
            lambda: any(event["kind"] == "settled" for event in events_in(files[0])),
            LIMIT_S,
        )
        settled = 'edge_digits_events_total{kind="settled"}'  # the page comes last
        wait_until(lambda: settled in asked(port, "metrics"), LIMIT_S)
        # A client that takes nothing more, and a broker that is not there.
        out, _ = ended(process)
    assert out == ""
    settled = {e["text"] for e in events_in(files[0]) if e["kind"] == "settled"}
    assert settled <= set(Scene(seed=1).numbers)
    with files[1].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(events_in(files[0]))
    assert (tmp_path / "unsure" / "unsorted").is_dir()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("999", "there can be no /dev/video999"),
        ("foo://camera", "no stream is got by foo"),
        ("http:///video", "names no machine"),
        ("rtsp://camera:99999/live", "no URL"),
        ("/dev/null", "is no camera"),
        ("no-such.mp4", "no such file"),
        ("no such.mp4", "no such file"),
        ("no-such-folder", "no such file"),
        ("no-such/*.jpg", "holds no image files"),
    ],
)
def test_what_can_never_be_read_is_not_waited_for(name, why, capsys):
    assert main(["run", "--source", name, "--view", "none"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert why in err


def test_frames_that_take_too_long_are_counted(tmp_path):
    pytest.importorskip("starlette")
    path = tmp_path / "page.avi"
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (4000, 3000)
    )
    for _ in range(3):
        writer.write(page_of_print(4000, 3000))
    writer.release()
    options = [
        "--view",
        "web",
        "--port",
        0,
        "--frame-timeout",
        1,
        "--log-level",
        "info",
    ]
    with running("--source", path, *options) as process:
        port = page_port(process)
        given_up = r"frames_given_up_total [1-9]"  # the next may be given up meanwhile
        wait_until(lambda: re.search(given_up, asked(port, "metrics")), LIMIT_S)
        _, err = ended(process)
    assert "frames take longer than 1 s to read" in err


def test_a_clip_is_played_and_the_page_stays(tmp_path):
    pytest.importorskip("starlette")
    clip, kept = tmp_path / "clip.avi", tmp_path / "kept.jsonl"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 5, (640, 480))
    for n in range(10):
        writer.write(Scene(seed=1).frame(n / 5)[0])
    writer.release()
    options = ["--jsonl", kept, "--every-frame", "--view", "web", "--port", 0]
    with running("--source", clip, "--speed", 0.5, *options) as process:
        port = page_port(process)
        wait_until(lambda: len(events_in(kept)) == 10, LIMIT_S)
        assert "ended" in process.stderr.readline()
        assert "JFIF" in asked(port, "picture.jpg")
        wait_until(
            lambda: (
                int(re.search(r'"serial": (\d+), "source"', first_messages(port))[1])
                > 11
            ),
            LIMIT_S,
        )
        assert "event: fault" not in first_messages(port)
        assert "frames_total 10.0" in asked(port, "metrics")
        ended(process)


def test_pictures_of_a_folder_are_stepped_through(tmp_path):
    pytest.importorskip("starlette")
    for seed in (1, 2, 10):
        cv2.imwrite(str(tmp_path / f"p{seed}.png"), Scene(seed=seed).frame(0.0)[0])
    kept = tmp_path / "kept" / "a.jsonl"
    options = ["--view", "web", "--port", 0, "--jsonl", kept]
    with running("--source", tmp_path, *options) as process:
        port = page_port(process)
        for by, name in ((0, "p1"), (1, "p2"), (1, "p10"), (1, "p10"), (-1, "p2")):
            if by:
                asked(port, f"step?by={by}", method="POST")
            wait_until(lambda n=name: f"{n}.png" in first_messages(port), LIMIT_S)
        ended(process)
    sources = [Path(row["source"]).stem for row in events_in(kept)]
    assert sources == ["p1", "p2", "p10"]  # once each, though p2 was seen twice


def test_folder_of_photographs_is_read_one_by_one(tmp_path, capsys):
    truth = []
    for seed in (1, 2, 3):
        scene = Scene(seed=seed)
        truth.append(scene.numbers)
        cv2.imwrite(str(tmp_path / f"{seed}.png"), scene.frame(0.0)[0])
    kept = tmp_path / "readings" / "all.jsonl"
    options = ["--view", "json", "--jsonl", str(kept)]
    assert main(["run", "--source", str(tmp_path), *options]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(kept.read_text().splitlines()) == 3
    found = [[number["text"] for number in row["numbers"]] for row in rows]
    assert found == truth  # nothing of one photograph is carried to the next


def test_every_frame_of_a_clip_is_read(tmp_path, capsys):
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 240))
    for n in range(40):
        writer.write(np.full((240, 320, 3), 200 + n % 20, np.uint8))
    writer.release()
    assert main(["run", "--source", str(path), "--view", "json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 40


def test_auto_shows_the_page_where_there_is_no_screen(monkeypatch):
    pytest.importorskip("starlette")
    screens = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with running("--source", "demo", "--port", 0, **screens) as process:
        assert "Live page: http://127.0.0.1:" in process.stderr.readline()
        ended(process)


def test_a_missing_extra_is_named():
    # Python that pretends the package is not there, as on a bare device.
    program = (
        "import importlib.util, sys; real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *a: "
        "None if name in ('paho', 'starlette') else real(name, *a)\n"
        "from edge_app.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    )
    for options, extra in (
        (["--mqtt", "mqtt://x"], "mqtt"),
        (["--view", "web"], "web"),
    ):
        command = ["run", "--source", "demo", *options, "--max-frames", "1"]
        done = subprocess.run(
            [sys.executable, "-c", program, *command], capture_output=True, text=True
        )
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert f"[{extra}]" in done.stderr


@pytest.mark.soak
def test_memory_stays_flat():
    from benchmarks.live import soak

    result = soak.measure(30)  # which fails where the program does not end by itself
    assert result.slope_mb_per_hour < 2
    assert result.missed == 0
