"""How `edge-digits run` ends: at any moment, in time, with nothing broken off."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from cameras import mjpeg_camera, rtsp_camera, why_no_rtsp_server
from programs import LIMIT_S, ended, events_in, running
from waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


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
    "module", ["edge_app.common.process.environment", "edge_app.live.ending"]
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


@pytest.mark.slow  # a signal that Python loses is waited for
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_ends_well_while_python_starts(ending):
    for moment_s in MOMENTS_S[:5]:
        with running("--source", "demo", "--view", "none") as process:
            time.sleep(moment_s)
            process.send_signal(ending)
            with suppress(subprocess.TimeoutExpired):
                process.wait(60)
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
