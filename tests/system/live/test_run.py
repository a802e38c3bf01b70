import csv
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from cameras import mjpeg_camera, rtsp_camera, why_no_rtsp_server
from ports import free_port
from prints import page_of_print
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.sources.cameras.devices import device_names
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


LIMIT_S = 90.0  # for what a machine that does nothing else does in one


@contextmanager
def running(*options, **environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process, ending=signal.SIGTERM):
    """Standard output and error of a process told to end.

    It must within 2 s, which `python -m benchmarks soak` measures; here it must, though
    what it waits for never comes.
    """
    process.send_signal(ending)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    return out, err


def events_in(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_first_reading_takes_little_of_the_processor():
    with running("--source", "demo", "--view", "json") as process:
        row = json.loads(process.stdout.readline())
        # Time of the processor, since other processes may be at work;
        # `python -m benchmarks live` measures time on the clock.
        used = psutil.Process(process.pid).cpu_times()
    assert row["numbers"]
    assert used.user + used.system < 1.0


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
            lambda: any(each["kind"] == "settled" for each in events_in(files[0])),
            LIMIT_S,
        )
        metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read()
        assert b'edge_digits_events_total{kind="settled"}' in metrics
        # A client that takes nothing more, and a broker that is not there.
        out, _ = ended(process)
    assert out == ""
    settled = {e["text"] for e in events_in(files[0]) if e["kind"] == "settled"}
    assert settled <= set(Scene(seed=1).numbers)
    with files[1].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(events_in(files[0]))
    assert (tmp_path / "unsure" / "unsorted").is_dir()


def test_camera_goes_and_comes_back(tmp_path):
    path = tmp_path / "events.jsonl"
    options = ["--view", "none", "--jsonl", path]

    def kinds():
        return [event["kind"] for event in events_in(path)]

    with (
        mjpeg_camera() as camera,
        running("--source", camera.url, *options) as process,
    ):
        wait_until(lambda: "settled" in kinds(), LIMIT_S)
        camera.is_killed()
        # What the camera can no longer show is gone, and is said to be.
        wait_until(lambda: kinds().count("gone") == kinds().count("appeared"), LIMIT_S)
        camera.start("--port", camera.port)
        before = kinds().count("settled")
        wait_until(lambda: kinds().count("settled") > before, LIMIT_S)
        _, err = ended(process)
    assert "trying again until it works" in err
    assert "works again" in err
    assert "Traceback" not in err


def asked(port, path, **options):
    """What the page answers."""
    url = f"http://127.0.0.1:{port}/{path}"
    with urllib.request.urlopen(urllib.request.Request(url, **options)) as answer:
        return answer.read().decode(errors="replace")


def page_port(process):
    """Where the page is, which the program says once."""
    process.said = ""
    while "Live page" not in process.said:
        line = process.stderr.readline()
        assert line, "it ended"
        process.said += line
    return int(process.said.rstrip("/\n").rpartition(":")[2])


def told(port):
    """All that the page is told at first: readings, faults, health."""
    text = b""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/events") as answer:
        while b"event: health" not in text:
            text += answer.read1()
    return text.decode()


def test_camera_that_is_away_at_the_start_is_waited_for(tmp_path):
    pytest.importorskip("starlette")
    path = tmp_path / "events.jsonl"
    options = ["--view", "web", "--port", 0, "--jsonl", path]
    with mjpeg_camera() as camera:
        camera.is_killed()
        with running("--source", camera.url, *options) as process:
            port = page_port(process)
            wait_until(lambda: "does not answer" in told(port), LIMIT_S)
            assert path.read_text() == ""
            camera.start("--port", camera.port)
            wait_until(lambda: "settled" in path.read_text(), LIMIT_S)
            assert "reconnects_total 0.0" in asked(port, "metrics")
            _, err = ended(process)
    assert "works again" in err


def test_a_broker_is_told_of_a_camera_that_is_away(tmp_path):
    pytest.importorskip("paho.mqtt")
    from brokers import MOSQUITTO, Broker, Subscriber

    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = Broker(tmp_path, "allow_anonymous true")
    broker.start()
    subscriber = Subscriber(broker.port)

    def told(topic):
        return [each.payload for each in subscriber.messages if each.topic == topic]

    url = f"mqtt://127.0.0.1:{broker.port}/hall"
    options = ["--view", "none", "--mqtt", url]
    with running("--source", "http://127.0.0.1:9/video", *options) as process:
        wait_until(
            lambda: any(b"does not answer" in each for each in told("hall/fault")),
            LIMIT_S,
        )
        assert told("hall/status") == [b"online"]
        assert told("hall/event") == told("hall/state") == []
        ended(process)
    wait_until(lambda: told("hall/status")[-1] == b"offline", LIMIT_S)
    subscriber.close()
    broker.stop()


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


no_camera = pytest.mark.skipif(bool(device_names()), reason="there is a camera here")


@no_camera
@pytest.mark.parametrize("kept", ["--jsonl", "--csv", "--save-unsure", "--mqtt"])
def test_the_demo_scene_is_neither_recorded_nor_sent(kept, tmp_path):
    pytest.importorskip("starlette")
    if kept == "--mqtt":
        pytest.importorskip("paho.mqtt")
    path = tmp_path / "kept"
    where = path if kept != "--mqtt" else f"mqtt://127.0.0.1:{free_port()}"
    with running(kept, where, "--view", "web", "--port", 0) as process:
        port = page_port(process)
        wait_until(lambda: "No camera found" in told(port), LIMIT_S)
        assert "frames_total 0.0" in asked(port, "metrics")
        _, err = ended(process)
    assert (process.said + err).count("--source demo") == 1
    kept_files = list(path.rglob("*.png")) if path.is_dir() else []
    assert kept_files == []
    if path.is_file():
        assert path.read_text().count("\n") <= 1  # the header


@no_camera
def test_the_demo_scene_is_shown_where_nothing_is_kept():
    pytest.importorskip("starlette")
    with running("--view", "web", "--port", 0) as process:
        port = page_port(process)
        wait_until(lambda: '"source": "demo"' in told(port), LIMIT_S)
        ended(process)


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
        wait_until(lambda: "frames_given_up_total 1" in asked(port, "metrics"), LIMIT_S)
        _, err = ended(process)
    assert "frames take longer than 1 s to read" in err


def test_a_clip_is_played_at_its_pace_and_the_page_stays(tmp_path):
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
        first, *_, last = (
            datetime.fromisoformat(row["time"]) for row in events_in(kept)
        )
        # No frame is read before it is due; one that is 0.1 s late delays the others.
        assert last - first > timedelta(seconds=9 / 5 / 0.5 - 0.1)
        assert "ended" in process.stderr.readline()
        assert "JFIF" in asked(port, "picture.jpg")
        wait_until(
            lambda: int(re.search(r'"serial": (\d+), "source"', told(port))[1]) > 11,
            LIMIT_S,
        )
        assert "event: fault" not in told(port)
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
            wait_until(lambda n=name: f"{n}.png" in told(port), LIMIT_S)
        ended(process)
    sources = [Path(row["source"]).stem for row in events_in(kept)]
    assert sources == ["p1", "p2", "p10"]  # once each, though p2 was seen twice


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_ends_in_time_while_the_camera_hangs(ending):
    with (
        mjpeg_camera() as camera,
        running("--source", camera.url, "--view", "json") as process,
    ):
        process.stdout.readline()
        camera.stops()
        time.sleep(1)
        out, err = ended(process, ending)
        assert err == ""
        assert all(json.loads(line) for line in out.splitlines())


@pytest.mark.skipif(why_no_rtsp_server() is not None, reason=str(why_no_rtsp_server()))
@pytest.mark.parametrize("hung_s", [0.5, 2.6])
def test_ends_in_time_while_a_library_hangs(hung_s):
    with (
        rtsp_camera() as camera,
        running("--source", camera.url, "--view", "json") as process,
    ):
        process.stdout.readline()
        camera.stops()
        time.sleep(hung_s)
        _, err = ended(process)
        assert "Traceback" not in err


def test_waiting_for_a_camera_costs_little():
    with (
        mjpeg_camera() as camera,
        running("--source", camera.url, "--view", "json") as process,
    ):
        process.stdout.readline()
        camera.is_killed()
        time.sleep(1)

        watched = psutil.Process(process.pid)
        before = sum(watched.cpu_times()[:2])
        time.sleep(3)
        assert sum(watched.cpu_times()[:2]) - before < 0.3
        camera.start("--port", camera.port)


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


MOMENTS_S = [0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.2]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_ends_well_at_any_moment(ending):
    # Python itself is up when the line is written, and all that takes time still comes.
    program = """if True:
        import sys
        from edge_app.__main__ import main
        class Mark:
            def find_spec(name, *_):
                if name == "edge_app.cli.edge_digits":
                    print("up", flush=True)
        sys.meta_path.insert(0, Mark)
        sys.exit(main())
    """
    options = ["--source", "demo", "--view", "web", "--port", "0"]
    for moment_s in MOMENTS_S:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "run", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "up\n"
        time.sleep(moment_s)
        _, err = ended(process, ending)
        assert err == "" or err.startswith("Live page"), moment_s


@pytest.mark.parametrize(("command", "status"), [("run", 0), ("read", 130)])
@pytest.mark.parametrize(
    "module", ["edge_app.common.environment", "edge_app.live.ending"]
)
def test_ends_well_before_signals_are_looked_after(module, command, status):
    program = f"""if True:
        import os, signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a job
        from edge_app.__main__ import main
        class Interrupted:
            def find_spec(name, *_):
                if name == {module!r}:
                    os.kill(os.getpid(), signal.SIGINT)
        sys.meta_path.insert(0, Interrupted)
        sys.exit(main())
    """
    process = subprocess.run(
        [sys.executable, "-c", program, command, "x.png"],
        capture_output=True,
        text=True,
    )
    assert (process.stdout, process.stderr) == ("", "")
    assert process.returncode == status


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_ends_well_while_python_starts(ending):
    for moment_s in MOMENTS_S[:5]:
        with running("--source", "demo", "--view", "none") as process:
            time.sleep(moment_s)
            process.send_signal(ending)
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            # Python loses one that comes within a callback of its own import.
            is_lost = process.poll() is None
            process.send_signal(ending)
            _, err = process.communicate(timeout=LIMIT_S)
        assert "cli.py" not in err
        assert "Exception ignored" in err or not is_lost
        if ending == signal.SIGTERM or not err:  # Ctrl-C before Python itself is up
            assert process.returncode in (0, 130, -ending), moment_s
            assert err == ""


def test_second_signal_breaks_nothing_off(tmp_path):
    path = tmp_path / "events.jsonl"
    options = ["--view", "none", "--jsonl", path]
    with running("--source", "demo", *options) as process:
        wait_until(lambda: events_in(path), LIMIT_S)
        process.send_signal(signal.SIGINT)
        _, err = ended(process)
    assert err == ""
    assert path.read_text().endswith("\n")


def test_ends_in_time_though_nobody_reads_what_it_writes():
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "edge_app", "run", "--source", "demo"]
    process = subprocess.Popen([*command, "--view", "json"], stdout=writing)

    def is_full():
        return not select.select([], [writing], [], 0)[1]

    try:
        wait_until(is_full, LIMIT_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_S) == 0
    finally:
        process.kill()
        process.wait()
        os.close(reading)
        os.close(writing)


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


def test_cameras_says_that_there_is_none(capsys):
    from edge_app.sources.cameras.devices import device_names

    assert main(["cameras"]) == 0
    out, err = capsys.readouterr()
    if device_names():
        assert "/dev/video" in out
    else:
        assert "no camera found" in err


@pytest.mark.soak
def test_memory_stays_flat():
    from benchmarks.live import soak

    result = soak.measure(30)
    assert result.slope_mb_per_hour < 2
    assert result.missed == 0
    assert result.end_s < 2
