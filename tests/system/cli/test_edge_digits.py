"""The command: live reading, help, and what it costs to start."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys

import pytest
from programs import LIMIT_S

from edge_app.__main__ import main

pytestmark = pytest.mark.device


def lines(text):
    return text.strip().splitlines()


def test_run_reads_the_demo_scene(capsys):
    options = ["--source", "demo", "--view", "json", "--max-frames", "3"]
    assert main(["run", *options]) == 0
    rows = [json.loads(line) for line in lines(capsys.readouterr().out)]
    assert [row["source"] for row in rows] == ["demo"] * 3
    assert all(row["numbers"] for row in rows)


def test_run_text_says_numbers_once(capsys):
    options = ["--source", "demo", "--view", "text", "--max-frames", "4"]
    assert main(["run", *options]) == 0
    said = [line.split("  ", 1)[1] for line in lines(capsys.readouterr().out)]
    assert said
    assert all(a != b for a, b in itertools.pairwise(said))


def test_run_with_a_camera_that_cannot_exist(capfd):
    assert main(["run", "--source", "9797"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert len(lines(err)) == 1
    assert "camera 9797" in err


@pytest.mark.skipif(sys.platform != "linux", reason="screens are named by DISPLAY here")
def test_run_window_without_a_screen(monkeypatch, capsys):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert main(["run", "--source", "demo", "--view", "window"]) == 1
    assert "there is no screen" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_run_ends_cleanly(ending):
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", "--source", "demo", "--view", "text"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()  # it reads
    process.send_signal(ending)
    _, err = process.communicate(timeout=LIMIT_S)
    assert err == ""
    assert process.returncode == 0


@pytest.mark.parametrize("command", [[], ["read"], ["run"], ["doctor"]])
def test_help_has_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    _, examples = re.split("^examples?:\n", capsys.readouterr().out, flags=re.M)
    assert examples.startswith(f"  {' '.join(['edge-digits', *command])}")


HEAVY = """
    dask distributed fsspec keras matplotlib onnx onnxruntime pandas PIL pyarrow scipy
    sklearn tensorflow torch
"""


@pytest.mark.parametrize("command", ["read", "run"])
def test_cold_start_is_light(scene_png, command):
    """Nothing is imported that takes long; `python -m benchmarks start` times it."""
    options = {
        "read": [str(scene_png)],
        "run": ["--source", "demo", "--view", "json", "--max-frames", "1"],
    }[command]
    program = (
        "import sys; from edge_app.__main__ import main\n"
        f"assert main({[command, *options]!r}) == 0\n"
        f"print(sorted(set({HEAVY.split()!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    *read, imported = lines(done.stdout)
    assert read
    assert imported == "[]"
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="another shell")
def test_output_may_be_closed_from_the_start():
    words = "run --source demo --view text --max-frames 2 >&- 2>&-"
    done = subprocess.run(f"{sys.executable} -m edge_app {words}", shell=True)
    assert done.returncode == 0


def test_output_may_be_closed_early(scene_png):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "edge_app", "read", *[str(scene_png)] * 3],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert "Traceback" not in done.stderr
