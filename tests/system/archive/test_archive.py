"""Whole archives, read by real workers that are interrupted and killed."""

import csv
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

import dask
import pyarrow.dataset as ds
from scans import page, write_many, write_mixed
from waiting import wait_until

from benchmarks.time.rendered_archive import bomb
from edge_app.__main__ import main
from edge_app.archive.store.stored import Store
from edge_app.archive.work import engine

pytestmark = pytest.mark.xdist_group("archive")

QUICK = ["--reader", "classic"]  # no network
WAIT_S = 120


def archive(*words):
    return main(["archive", *map(str, words)])


def read_rows(out):
    """All rows but what they cost, in order; fails where one is there twice."""
    fingerprint = Store(out).fingerprint()
    parts = [str(each) for each in Store(out).parts(fingerprint).values()]
    found = ds.dataset(parts).to_table().to_pylist()
    for each in found:
        each.pop("milliseconds")
    keys = [(e["kind"], e["file"], e["page"], e["number"]) for e in found]
    assert len(set(keys)) == len(keys)
    return [row for _, row in sorted(zip(keys, found, strict=True), key=str)]


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


def wait_for_parts(process, out, count):
    """Wait for some more parts, or the end."""
    until = num_parts(out) + count
    wait_until(lambda: num_parts(out) >= until or process.poll() is not None)


def workers_of(process):
    """The processes of its that read; its other children look after semaphores."""
    try:
        children = psutil.Process(process.pid).children()
    except psutil.NoSuchProcess:
        return []
    found = []
    for each in children:
        try:
            if "spawn_main" in " ".join(each.cmdline()):
                found.append(each)
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


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder of one file of each kind, read: the folder and its results."""
    folder = tmp_path_factory.mktemp("finished")
    write_mixed(folder / "scans")
    words = ["read", folder / "scans", folder / "out", "--dpi", 72, "--workers", 1]
    assert archive(*words, *QUICK) == 1
    return folder / "scans", folder / "out"


def test_status(finished, capsys):
    _, out = finished
    assert archive("status", out) == 1
    told = capsys.readouterr().out
    assert "9 files in 1 shard, 1 of them read" in told
    assert "11 pages" in told
    assert re.search(r"^ +8 ok$", told, re.M)
    assert re.search(r"^ +2 unreadable$", told, re.M)
    assert re.search(r"^ +1 damaged$", told, re.M)
    assert not (out / "quarantine.txt").exists()


def test_find(finished, tmp_path, capsys):
    _, out = finished
    assert archive("find", "[0-9]{4}", out, "--json", "--crops", tmp_path) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found
    assert {len(row["text"]) for row in found} == {4}
    crops = list(tmp_path.glob("*.png"))
    assert len(crops) == len(found)
    for each in crops:
        height, width = cv2.imread(str(each)).shape[:2]
        assert 10 < height <= 120
        assert width > height  # upright, whichever way its page was turned
    assert archive("find", found[0]["text"], out) == 0
    assert found[0]["path"] in capsys.readouterr().out
    assert archive("find", "[0-9]{40}", out) == 1
    assert archive("find", "(?=1)1", out) == 1  # Python knows it, RE2 does not
    assert "regular expression" in capsys.readouterr().err


@pytest.mark.parametrize("style", ["csv", "jsonl"])
def test_export(finished, tmp_path, style):
    _, out = finished
    assert archive("export", out, tmp_path, "--format", style) == 0
    tables = {}
    for name in ("pages", "numbers"):
        text = (tmp_path / f"{name}.{style}").read_text()
        tables[name] = (
            list(csv.DictReader(text.splitlines()))
            if style == "csv"
            else [json.loads(line) for line in text.splitlines()]
        )
    rows = read_rows(out)
    assert len(tables["pages"]) == sum(row["kind"] == "page" for row in rows)
    assert len(tables["numbers"]) == sum(row["kind"] == "number" for row in rows)
    texts = sorted(row["text"] for row in rows if row["kind"] == "number")
    assert sorted(row["text"] for row in tables["numbers"]) == texts


def on_page(html):
    """The numbers on a page for review: file, page, number and path of each."""
    return re.findall(
        r'data-file="(\d+)" data-page="(\d+)" data-number="(\d+)" data-path="([^"]+)"',
        html,
    )


def test_corrections_are_exported_and_learned_from(finished, tmp_path, capsys):
    _, out = finished
    assert archive("review", out, "--count", 3) == 0
    assert "3 numbers" in capsys.readouterr().out
    html = (out / "review.html").read_text()
    assert html.count("data:image/png") == 3
    assert "://" not in html  # it needs no connection
    numbers = [row for row in read_rows(out) if row["kind"] == "number"]
    unsure = min(numbers, key=lambda row: row["confidence"])
    # One is another number, one is none, and one has more digits than were read.
    truth = ["9" * len(unsure["text"]), "", "1" * 30]
    checked = on_page(html)
    assert checked[0][0] == str(unsure["file"])
    saved = tmp_path / "corrections.csv"
    lines = ["fingerprint,file,page,number,path,text"]
    for (*place, path), text in zip(checked, truth, strict=True):
        lines.append(",".join([Store(out).fingerprint(), *place, f'"{path}"', text]))
    saved.write_text("\r\n".join([*lines, ""]))
    assert archive("review", out, "--take", saved) == 0

    assert archive("export", out, tmp_path) == 0
    exported = list(csv.DictReader((tmp_path / "numbers.csv").read_text().splitlines()))
    assert len(exported) == len(numbers) - 1
    corrected = {row["read_as"]: row for row in exported if row["is_checked"] == "True"}
    assert sorted(row["text"] for row in corrected.values()) == sorted(truth[::2])
    assert corrected[unsure["text"]]["text"] == truth[0]

    assert archive("review", out, "--training", tmp_path / "own") == 0
    digits = [path.parent.name for path in tmp_path.glob("own/*/*.28x28.png")]
    assert digits.count("9") == len(unsure["text"])
    assert set(digits) == {"9", "reject"}

    assert archive("review", out, "--count", 500) == 0
    left = on_page((out / "review.html").read_text())
    assert len(left) == len(numbers) - 3
    assert not set(left) & set(checked)
    (out / "corrections.csv").unlink()


def test_a_table_that_has_no_corrections(finished, tmp_path, capsys):
    _, out = finished
    (tmp_path / "other.csv").write_text("a,b\n")
    assert archive("review", out, "--take", tmp_path / "other.csv") == 1
    assert "no table of corrections" in capsys.readouterr().err
    assert archive("review", out, "--take", tmp_path / "lost.csv") == 1
    assert "no such file" in capsys.readouterr().err


def test_new_files_are_read_beside_the_old_parts(scans, tmp_path):
    out, later = tmp_path / "out", tmp_path / "scans"
    later.mkdir()
    names = sorted(each.name for each in scans.iterdir())
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


def test_a_sample_tells_what_all_would_take(scans, tmp_path, capsys):
    words = ["read", scans, tmp_path / "out", "--sample", 12, "--price", 2]
    assert archive(*words, "--workers", 1, *QUICK) == 0
    told = capsys.readouterr().out
    assert "12 files of 48 read: 12 pages" in told
    assert "pages/s a worker" in told
    (took,) = re.findall(r"^   1 times this worker: (\S+) (?:s|min)$", told, re.M)
    assert float(took) > 0  # though it is far from an hour
    (cost,) = re.findall(r"^cost: (\S+), with however many of them$", told, re.M)
    assert float(cost) > 0  # though it is far from a cent
    # The list of the files is kept, and nothing that was read.
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.parquet"]


@pytest.mark.slow
def test_ctrl_c_ends_all_of_it_and_the_same_command_goes_on(
    scans, undisturbed, tmp_path
):
    out = tmp_path / "out"
    words = [scans, out, "--shard-size", 4, "--workers", 2, *QUICK]
    with reading(*words) as process:
        wait_until(lambda: num_parts(out) >= 2)
        workers = workers_of(process)
        os.killpg(process.pid, signal.SIGINT)
        told, errors = process.communicate(timeout=WAIT_S)
    assert process.returncode == 130
    assert told == ""
    assert errors.splitlines()[-1].startswith("interrupted; what is finished stays")
    assert "Traceback" not in errors
    wait_until(lambda: not any(is_alive(each) for each in workers))
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
    told, errors = capfd.readouterr()
    assert "5 ok" in told
    assert "1 crashed" in told
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
    wait_until(file.exists)
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
    for each in started:
        each.kill()
        each.wait()


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
    with reading(*words, "--scheduler", address) as process:
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


def test_workers_keep_no_record_of_their_seconds_and_few_arenas():
    with engine.connected(engine.Workers(1)) as client:
        found = client.run(
            lambda: (
                dask.config.get("distributed.worker.profile.enabled"),
                os.environ["MALLOC_ARENA_MAX"],
            )
        )
    assert list(found.values()) == [(False, "2")]


def test_no_cluster_there(scans, tmp_path, capsys):
    words = ["read", scans, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1"]
    assert archive(*words) == 1
    assert "no Dask scheduler answers" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["read", "scans", "s3://bucket/out"],
        ["status", "s3://bucket/out"],
        ["export", "out", "s3://bucket/tables"],
        ["find", "1", "out", "--crops", "s3://bucket/hits"],
        ["review", "out", "--training", "s3://bucket/own"],
    ],
)
def test_results_go_into_folders_not_to_urls(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        archive(*words)
    message = capsys.readouterr().err
    assert "a folder of a file system expected, got the URL s3://bucket/" in message
    assert message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_archive_there(tmp_path, capsys):
    assert archive("status", tmp_path) == 1
    assert "no archive; try" in capsys.readouterr().err


def test_without_the_extra_the_command_says_what_to_install(tmp_path):
    program = (
        "import sys; sys.modules['distributed'] = None\n"
        "from edge_app.__main__ import main\n"
        f"raise SystemExit(main(['archive', 'status', {str(tmp_path)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "distributed is not installed" in done.stderr
    assert "archive" in done.stderr
