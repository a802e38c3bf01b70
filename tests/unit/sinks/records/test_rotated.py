import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from clocks import Clock

from edge_app.sinks.records import rotated
from edge_app.sinks.records.rotated import Format, RotatedFile

pytestmark = pytest.mark.device

HEADED = Format(header="n")


def lines(path):
    return path.read_text().splitlines()


def test_appends_and_makes_folders(tmp_path):
    path = tmp_path / "new" / "a.jsonl"
    for text in ("one", "two"):
        file = RotatedFile(path)
        file.write(text)
        file.close()
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_record_of_an_earlier_format_is_renamed(tmp_path):
    path = tmp_path / "a.csv"
    form = Format(header="n,m", is_line=lambda line: "," in line, earlier=(HEADED,))
    path.write_bytes(b"n\n1\n2\n3")  # its last line was torn
    (tmp_path / "a.csv.1").write_bytes(b"n\n0\n")
    for text in ("4,4", "5,5"):
        file = RotatedFile(path, form)
        file.write(text)
        file.close()
    assert lines(path) == ["n,m", "4,4", "5,5"]
    assert lines(tmp_path / "a.csv.1") == ["n", "1", "2"]
    assert lines(tmp_path / "a.csv.2") == ["n", "0"]


def test_header_once_a_file(tmp_path):
    path = tmp_path / "a.csv"
    for text in ("1", "2"):
        file = RotatedFile(path, HEADED, max_bytes=6)
        file.write(text)
        file.write(text)
        file.close()
    assert lines(path) == ["n", "2", "2"]
    assert lines(tmp_path / "a.csv.1") == ["n", "1", "1"]


@pytest.mark.parametrize("max_files", [1, 2, 3])
def test_as_many_files_as_asked_for_and_none_larger(tmp_path, max_files):
    path = tmp_path / "a.jsonl"
    file = RotatedFile(path, max_bytes=100, max_files=max_files)
    for number in range(200):
        file.write(f"{number:09d}")
    file.close()
    found = sorted(tmp_path.iterdir())
    assert len(found) == max_files
    assert all(kept_path.stat().st_size <= 100 for kept_path in found)
    # What is kept is the newest, without a gap.
    kept = [
        int(n)
        for written_path in sorted(found, reverse=True)
        for n in lines(written_path)
    ]
    if max_files > 1:
        newest_first = [path, *(tmp_path / f"a.jsonl.{n}" for n in range(1, max_files))]
        kept = [
            int(n) for file_path in reversed(newest_first) for n in lines(file_path)
        ]
    assert kept == list(range(200 - len(kept), 200))


def test_a_line_larger_than_the_file_is_kept_whole(tmp_path):
    file = RotatedFile(tmp_path / "a", max_bytes=10, max_files=2)
    for text in ("x" * 50, "y" * 50):
        file.write(text)
    file.close()
    assert lines(tmp_path / "a") == ["y" * 50]
    assert lines(tmp_path / "a.1") == ["x" * 50]


@pytest.mark.parametrize(
    "torn", [b'{"a":', b"\0" * 5000, b"\xff\xfe", b'{"a": 1}\0\0\n\0', b""]
)
def test_what_a_power_cut_tore_is_cut_off(tmp_path, torn):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": 1}\n{"n": 2}\n' + torn)
    file = RotatedFile(path)
    file.write('{"n": 3}')
    file.close()
    assert lines(path) == ['{"n": 1}', '{"n": 2}', '{"n": 3}']


def test_a_file_torn_in_its_only_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"time,sou")
    RotatedFile(path, Format(header="time,source")).close()
    assert path.read_bytes() == b"time,source\n"


def test_a_killed_process_loses_nothing(tmp_path):
    path = tmp_path / "a"
    code = (
        "import sys, pathlib; from edge_app.sinks.records.rotated import RotatedFile\n"
        "file = RotatedFile(pathlib.Path(sys.argv[1]))\n"
        "for n in range(10**9):\n"
        "    file.write(str(n)); print(n, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    for _ in range(500):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().splitlines()
    process.wait()
    written = lines(path)
    assert written == [str(n) for n in range(len(written))]
    assert len(written) >= 500 + len(rest)


def test_synced_at_most_once_a_second(tmp_path, monkeypatch):
    calls = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (calls.append(fd), real(fd)))
    clock = Clock()
    monkeypatch.setattr(rotated, "time", clock)
    file = RotatedFile(tmp_path / "a", sync_s=1.0)
    for _ in range(10):
        file.write("x")
        clock.sleep(0.25)
    assert len(calls) == 3  # at 0, 1 and 2 s
    file.close()
    assert len(calls) == 4  # what was left, at the end


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_a_full_disk_tears_no_line(tmp_path):
    path = tmp_path / "a"
    code = f"""
import resource, signal, pathlib
from edge_app.sinks.records.rotated import RotatedFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails, as on a full disk
file = RotatedFile(pathlib.Path({str(path)!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, (105, 1000))
failed = 0
for n in range(20):
    try:
        file.write(f"{{n:09d}}")
    except OSError:
        failed += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
file.write("after")
print(failed)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == 10
    assert lines(path) == [f"{n:09d}" for n in range(10)] + ["after"]


def test_a_rotation_that_fails_is_tried_again(tmp_path):
    path = tmp_path / "a.csv"
    file = RotatedFile(path, HEADED, max_bytes=6, max_files=2)
    file.write("1")
    file.write("2")
    (tmp_path / "a.csv.1").mkdir()  # no file can take this name
    with pytest.raises(OSError, match=r"a\.csv\.1"):
        file.write("3")
    (tmp_path / "a.csv.1").rmdir()
    file.write("4")
    file.close()
    assert lines(tmp_path / "a.csv.1") == ["n", "1", "2"]
    assert lines(path) == ["n", "4"]


def numbered(path, form, first, last):
    file = RotatedFile(path, form)
    for number in range(first, last):
        file.write(str(number))
    return file


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be renamed")
def test_a_renamed_file_is_left_alone_and_begun_anew(tmp_path):
    path, moved = tmp_path / "a.csv", tmp_path / "old" / "a.csv-20261126"
    file = numbered(path, HEADED, 0, 3)
    moved.parent.mkdir()
    path.rename(moved)  # as logrotate does
    file.write("3")
    file.write("4")
    file.close()
    assert lines(moved) == ["n", "0", "1", "2"]
    assert lines(path) == ["n", "3", "4"]


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted")
@pytest.mark.parametrize("with_folder", [False, True])
def test_a_deleted_file_is_begun_anew(tmp_path, with_folder):
    path = tmp_path / "new" / "a.csv"
    file = numbered(path, HEADED, 0, 3)
    path.unlink()
    if with_folder:
        path.parent.rmdir()
    file.write("3")
    file.close()
    assert lines(path) == ["n", "3"]


def test_a_file_that_is_emptied_or_made_by_others_gets_its_header(tmp_path):
    path = tmp_path / "a.csv"
    file = numbered(path, HEADED, 0, 3)
    os.truncate(path, 0)  # logrotate's copytruncate
    file.write("3")
    assert lines(path) == ["n", "3"]
    if sys.platform != "win32":
        path.rename(tmp_path / "moved")
        path.touch()  # its create
        file.write("4")
        assert lines(path) == ["n", "4"]
    file.close()


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted")
def test_another_file_put_in_its_place_stays(tmp_path):
    path = tmp_path / "a.csv"
    file = numbered(path, HEADED, 0, 3)
    path.unlink()
    path.write_bytes(b"a diary\nwithout an end")
    for _ in range(2):
        with pytest.raises(FileExistsError, match="stays as it is"):
            file.write("3")
        file.sync()
    assert path.read_bytes() == b"a diary\nwithout an end"
    path.unlink()
    file.write("4")
    file.close()
    assert lines(path) == ["n", "4"]


def test_other_files_are_neither_replaced_nor_renamed(tmp_path):
    path, other = tmp_path / "a.csv", tmp_path / "a.csv.1"
    other.write_text("a diary\n")
    with pytest.raises(FileExistsError, match=r"a\.csv\.1"):
        RotatedFile(path, HEADED, max_files=2)
    assert not path.exists()
    RotatedFile(path, HEADED, max_files=1).close()  # needs no such name
    other.unlink()
    file = RotatedFile(path, HEADED, max_bytes=6, max_files=2)
    file.write("1")
    file.write("2")
    other.write_text("a diary\n")
    with pytest.raises(FileExistsError):
        file.write("3")
    assert other.read_text() == "a diary\n"
    other.unlink()
    file.write("4")
    file.close()
    assert lines(other) == ["n", "1", "2"]
    assert lines(path) == ["n", "4"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((Path("/dev/null"), "a device"), (tmp_path / "pipe", "a pipe")):
        with pytest.raises(OSError, match=f"a file expected, got {what}"):
            RotatedFile(path)


def test_bytes_that_are_no_text_are_written(tmp_path):
    file = RotatedFile(tmp_path / "a")
    file.write("caf\udce9.png")
    file.close()
    assert lines(tmp_path / "a") == ["caf\\udce9.png"]


@pytest.mark.parametrize("wrong", [{"max_bytes": 0}, {"max_files": 0}])
def test_wrong_limits(tmp_path, wrong):
    with pytest.raises(ValueError, match="at least 1 expected"):
        RotatedFile(tmp_path / "a", **wrong)
