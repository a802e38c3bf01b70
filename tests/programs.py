"""`edge-digits run` in processes of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

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
    """The events of a file, but for one that is still being written."""
    if not path.exists():
        return []
    lines = path.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


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


def first_messages(port):
    """All that the page is told at first: readings, faults, health."""
    text = b""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/events") as answer:
        while b"event: health" not in text:
            text += answer.read1()
    return text.decode()
