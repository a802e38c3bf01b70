"""The page on which a person corrects numbers."""

import base64
import re
import shutil

import cv2
import numpy as np
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.parquet as pq

from edge_app.archive.results import corrections, review
from edge_app.archive.results.corrections import CorrectedNumber
from edge_app.archive.store import rows


def numbers_of(task):
    """What was read, the least certain number first."""
    parts = task.store.parts(task.fingerprint).values()
    found = [row for part in parts for row in pq.read_table(part).to_pylist()]
    numbers = [row for row in found if row["kind"] == rows.NUMBER]
    return sorted(numbers, key=lambda row: (row["confidence"], row["path"]))


def written(task, count=200):
    """The page's lines: file, page and number, and the page itself."""
    path, num_shown = review.write(task.store, task.fingerprint, count=count, dpi=72)
    text = path.read_text(encoding="utf-8")
    places = re.findall(
        r'data-file="(\d+)" data-page="(\d+)" data-number="(\d+)"', text
    )
    assert len(places) == num_shown
    return [tuple(map(int, place)) for place in places], text


def place(row):
    return row["file"], row["page"], row["number"]


def test_the_least_certain_come_first(finished):
    expected = [place(row) for row in numbers_of(finished)]
    assert written(finished, 3)[0] == expected[:3]
    assert written(finished)[0] == expected


def test_each_has_its_picture_and_what_was_read(finished):
    _, text = written(finished, 1)
    (row, *_) = numbers_of(finished)
    assert f'value="{row["text"]}"' in text
    (content,) = re.findall(r"data:image/png;base64,([^\"]+)", text)
    crop = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), 1)
    _, _, w, h = row["box_xywh"]
    margin = round(0.4 * min(w, h))
    assert crop.shape[0] <= h + 2 * margin
    assert crop.shape[1] <= w + 2 * margin
    assert crop.min() < 128 < crop.max()  # ink on paper
    assert f'"{finished.fingerprint}"' in text


def test_what_was_checked_does_not_come_again(finished):
    first, second, *_ = numbers_of(finished)
    said = CorrectedNumber(finished.fingerprint, *place(first), first["path"], "42")
    corrections.take(finished.store, [said])
    assert written(finished, 1)[0] == [place(second)]


def test_a_scan_that_is_gone_is_left_out(finished, tmp_path):
    (row, *_) = numbers_of(finished)
    moved = tmp_path / "moved.png"
    shutil.move(row["path"], moved)
    try:
        places, _ = written(finished)
    finally:
        shutil.move(moved, row["path"])
    assert places
    assert row["file"] not in {file for file, _, _ in places}
