"""Machines of a cluster, as network namespaces, of which one is cut off."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from archives import last_file
from scans import held_up, write_many
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.archive.store.stored import Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("ip") is None or os.geteuid() != 0,
        reason="needs Linux' ip and the rights to make network namespaces",
    ),
]
QUICK = ["--reader", "classic", "--shard-size", "4"]  # no network
NUM_FILES = 60
WAIT_S = 300
# As in the guide; a machine that is cut off is given up sooner than there.
DASK = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s",
}


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def machine(number):
    """A namespace with an address of its own; its name, its cable, both addresses."""
    name, cable = f"digits{os.getpid()}-{number}", f"dig{os.getpid() % 10**6}-{number}"
    here, there = f"10.213.{number}.1", f"10.213.{number}.2"
    ip("netns", "add", name)
    try:
        ip("link", "add", cable, "type", "veth", "peer", "eth0", "netns", name)
        ip("addr", "add", f"{here}/24", "dev", cable)
        ip("link", "set", cable, "up")
        for words in (
            ["addr", "add", f"{there}/24", "dev", "eth0"],
            ["link", "set", "eth0", "up"],
            ["link", "set", "lo", "up"],
            ["route", "add", "default", "via", here],
        ):
            ip("-n", name, *words)
        yield name, cable, here, there
    finally:
        ip("netns", "del", name)


@contextmanager
def started(*words, stderr=subprocess.DEVNULL):
    process = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        text=True,
        env=os.environ | DASK,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def cluster(tmp_path):
    """A scheduler's address, and the cables of two machines with a worker each."""
    dask = [sys.executable, "-m"]
    file = tmp_path / "scheduler.json"
    with ExitStack() as stack:
        machines = [stack.enter_context(machine(number)) for number in (1, 2)]
        scheduler = ["distributed.cli.dask_scheduler", "--host", "0.0.0.0"]
        options = ["--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
        stack.enter_context(started(*dask, *scheduler, *options))
        wait_until(lambda: file.exists() and file.stat().st_size > 0)
        port = file.read_text().split('"address": "tcp://')[1].split('"')[0]
        port = port.rsplit(":", 1)[1]
        for name, _, here, there in machines:
            worker = ["distributed.cli.dask_worker", f"tcp://{here}:{port}"]
            options = ["--nthreads", "1", "--no-dashboard", "--host", there]
            run = ["ip", "netns", "exec", name, *dask, *worker, *options]
            stack.enter_context(started(*run, "--local-directory", str(tmp_path)))
        yield f"tcp://{machines[0][2]}:{port}", [node[1] for node in machines]


def num_parts(out):
    return len(list(out.glob("readings/part-*")))


def test_one_machine_is_cut_off_and_all_is_read(tmp_path, cluster, capsys):
    address, cables = cluster
    scans, out = tmp_path / "scans", tmp_path / "out"
    write_many(scans, NUM_FILES)
    words = ["archive", "read", str(scans), str(out), *QUICK]
    command = [sys.executable, "-m", "edge_app", *words, "--scheduler", address]
    last = last_file(scans, out, shard_size=4)
    with started(*command, stderr=subprocess.PIPE) as process:
        with held_up(last):
            wait_until(
                lambda: num_parts(out) >= 2 or process.poll() is not None, WAIT_S
            )
            ip("link", "set", cables[1], "down")
            num_before = num_parts(out)
        _, errors = process.communicate(timeout=WAIT_S)
    assert process.returncode == 1, errors  # some are torn
    assert main(["archive", "verify", str(out)]) == 0
    assert (
        num_before < num_parts(out) == len(Store(out).parts(Store(out).fingerprint()))
    )
