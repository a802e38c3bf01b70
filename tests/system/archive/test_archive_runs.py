"""Archives while they are read: workers of one machine and of others, ends, kills."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import cv2
import psutil
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from archives import QUICK, archive, last_file, read_rows
from scans import held_up, page, write_many
from waiting import wait_until

from benchmarks.time.rendered_archive import bomb
from edge_app.archive.store.stored import Store

pytestmark = pytest.mark.xdist_group("archive_runs")

WAIT_S = 120


@contextmanager
def reading(*words):
    """The command in a process and a group of its own, as a terminal starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "archive", "read", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def num_parts(out):
    return len(list(out.glob("readings/part-*")))


def workers_of(process):
    """The processes of its that read; its other children look after semaphores."""
    try:
        children = psutil.Process(process.pid).children()
    except psutil.NoSuchProcess:
        return []
    found = []
    for child in children:
        try:
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def is_alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many") / "scans"
    write_many(folder, 40)
    return folder


@pytest.fixture(scope="module")
def undisturbed(scans, tmp_path_factory):
    """The rows of an archive that was read without a fault."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    options = ["--shard-size", 4, "--workers", 2, *QUICK]
    assert archive("read", scans, out, *options) == 1  # some are torn
    assert archive("verify", out) == 0
    return read_rows(out)


@pytest.mark.slow  # an archive, read several times
def test_new_files_are_read_beside_the_old_parts(scans, tmp_path):
    out, later = tmp_path / "out", tmp_path / "scans"
    later.mkdir()
    names = sorted(scan.name for scan in scans.iterdir())
    for name in names[:8]:
        (later / name).write_bytes((scans / name).read_bytes())
    options = ["--shard-size", 4, "--workers", 1, *QUICK]
    archive("read", later, out, *options)
    before = {path: path.stat() for path in out.glob("readings/*")}
    assert len(before) == 2
    for name in names[8:14]:
        (later / name).write_bytes((scans / name).read_bytes())
    archive("read", later, out, *options)
    assert {path: path.stat() for path in before} == before
    assert num_parts(out) == 4
    assert archive("verify", out) == 0
    old = Store(out).fingerprint()
    archive("read", later, out, *options, "--expect", "[0-9]{5}")
    assert num_parts(out) == 8  # another fingerprint reads anew, beside the old parts
    assert archive("verify", out) == 0
    assert archive("verify", out, "--fingerprint", old[:6]) == 0


@pytest.mark.slow  # a whole archive
def test_a_sample_tells_what_all_would_take(scans, tmp_path, capsys):
    words = ["read", scans, tmp_path / "out", "--sample", 12, "--price", 2]
    assert archive(*words, "--workers", 1, *QUICK) == 0
    printed = capsys.readouterr().out
    assert "12 files of 48 read: 12 pages" in printed
    assert "pages/s a worker" in printed
    assert re.search(r"^   1 times this worker: ", printed, re.M)
    assert re.search(r"^cost: .+ in all, whether few or many of them", printed, re.M)
    # The list of the files is kept, and nothing that was read.
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.parquet"]


@pytest.mark.slow
def test_ctrl_c_ends_all_of_it_and_the_same_command_goes_on(
    scans, undisturbed, tmp_path
):
    out = tmp_path / "out"
    words = [scans, out, "--shard-size", 4, "--workers", 2, *QUICK]
    last = last_file(scans, out, shard_size=4)
    with held_up(last), reading(*words) as process:
        wait_until(lambda: num_parts(out) >= 2)
        workers = workers_of(process)
        os.killpg(process.pid, signal.SIGINT)
        printed, errors = process.communicate(timeout=WAIT_S)
        wait_until(lambda: not any(is_alive(worker) for worker in workers))
    assert process.returncode == 130
    assert printed == ""
    assert errors.splitlines()[-1].startswith("interrupted; what is finished stays")
    assert "Traceback" not in errors
    assert 2 <= num_parts(out) < 12
    assert archive("read", *words) == 1
    assert read_rows(out) == undisturbed


@pytest.mark.slow
def test_what_kills_its_workers_is_told_apart_from_the_others(tmp_path, capfd):
    scans, out = tmp_path / "scans", tmp_path / "out"
    scans.mkdir()
    (scans / "bomb.tif").write_bytes(bomb())
    for seed in range(5):
        cv2.imwrite(str(scans / f"{seed}.png"), page(seed, (320, 240)))
    words = ["read", scans, out, "--workers", 1, "--memory-limit", 700, *QUICK]
    assert archive(*words) == 1
    printed, errors = capfd.readouterr()
    assert "5 ok" in printed
    assert "1 crashed" in printed
    assert "Traceback" not in errors
    assert (out / "quarantine.txt").read_text() == f"{scans / 'bomb.tif'}\n"
    assert archive("verify", out) == 0
    assert archive(*words) == 1  # nothing is left to do, and that it crashed stays true


@pytest.fixture
def cluster(tmp_path):
    """A scheduler's address and its workers, each a process of its own."""
    started = []

    def start(*words):
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        started.append(process)
        return process

    file = tmp_path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    scheduler = start("dask_scheduler", *options, "--scheduler-file", str(file))
    wait_until(lambda: file.exists() and file.stat().st_size > 0)
    address = json.loads(file.read_text())["address"]

    def add(num_threads=1):
        words = [
            "--nthreads",
            str(num_threads),
            "--no-dashboard",
            "--host",
            "127.0.0.1",
        ]
        return start("dask_worker", address, *words)

    yield address, add, scheduler
    for daemon in started:
        daemon.kill()
        daemon.wait()


@pytest.mark.slow
def test_a_cluster_elsewhere(scans, undisturbed, tmp_path, cluster, capsys):
    address, add, scheduler = cluster
    out = tmp_path / "out"
    words = [scans, out, "--shard-size", 4, *QUICK]
    wide = add(num_threads=2)
    assert archive("read", *words, "--scheduler", address) == 1
    assert "one thread a worker expected" in capsys.readouterr().err
    wide.terminate()
    wide.wait()
    one, _ = add(), add()
    last = last_file(scans, out, shard_size=4)
    with held_up(last), reading(*words, "--scheduler", address) as process:
        wait_until(lambda: num_parts(out) >= 2)
        one.kill()
        wait_until(lambda: num_parts(out) >= 5)
        scheduler.kill()
        _, errors = process.communicate(timeout=WAIT_S)
    assert process.returncode == 1
    assert "the scheduler is lost; what is finished stays" in errors.splitlines()[-1]
    assert "Traceback" not in errors
    assert archive("read", *words, "--workers", 1) == 1
    assert read_rows(out) == undisturbed


def test_no_cluster_there(scans, tmp_path, capsys):
    words = ["read", scans, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1"]
    assert archive(*words) == 1
    assert "no Dask scheduler answers" in capsys.readouterr().err
