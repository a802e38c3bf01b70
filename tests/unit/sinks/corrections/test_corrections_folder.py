import re
import threading

import cv2
import numpy as np
import pytest

from edge_app.common.errors import CorrectionError, RecordError
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from train.data import extra


def crops(corrections):
    return {
        path.parent.name + "/" + path.name: cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        for path in corrections.path.glob("*/*.28x28.png")
    }


def test_digits_are_kept_by_their_labels_for_training(corrections, specimens):
    first, *_ = specimens
    given = "".join(str((int(character) + 1) % 10) for character in first.text)
    kept = corrections.give(first.name, f" {given} ")
    assert (kept.read, kept.given, kept.is_matched) == (first.text, given, True)
    found = crops(corrections)
    assert len(found) == len(given)
    for index, (label, image) in enumerate(zip(given, first.images, strict=True)):
        assert np.array_equal(found[f"{label}/{first.name}-{index}.28x28.png"], image)
    split = extra.read(corrections.path, num_outputs=11)
    assert sorted(split.labels) == sorted(map(int, given))


def test_no_digit_at_all_is_a_reject(corrections, specimens):
    kept = corrections.give(specimens[0].name, "")
    assert kept.is_matched
    assert {name.split("/")[0] for name in crops(corrections)} == {"reject"}
    assert len(crops(corrections)) == len(specimens[0].text)


def test_other_than_so_many_digits_keep_the_picture_alone(corrections, specimens):
    kept = corrections.give(specimens[0].name, specimens[0].text + "5")
    assert not kept.is_matched
    assert crops(corrections) == {}
    (path,) = (corrections.path / "unmatched").iterdir()
    assert path.name == f"{specimens[0].name}_{kept.read}_{kept.given}.jpg"
    assert path.read_bytes() == corrections.picture(kept.name) == specimens[0].picture


def test_the_last_word_counts_and_can_be_taken_back(corrections, specimens):
    name, text = specimens[0].name, specimens[0].text
    corrections.give(name, text + "1")
    corrections.give(name, "7" * len(text))
    assert [correction.given for correction in corrections.newest()] == [
        "7" * len(text)
    ]
    assert len(crops(corrections)) == len(text)
    assert corrections.given(name) == "7" * len(text)
    assert corrections.undo(name)
    assert not corrections.undo(name)
    assert corrections.given(name) is None
    assert corrections.picture(name) is None
    assert [path for path in corrections.path.glob("*/*") if path.is_file()] == []


def test_it_goes_on_after_a_restart(corrections, specimens):
    for index, sample in enumerate(specimens):
        corrections.give(sample.name, sample.text + "0" * (index % 2))
    (corrections.path / "numbers" / "holiday.jpg").write_bytes(b"mine")
    again = Corrections(CorrectionsFolder(corrections.path))
    assert set(again.newest()) == set(corrections.newest())
    assert again.given(specimens[0].name) == specimens[0].text
    for sample in specimens:
        assert again.undo(sample.name)
    left = [path.name for path in again.path.glob("*/*") if path.is_file()]
    assert left == ["holiday.jpg"]
    with pytest.raises(CorrectionError, match="too long ago"):
        again.give(specimens[0].name, "1")


def test_the_oldest_go(tmp_path, specimens):
    kept = Corrections(CorrectionsFolder(tmp_path, most=2))
    for sample in specimens[:3]:
        kept.offer(sample)
        kept.give(sample.name, sample.text)
    assert [correction.name for correction in kept.newest()] == [
        specimens[2].name,
        specimens[1].name,
    ]
    assert not any(specimens[0].name in name for name in crops(kept))
    assert sum(1 for _ in (tmp_path / "numbers").iterdir()) == 2


def test_a_slow_disk_holds_up_no_reading(corrections, specimens, monkeypatch):
    go_on, began = threading.Event(), threading.Event()
    folder = corrections._folder
    real = folder._write

    def slow(*arguments):
        began.set()
        go_on.wait(60)
        real(*arguments)

    monkeypatch.setattr(folder, "_write", slow)
    first, second, *_ = specimens
    thread = threading.Thread(target=corrections.give, args=(first.name, first.text))
    thread.start()
    began.wait(60)
    corrections.offer(second)  # returns while the disk is busy
    assert corrections.given(first.name) is None
    go_on.set()
    thread.join()
    assert corrections.given(first.name) == first.text


def test_the_folder_says_what_it_is(corrections, tmp_path):
    text = (corrections.path / "README.txt").read_text()
    for name in re.findall(r"^(\w+) has", text, re.M):
        assert (corrections.path / name).is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written"):
        CorrectionsFolder(tmp_path / "file")
