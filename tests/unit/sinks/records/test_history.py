import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from updates import event, scene_update
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import RecordError
from edge_app.live.fields.field import Field
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.values.field_events import FieldEvents
from edge_app.live.tracking.track import Event
from edge_app.sinks.records import history as history_module
from edge_app.sinks.records.happenings import REMEMBERED
from edge_app.sinks.records.history import History
from edge_app.sinks.sink import Update


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "history.db"


@pytest.fixture
def settled(reader):
    """An update in which the numbers that are there settle."""
    update = scene_update(reader)
    events = [
        Event("settled", 1.5, index, number.text, 0.98, number.box_xywh)
        for index, number in enumerate(update.reading.numbers)
    ]
    return scene_update(reader, events=events), events


def written(path, *updates, **options):
    history = History(path, **options)
    for update in updates:
        assert history.write(update)
    history.close()
    history._thread._thread.join(60)


def test_events_come_back_after_a_restart(path, reader, settled):
    update, events = settled
    written(path, update, scene_update(reader, events=[event("appeared")]))
    written(path, scene_update(reader, events=[event("gone", 0)]))
    history = History(path)
    found = history.newest()
    assert [happening.event for happening in found[:-1]] == events
    assert found[-1].event.kind == "gone"
    assert [happening.serial for happening in found] == list(range(1, len(events) + 2))
    for happening in found[:-1]:
        assert happening.when_s == pytest.approx(update.made_s - update.age_ms / 1000)
        assert happening.source == "demo"
        thumb = cv2.imdecode(np.frombuffer(happening.thumb, np.uint8), cv2.IMREAD_COLOR)
        assert 10 < thumb.shape[0] <= 40
        assert happening.specimen is None
    assert found[-1].thumb is None
    history.close()


def test_what_may_be_corrected_comes_back_too(path, settled):
    update, _ = settled
    written(path, update, with_specimens=True)
    history = History(path)
    for happening, number in zip(history.newest(), update.reading.numbers, strict=True):
        assert happening.specimen.text == number.text
        assert happening.specimen.name == happening.name
        for index, image in zip(number.digits, happening.specimen.images, strict=True):
            assert np.array_equal(image, update.reading.digits[index].image)
        assert happening.specimen.picture.startswith(b"\xff\xd8")
    assert all(
        happening.specimen is None and happening.name for happening in history.every()
    )
    history.close()


def test_a_number_of_a_field_comes_back_with_its_name(path, reader):
    frame = scene_update(reader).frame
    field = Field("water", (0.05, 0.02, 0.9, 0.35))
    live = LiveReader(ReaderSettings(), LiveSetup(Setup(fields=(field,))))
    reading = live.read(frame.image)
    known, events = FieldEvents(is_moving=False).follow(reading.fields, frame, ())
    reading = replace(reading, fields=known)
    written(path, Update("demo", frame, reading, events, 5.0), with_specimens=True)
    history = History(path)
    (happening,) = history.newest()
    assert happening.field == "water"
    (number,) = reading.numbers
    assert (happening.event.text, happening.specimen.text) == (number.text, number.text)
    assert len(happening.specimen.images) == len(number.text)
    history.close()


def test_pictures_are_of_the_newest_and_the_oldest_events_go(path, reader, monkeypatch):
    monkeypatch.setattr(history_module, "_ROWS_A_READ", 7)
    events = [event("settled", number) for number in range(60)]
    most = REMEMBERED + 20
    update = scene_update(reader, events=events)
    written(path, *[update] * 4, most=most)
    history = History(path, most=most)
    every = [happening.serial for happening in history.every()]
    assert every == list(range(240 - most + 1, 241))
    assert len(history.newest()) == REMEMBERED
    history.close()
    with sqlite3.connect(path) as database:
        (count,) = database.execute("SELECT count(*) FROM pictures").fetchone()
    database.close()
    assert count == REMEMBERED


def foreign_database(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE money (amount REAL)")
    database.close()


def damaged_history(path):
    written(path)
    content = bytearray(path.read_bytes())
    content[4096:5000] = os.urandom(904)
    path.write_bytes(content)


def cut_short(path):
    written(path)
    path.write_bytes(path.read_bytes()[:5000])


def later_version(path):
    written(path)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("dear diary"), "is no history of this program"),
        (lambda path: path.write_bytes(os.urandom(9000)), "no history of this"),
        (foreign_database, "is no history of this program and stays as it is"),
        (damaged_history, "cannot be opened"),
        (cut_short, "cannot be opened"),
        (later_version, "another version, 9"),
        (lambda path: path.mkdir(), "cannot be"),
    ],
)
def test_what_is_no_history_is_refused_and_untouched(path, make, reason, capsys):
    path.parent.mkdir()
    make(path)
    before = path.is_dir() or path.read_bytes()
    with pytest.raises(RecordError, match=reason):
        History(path)
    options = ["--source", "demo", "--view", "none", "--max-frames", "1"]
    assert main(["run", *options, "--history", str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(path) in line
    assert (path.is_dir() or path.read_bytes()) == before
    assert [kept_path.name for kept_path in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform != "linux", reason="a system without /proc")
def test_where_no_file_can_be_made_another_folder_is_asked_for():
    path = Path("/proc/history.db")  # which even an administrator cannot write
    with pytest.raises(RecordError, match=r"file\); name a file in a folder that can"):
        History(path)


def test_an_empty_file_is_begun(path):
    path.parent.mkdir()
    path.write_bytes(b"")
    written(path)
    assert path.read_bytes().startswith(b"SQLite format 3\0")


def test_a_locked_file_is_told_of_and_reading_goes_on(path, settled, caplog):
    update, events = settled
    history = History(path)
    history._database.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    history.write(update)
    wait_until(lambda: "locked" in caplog.text)
    other.rollback()
    other.close()
    history.write(update)
    wait_until(lambda: len(history.newest()) == len(events))
    history.close()


def test_a_killed_program_leaves_a_whole_history(path):
    command = [sys.executable, "-m", "edge_app", "run", "--source", "demo"]
    process = subprocess.Popen([*command, "--view", "none", "--history", str(path)])
    try:

        def has_settled():
            if not path.exists() or not path.stat().st_size:
                return False
            database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
            try:
                # Where a machine is busy, a number may be gone before one settles.
                return database.execute(
                    "SELECT count(*) FROM happenings WHERE kind = 'settled'"
                ).fetchone()[0]
            finally:
                database.close()

        wait_until(has_settled)
    finally:
        process.kill()
        process.communicate()
    history = History(path)
    assert "settled" in {happening.event.kind for happening in history.newest()}
    history.close()
