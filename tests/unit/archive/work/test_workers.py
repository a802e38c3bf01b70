"""What workers do with files, without a cluster."""

from pathlib import Path

import cv2
import pytest
from needed import need

need("distributed", reason="needs the extra archive")
from archives import lines_of
from scans import page, write_mixed

from edge_app.archive.listing import listed
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows
from edge_app.archive.work.workers import FileReader
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.xdist_group("archive_work")

QUICK = ReaderSettings(reader="classic")  # no network


def read(paths, settings=None):
    reader = FileReader(settings or ArchiveSettings(QUICK))
    return [row for line in lines_of(paths) for row in reader.read(line)]


def pages_of(found):
    return [row for row in found if row["kind"] == rows.PAGE]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A folder with one file of each kind, and its pages' rows by the file's name."""
    folder = tmp_path_factory.mktemp("mixed") / "scans"
    counts = write_mixed(folder)
    paths = sorted(Path(listed_file.path) for listed_file in listed.files(str(folder)))
    found = read(paths)
    by_name = {}
    for row in pages_of(found):
        by_name.setdefault(Path(row["path"]).name, []).append(row)
    assert {name: len(of_file) for name, of_file in by_name.items()} == counts
    return by_name, found


def test_each_page_has_a_row_and_each_number(mixed):
    by_name, found = mixed
    status = {
        name: {row["status"] for row in of_file} for name, of_file in by_name.items()
    }
    assert status == {
        "photo.jpg": {"ok"}, "copy.jpg": {"ok"}, "turned.jpg": {"ok"},
        "gray.png": {"ok"}, "pages.tif": {"ok"}, "pages.pdf": {"ok"},
        "torn.jpg": {"damaged"}, "notes.png": {"unreadable"},
        "empty.png": {"unreadable"},
    }  # fmt: skip
    for row in pages_of(found):
        numbers_of_page = [
            written_row for written_row in found
            if written_row["kind"] == rows.NUMBER
            and (written_row["file"], written_row["page"]) == (row["file"], row["page"])
        ]  # fmt: skip
        is_first = row.get("same_as") is None
        assert len(numbers_of_page) == (row["num_numbers"] if is_first else 0)
        if row["status"] == "ok":
            assert row["num_numbers"] > 0
            assert row["width"] * row["height"] >= 640 * 480
        else:
            assert row["error"]
    assert by_name["turned.jpg"][0]["rotation"] == 90
    assert [row["page"] for row in by_name["pages.pdf"]] == [1, 2]


def test_the_same_content_is_read_once(mixed):
    by_name, _ = mixed
    copy, photo = by_name["copy.jpg"][0], by_name["photo.jpg"][0]
    assert photo["same_as"] == copy["file"]
    assert "same_as" not in copy
    assert photo["sha256"] == copy["sha256"]
    num_numbers = len(Scene(seed=1).numbers)
    assert photo["num_numbers"] == copy["num_numbers"] == num_numbers


def test_a_number_says_what_it_was_read_from(mixed):
    _, found = mixed
    row = next(
        written_row for written_row in found if written_row["kind"] == rows.NUMBER
    )
    assert row["confidence"] == min(digit["confidence"] for digit in row["digits"])
    assert "".join(str(digit["label"]) for digit in row["digits"]) == row["text"]
    assert rows.table(found).schema == rows.ROWS_SCHEMA


def test_a_file_that_is_not_there(tmp_path):
    (row,) = read([tmp_path / "lost.jpg"])
    assert row["status"] == "missing"
    assert "No such file" in row["error"]


def test_options_of_the_reader(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), cv2.rotate(page(1), cv2.ROTATE_180))
    turned = ReaderSettings(reader="classic", rotate=180, expect="[0-9]{4}")
    found = read([tmp_path / "a.png"], ArchiveSettings(turned))
    assert found[0]["rotation"] == 180
    assert {len(row["text"]) for row in found[1:]} == {4}
    outside = ArchiveSettings(ReaderSettings(reader="classic", roi_xywh=(900, 0, 9, 9)))
    (row,) = read([tmp_path / "a.png"], outside)
    assert row["status"] == "unreadable"
    assert "outside of the frame" in row["error"]
