import csv
import io
import json
from datetime import UTC, datetime

import pytest
from updates import blank_update, event, scene_update

from edge_app.errors import RecordError
from edge_app.sinks.records import COLUMNS, CSV, JSONLines


def test_json_lines_of_frames(reader, capsys):
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
    when = datetime.fromisoformat(first["time"])
    assert abs((datetime.now(UTC) - when).total_seconds()) < 10


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
    sink.close()
    assert len(list(tmp_path.iterdir())) == 3
    assert all(each.stat().st_size <= 8000 for each in tmp_path.iterdir())


@pytest.mark.parametrize("kind", [JSONLines, CSV])
def test_a_path_that_cannot_be_written(tmp_path, kind):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written"):
        kind(tmp_path / "file" / "a")
