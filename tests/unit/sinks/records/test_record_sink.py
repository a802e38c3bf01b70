import csv
import io
import json
import sys
from datetime import UTC, datetime, timedelta

import cv2
import pytest
from updates import blank_update, event, scene_update
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.common.errors import RecordError
from edge_app.sinks.records.record_sink import COLUMNS, CSV, JSONLines
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device

KINDS = {"jsonl": JSONLines, "csv": CSV}
HEADER = ",".join(COLUMNS).encode()
# What a CSV record had before, where there were no fields.
EARLIER = HEADER.removesuffix(b",field,value,previous,unit,fault")


def test_json_lines_of_frames(reader, capsys):
    before = datetime.now(UTC)
    update = scene_update(reader, events=[event()])
    sink = JSONLines()
    assert sink.write(update)
    assert sink.write(blank_update(reader))
    sink.close()
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["source"] == "demo"
    assert (
        first["numbers"] == json.loads(json.dumps(update.reading.to_dict()))["numbers"]
    )
    assert len(first["numbers"]) == 3
    assert first["events"][0]["kind"] == "settled"
    assert first["events"][0]["confidence"] == 0.9877
    assert second["digits"] == second["events"] == []
    rounded = timedelta(milliseconds=1)
    when = datetime.fromisoformat(first["time"])
    assert before - rounded <= when <= datetime.now(UTC) + rounded


def test_json_lines_of_events(reader, tmp_path):
    path = tmp_path / "a.jsonl"
    sink = JSONLines(path, events_only=True)
    sink.write(scene_update(reader))
    sink.write(blank_update(reader, events=[event("settled"), event("gone")]))
    sink.close()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["kind"] for row in rows] == ["settled", "gone"]
    assert rows[0]["text"] == "2927"


def test_csv_of_frames(reader, tmp_path):
    path = tmp_path / "a.csv"
    update = scene_update(reader)
    sink = CSV(path)
    sink.write(update)
    sink.close()
    rows = list(csv.DictReader(path.open()))
    assert tuple(rows[0]) == COLUMNS
    assert [row["text"] for row in rows] == [n.text for n in update.reading.numbers]
    assert [int(rows[0][key]) for key in ("x", "y", "width", "height")] == list(
        update.reading.numbers[0].box_xywh
    )
    digits = [update.reading.digits[i] for i in update.reading.numbers[0].digits]
    least = min(digit.confidence for digit in digits)
    assert float(rows[0]["confidence"]) == pytest.approx(least, abs=1e-4)


def test_csv_of_events_to_stdout_with_a_name_that_needs_quotes(reader, capsys):
    update = blank_update(reader, events=[event("changed", 7)])
    object.__setattr__(update, "source", 'my "clip", 2.mp4')
    sink = CSV(events_only=True)
    sink.write(update)
    sink.close()
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["source"] == 'my "clip", 2.mp4'
    assert (row["event"], row["number_id"]) == ("changed", "7")


@pytest.mark.parametrize("kind", [JSONLines, CSV])
def test_rotated(reader, tmp_path, kind):
    update = scene_update(reader, events=[event()])
    path = tmp_path / "a"
    sink = kind(path, max_bytes=8000, max_files=3)
    for _ in range(100):
        sink.write(update)
    wait_until(lambda: not sink._lines._thread._waiting)  # a slow disk
    sink.close()
    assert len(list(tmp_path.iterdir())) == 3
    assert all(kept_path.stat().st_size <= 8000 for kept_path in tmp_path.iterdir())


@pytest.mark.parametrize("kind", [JSONLines, CSV])
def test_a_path_that_cannot_be_written(tmp_path, kind):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="file is a file, a folder expected"):
        kind(tmp_path / "file" / "a")


def photograph():
    return cv2.imencode(".jpg", Scene(seed=1).frame(0.0)[0])[1].tobytes()


FOREIGN = {
    "photograph": photograph(),
    "text": b"Dear diary,\ntoday it rained.\nNo digits",
    "one line of text": b"Dear diary",
    "JSON Lines of somebody": b'{"source": "a", "time": "t"}\n{"source": "b"}\n',
    "a line of JSON": b'{"source": "a", "time": "2026-11-26T00:00:00.000Z"}',
    "JSON of this program's read": b'{"source": "a.png", "width": 4, "digits": []}\n',
    "JSON, indented": b'{\n  "source": "a"\n}\n',
    "nested": b"[" * 100_000,
    "a list": b'["source", "time", "kind", "number_id", "text"]\n',
    "CSV of somebody": b"time,source,text\n1,2,3\n",
    "CSV with a column more": HEADER + b",note\n" + b"," * 16 + b"\n",
    "CSV with a column less": EARLIER[:-7] + b"\n" + b"," * 9 + b"\n",
    "the earlier header, then a diary": EARLIER + b"\nDear diary\n",
    "the header, then a diary": HEADER + b"\nDear diary\n",
    "a video": b"\0\0\0\x20ftypisom" + bytes(200),
    "a line break": b"\n",
    "UTF-16": "time,source\n".encode("utf-16"),
    "a long line": b"x" * 3_000_000,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_other_files_are_refused_and_left_alone(tmp_path, kind, content):
    path = tmp_path / "a"
    path.write_bytes(content)
    before = path.stat()
    with pytest.raises(RecordError, match="record of this program and stays") as error:
        KINDS[kind](path)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == content
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert list(tmp_path.iterdir()) == [path]


def test_one_kind_of_record_is_not_the_other(reader, tmp_path):
    for name, kind in KINDS.items():
        path = tmp_path / name
        sink = kind(path)
        sink.write(scene_update(reader))
        sink.close()
    with pytest.raises(RecordError, match="no CSV record"):
        CSV(tmp_path / "jsonl")
    with pytest.raises(RecordError, match="no JSON Lines record"):
        JSONLines(tmp_path / "csv")


def test_run_says_so_in_one_line(tmp_path, capsys):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(FOREIGN["photograph"])
    for option in ("--jsonl", "--csv"):
        options = ["--source", "demo", "--view", "none", "--max-frames", "3"]
        assert main(["run", *options, option, str(photo)]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert f"{photo}: cannot be written (it is no " in err
        assert photo.read_bytes() == FOREIGN["photograph"]


def test_a_record_without_columns_of_fields_is_renamed(reader, tmp_path):
    path = tmp_path / "a.csv"
    row = b"2026-11-26T20:16:21.924Z,demo,settled,1,2927,0.9921,100,59,130,42,620.3\n"
    path.write_bytes(EARLIER + b"\n" + row)
    sink = CSV(path, events_only=True)
    sink.write(blank_update(reader, events=[event("settled")]))
    sink.close()
    assert (tmp_path / "a.csv.1").read_bytes() == EARLIER + b"\n" + row
    assert path.read_bytes().splitlines()[0] == HEADER


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("every_frame", [False, True])
def test_ones_own_record_is_taken_up_however_it_was_torn(
    reader, tmp_path, kind, every_frame
):
    path = tmp_path / "a"
    update = scene_update(reader, events=[event()])

    def add():
        sink = KINDS[kind](path, events_only=not every_frame)
        sink.write(update)
        sink.close()

    path.touch()
    add()
    whole = path.read_bytes()
    first = whole.splitlines(keepends=True)[0]
    torn = [whole[:9], first[:-1], whole[:-30], bytes(5000)]
    torn += [whole + end for end in (b"", b"{", bytes(4000) + b"\xff")]
    for content in torn:
        path.write_bytes(content)
        add()
        kept, count = content.rpartition(b"\n")[0], whole.count(b"\n")
        rows = path.read_bytes().splitlines()
        assert rows[: kept.count(b"\n")] == kept.splitlines()[: kept.count(b"\n")]
        assert len(rows) == len(kept.splitlines()) + count - (
            kind == "csv" and bool(kept)
        )


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be renamed")
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_is_moved_is_begun_anew(reader, tmp_path, kind):
    path = tmp_path / "a"
    sink = KINDS[kind](path, events_only=True)
    sink.write(blank_update(reader, events=[event("settled")]))
    wait_until(lambda: b"settled" in path.read_bytes())
    path.rename(tmp_path / "moved")
    sink.write(blank_update(reader, events=[event("gone")]))
    wait_until(path.exists)
    sink.close()
    assert b"gone" not in (tmp_path / "moved").read_bytes()
    rows = path.read_text().splitlines()
    assert len(rows) == (2 if kind == "csv" else 1)
    assert "gone" in rows[-1]
