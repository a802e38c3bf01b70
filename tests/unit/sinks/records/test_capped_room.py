"""Folders that never grow beyond their limit."""

import os
import re

import pytest

from edge_app.sinks.records import capped_room

pytestmark = pytest.mark.device

OURS = re.compile(r"our-\d+\.png")


@pytest.fixture
def folder(tmp_path):
    """Five files of ours, the third written first, and one of a person."""
    for age, name in enumerate(("our-3", "our-1", "our-2", "our-4", "our-5")):
        path = tmp_path / f"{name}.png"
        path.write_bytes(bytes(100))
        os.utime(path, (1000 + age, 1000 + age))
    (tmp_path / "our-6.png.txt").write_bytes(bytes(10_000))
    os.utime(tmp_path / "our-6.png.txt", (1, 1))
    return tmp_path


def left(folder):
    return "".join(sorted(path.name[4] for path in folder.iterdir()))


@pytest.mark.parametrize(
    ("num_bytes", "max_bytes", "expected"),
    [
        (0, 500, "123456"),
        (100, 600, "123456"),
        (1, 500, "12456"),
        (100, 500, "12456"),
        (101, 500, "2456"),
        (100, 250, "56"),
        (0, 99, "6"),
        (1000, 99, "6"),  # what cannot fit is the caller's to write or not
    ],
)
def test_the_oldest_of_ours_go_and_no_more_than_needed(
    folder, num_bytes, max_bytes, expected
):
    capped_room.make(folder, OURS, num_bytes=num_bytes, max_bytes=max_bytes)
    assert left(folder) == expected


def test_files_of_one_moment_go_by_their_names(folder):
    for path in folder.iterdir():
        os.utime(path, (1000, 1000))
    capped_room.make(folder, OURS, num_bytes=0, max_bytes=200)
    assert left(folder) == "456"


def test_what_a_person_just_moved_away_is_no_error(folder):
    (folder / "our-0.png").symlink_to(folder / "gone")
    capped_room.make(folder, OURS, num_bytes=0, max_bytes=400)
    assert left(folder) == "012456"


def test_what_cannot_be_deleted_is_an_error(folder):
    (folder / "our-7.png").mkdir()
    os.utime(folder / "our-7.png", (1, 1))
    with pytest.raises(OSError, match="our-7"):
        capped_room.make(folder, OURS, num_bytes=0, max_bytes=100)
    with pytest.raises(FileNotFoundError):
        capped_room.make(folder / "none", OURS, num_bytes=0, max_bytes=100)
