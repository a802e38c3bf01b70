"""Files that are read in a child, which may be killed, hang or crash."""

import os
import signal
import subprocess
import sys
import threading

import cv2
import psutil
import pytest
from needed import need

need("distributed", reason="needs the extra archive")
from archives import lines_of
from scans import page
from waiting import wait_until

from benchmarks.time.rendered_archive import bomb
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import recover, rows
from edge_app.archive.work.workers import FileReader
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import ArchiveError

pytestmark = pytest.mark.xdist_group("archive_work")

QUICK = ReaderSettings(reader="classic")  # no network


def test_in_children_all_is_read_as_without(tmp_path):
    paths = [tmp_path / name for name in ("a.png", "b.png", "lost.png")]
    for path in paths[:2]:
        cv2.imwrite(str(path), page(1, (320, 240)))
    settings, lines = ArchiveSettings(QUICK), lines_of(paths)
    found = [row for page_rows in recover.read(settings, lines) for row in page_rows]
    reader = FileReader(settings)
    expected = [row for line in lines for row in reader.read(line)]
    for row in expected + found:
        row.pop("milliseconds", None)
    assert found == expected


@pytest.mark.slow  # a picture of a gigabyte
def test_what_ends_its_reader_has_crashed_and_the_rest_is_read(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), page(1, (320, 240)))
    (tmp_path / "bomb.tif").write_bytes(bomb())
    (tmp_path / "copy.png").write_bytes((tmp_path / "a.png").read_bytes())
    paths = [tmp_path / name for name in ("a.png", "bomb.tif", "copy.png")]
    settings = ArchiveSettings(QUICK, memory_limit_bytes=700_000_000)
    read = [
        row
        for page_rows in recover.read(settings, lines_of(paths))
        for row in page_rows
    ]
    found = [row for row in read if row["kind"] == rows.PAGE]
    assert [row["status"] for row in found] == ["ok", "crashed", "ok"]
    assert "took more than 700 MB" in found[1]["error"]
    assert found[2]["same_as"] == 0


def test_a_child_that_cannot_begin_blames_no_file(tmp_path):
    settings = ArchiveSettings(QUICK, memory_limit_bytes=1000)
    with pytest.raises(ArchiveError, match="ended as it began"):
        list(recover.read(settings, lines_of([tmp_path / "lost.png"])))


def test_what_never_comes_is_given_up(tmp_path):
    os.mkfifo(tmp_path / "hangs.png")  # nobody writes into it
    lines = lines_of([tmp_path / "hangs.png", tmp_path / "lost.png"])
    settings = ArchiveSettings(QUICK, time_limit_s=1)
    found = [row for page_rows in recover.read(settings, lines) for row in page_rows]
    assert [row["status"] for row in found] == ["crashed", "missing"]
    assert "took longer than 1 s" in found[0]["error"]


def test_a_child_that_is_killed(tmp_path):
    os.mkfifo(tmp_path / "hangs.png")

    def kill():
        pipe = wait_until(lambda: opened_by_a_reader(tmp_path / "hangs.png"))
        for child in psutil.Process().children():
            child.send_signal(signal.SIGKILL)
        os.close(pipe)

    threading.Thread(target=kill).start()
    lines = lines_of([tmp_path / "hangs.png"])
    ((row,),) = recover.read(ArchiveSettings(QUICK), lines)
    assert row["status"] == "crashed"
    assert "SIGKILL" in row["error"]


def test_a_child_ends_with_the_process_that_started_it(tmp_path):
    os.mkfifo(tmp_path / "hangs.png")
    program = (
        "from edge_app.archive.listing.fingerprint import ArchiveSettings\n"
        "from edge_app.archive.store import recover\n"
        "from edge_app.archive.store.shards import Line\n"
        "from edge_app.cli.reader_settings import ReaderSettings\n"
        "settings = ArchiveSettings(ReaderSettings(reader='classic'))\n"
        f"line = Line(0, 0, {str(tmp_path / 'hangs.png')!r})\n"
        "next(recover.read(settings, [line]))"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        pipe = wait_until(lambda: opened_by_a_reader(tmp_path / "hangs.png"))
        (child,) = psutil.Process(parent.pid).children()
        parent.kill()
    wait_until(lambda: not child.is_running())
    os.close(pipe)


def opened_by_a_reader(path):
    """A descriptor to write into a pipe; nothing while nobody reads it."""
    try:
        return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None
