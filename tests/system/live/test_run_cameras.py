"""`edge-digits run` while a camera is not there, goes or comes back."""

import sys
import time

import psutil
import pytest
from cameras import mjpeg_camera
from ports import free_port
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
from edge_app.sources.cameras.devices import device_names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


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
        before = kinds().count("settled")
        camera.start("--port", camera.port)
        wait_until(lambda: kinds().count("settled") > before, LIMIT_S)
        _, err = ended(process)
    assert "trying again until it works" in err
    assert "works again" in err
    assert "Traceback" not in err


def test_camera_that_is_away_at_the_start_is_waited_for(tmp_path):
    pytest.importorskip("starlette")
    path = tmp_path / "events.jsonl"
    options = ["--view", "web", "--port", 0, "--jsonl", path]
    with mjpeg_camera() as camera:
        camera.is_killed()
        with running("--source", camera.url, *options) as process:
            port = page_port(process)
            wait_until(lambda: "does not answer" in first_messages(port), LIMIT_S)
            assert path.read_text() == ""
            camera.start("--port", camera.port)
            wait_until(lambda: "settled" in path.read_text(), LIMIT_S)
            assert "reconnects_total 0.0" in asked(port, "metrics")
            _, err = ended(process)
    assert "works again" in err


@pytest.mark.slow
def test_a_broker_is_told_of_a_camera_that_is_away(tmp_path):
    pytest.importorskip("paho.mqtt")
    from brokers import MOSQUITTO, Broker, Subscriber

    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = Broker(tmp_path, "allow_anonymous true")
    broker.start()
    subscriber = Subscriber(broker.port)

    def payloads_of(topic):
        return [
            message.payload for message in subscriber.messages if message.topic == topic
        ]

    url = f"mqtt://127.0.0.1:{broker.port}/hall"
    options = ["--view", "none", "--mqtt", url]
    with running("--source", "http://127.0.0.1:9/video", *options) as process:
        wait_until(
            lambda: any(
                b"does not answer" in fault_text
                for fault_text in payloads_of("hall/fault")
            ),
            LIMIT_S,
        )
        assert payloads_of("hall/status") == [b"online"]
        assert payloads_of("hall/event") == payloads_of("hall/state") == []
        ended(process)
    wait_until(lambda: payloads_of("hall/status")[-1] == b"offline", LIMIT_S)
    subscriber.close()
    broker.stop()


def test_waiting_for_a_camera_costs_little():
    with (
        mjpeg_camera() as camera,
        running("--source", camera.url, "--view", "json") as process,
    ):
        process.stdout.readline()
        camera.is_killed()
        assert "trying again" in process.stderr.readline()
        watched = psutil.Process(process.pid)
        before = sum(watched.cpu_times()[:2])
        time.sleep(3)
        assert sum(watched.cpu_times()[:2]) - before < 0.3
        camera.start("--port", camera.port)


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
        wait_until(lambda: "No camera found" in first_messages(port), LIMIT_S)
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
        wait_until(lambda: '"source": "demo"' in first_messages(port), LIMIT_S)
        ended(process)


def test_cameras_says_that_there_is_none(capsys):
    from edge_app.sources.cameras.devices import device_names

    assert main(["cameras"]) == 0
    out, err = capsys.readouterr()
    if device_names():
        assert "/dev/video" in out
    else:
        assert "no camera found" in err
