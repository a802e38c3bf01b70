"""What `edge-digits archive` does with an archive that is read, and prints."""

import json

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.parquet as pq

from edge_app.archive import actions
from edge_app.archive.archive_arguments import add_actions
from edge_app.archive.results.corrections import CorrectedNumber, take
from edge_app.archive.store import rows
from edge_app.archive.store.stored import Store
from edge_app.cli import commands
from edge_app.common.errors import ArchiveError


@pytest.fixture
def run(finished, capsys):
    """Do something with the archive; its exit status and what it prints."""

    def done(action, *words, before=()):
        parser = commands.Parser()
        add_actions(parser)
        out = finished.store.folder
        words = [action, *before, out, *words]
        status = actions.run(parser.parse_args([str(word) for word in words]))
        printed = capsys.readouterr()
        done.err = printed.err
        return status, printed.out.splitlines()

    return done


@pytest.fixture
def numbers(finished):
    """What was read."""
    parts = finished.store.parts(finished.fingerprint).values()
    found = [row for part in parts for row in pq.read_table(part).to_pylist()]
    return [row for row in found if row["kind"] == rows.NUMBER]


def change(task, shard, **changed):
    """Change what a shard's first row says."""
    path = task.store.part(shard, task.fingerprint)
    first, *others = pq.read_table(path).to_pylist()
    pq.write_table(rows.table([first | changed, *others]), path)


def test_status_tells_what_is_read_and_how_well(run, finished, numbers):
    status, (files, read, ok) = run("status")
    assert status == 0
    name = finished.fingerprint
    assert files == f"4 files in 2 shards, 2 of them read as {name}"
    assert read == f"read: 4 files, 4 pages, {len(numbers)} numbers"
    assert ok.split() == ["4", "ok"]


def test_status_is_an_error_where_something_is_missing(run, finished):
    change(finished, 0, status="crashed")
    status, lines = run("status")
    assert status == 1
    assert lines[-1] == f"files that ended their process: {finished.store.quarantine}"
    assert [line.split() for line in lines[2:4]] == [["3", "ok"], ["1", "crashed"]]
    assert run.err.startswith("1 of 4 pages could not be read; ")
    finished.store.part(1, finished.fingerprint).unlink()
    assert run("status")[0] == 1
    assert run.err == (
        "1 of 2 shards not read yet; the same edge-digits archive read goes on\n"
    )


def test_verify_tells_each_fault(run, finished):
    assert run("verify") == (0, ["4 files in 2 parts, each with one result"])
    finished.store.part(1, finished.fingerprint).unlink()
    assert run("verify") == (1, ["shard 1: not read"])


def test_find_tells_each_number(run, numbers):
    row = numbers[0]
    hits = [number for number in numbers if number["text"] == row["text"]]
    status, lines = run("find", before=[row["text"]])
    assert (status, len(lines)) == (0, len(hits))
    least = f"least confidence {row['confidence']:.2f}"
    assert lines[0] == f"{row['path']}, page 1: {row['text']}  ({least})"
    _, (line, *_) = run("find", "--json", before=[row["text"]])
    assert json.loads(line)["box_xywh"] == row["box_xywh"]
    assert run("find", before=["[0-9]{40}"]) == (1, [])


def test_find_cuts_what_it_finds(run, numbers, tmp_path):
    row = numbers[0]
    status, _ = run("find", "--crops", tmp_path / "hits", before=[row["text"]])
    assert status == 0
    path = tmp_path / "hits" / f"{row['text']}-{row['file']}-1-{row['number']}.png"
    assert cv2.imread(str(path)).shape[0] >= row["box_xywh"][3]


def test_export_tells_what_it_wrote(run, numbers, tmp_path):
    status, lines = run("export", tmp_path / "tables", "--format", "jsonl")
    assert status == 0
    assert lines == [
        f"{tmp_path}/tables/pages.jsonl: 4 rows",
        f"{tmp_path}/tables/numbers.jsonl: {len(numbers)} rows",
    ]


def said(finished, numbers, text):
    row = numbers[0]
    place = row["file"], row["page"], row["number"], row["path"]
    return CorrectedNumber(finished.fingerprint, *place, text)


def test_review_goes_its_round(run, finished, numbers, tmp_path):
    status, lines = run("review", "--count", "2")
    path = finished.store.folder / "review.html"
    assert (status, lines) == (0, [f"{path}: 2 numbers"])
    other = Store(tmp_path / "other")
    text = numbers[0]["text"]
    take(other, [said(finished, numbers, text[::-1])])
    saved = other.corrections
    taken = f"{finished.store.corrections}: 1 correction"
    assert run("review", "--take", saved) == (0, [taken])
    _, (line,) = run("review", "--training", tmp_path / "own")
    assert line.startswith(f"{tmp_path}/own: {len(text)} digits; left out for ")
    assert line.endswith(" than were read: 0 numbers")
    written = [path.parent.name for path in (tmp_path / "own").glob("*/*.png")]
    assert sorted(written) == sorted(text)


def test_what_cannot_be_done_is_told(run, finished, tmp_path):
    with pytest.raises(ArchiveError, match=r"lost\.csv: no such file"):
        run("review", "--take", tmp_path / "lost.csv")
    with pytest.raises(ArchiveError, match="expected, got 0000"):
        run("status", "--fingerprint", "0000")
    finished.store.manifest.unlink()
    with pytest.raises(ArchiveError, match="no archive; try: edge-digits archive read"):
        run("status")


def test_without_corrections_there_are_no_digits_to_write(run, tmp_path):
    with pytest.raises(ArchiveError, match=r"no corrections .* makes a page for them"):
        run("review", "--training", tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_digits_of_another_version_are_not_written(run, finished, tmp_path):
    old = finished.store.settings("0123456789ab")
    old.write_bytes(finished.store.settings(finished.fingerprint).read_bytes())
    with pytest.raises(ArchiveError, match="read by another version or with other mo"):
        run("review", "--training", tmp_path / "own", "--fingerprint", "01234")
