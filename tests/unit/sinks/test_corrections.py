import re
import threading

import cv2
import numpy as np
import pytest
from updates import scene_update

from edge_app.common.errors import CorrectionError, RecordError
from edge_app.sinks.corrections import corrections_folder as corrections_folder
from edge_app.sinks.corrections import specimen
from edge_app.sinks.corrections.corrections_folder import Corrections
from train.data import extra


@pytest.fixture
def update(reader):
    return scene_update(reader)


@pytest.fixture
def specimens(update):
    image, reading = update.frame.image, update.reading
    return list(specimen.of_numbers(image, reading, time_s=update.made_s))


@pytest.fixture
def corrections(tmp_path, specimens):
    kept = Corrections(tmp_path / "kept")
    for each in specimens:
        kept.offer(each)
    return kept


def crops(corrections):
    return {
        path.parent.name + "/" + path.name: cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        for path in corrections.folder.glob("*/*.28x28.png")
    }


def test_specimens_are_what_the_model_saw(update, specimens):
    numbers = update.reading.numbers
    assert [each.text for each in specimens] == [each.text for each in numbers]
    assert len({each.name for each in specimens}) == len(numbers) > 1
    for number, each in zip(numbers, specimens, strict=True):
        for index, image in zip(number.digits, each.images, strict=True):
            assert np.array_equal(update.reading.digits[index].image, image)
        picture = cv2.imdecode(np.frombuffer(each.picture, np.uint8), cv2.IMREAD_COLOR)
        assert 20 < picture.shape[0] <= 96
        assert picture.shape[1] > picture.shape[0]


def test_digits_are_kept_by_their_labels_for_training(corrections, specimens):
    first, *_ = specimens
    given = "".join(str((int(each) + 1) % 10) for each in first.text)
    kept = corrections.give(first.name, f" {given} ")
    assert (kept.read, kept.given, kept.is_matched) == (first.text, given, True)
    found = crops(corrections)
    assert len(found) == len(given)
    for index, (label, image) in enumerate(zip(given, first.images, strict=True)):
        assert np.array_equal(found[f"{label}/{first.name}-{index}.28x28.png"], image)
    split = extra.read(corrections.folder, num_outputs=11)
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
    (path,) = (corrections.folder / "unmatched").iterdir()
    assert path.name == f"{specimens[0].name}_{kept.read}_{kept.given}.jpg"
    assert path.read_bytes() == corrections.picture(kept.name) == specimens[0].picture


def test_the_last_word_counts_and_can_be_taken_back(corrections, specimens):
    name, text = specimens[0].name, specimens[0].text
    corrections.give(name, text + "1")
    corrections.give(name, "7" * len(text))
    assert [each.given for each in corrections.newest()] == ["7" * len(text)]
    assert len(crops(corrections)) == len(text)
    assert corrections.given(name) == "7" * len(text)
    assert corrections.undo(name)
    assert not corrections.undo(name)
    assert corrections.given(name) is None
    assert corrections.picture(name) is None
    assert [each for each in corrections.folder.glob("*/*") if each.is_file()] == []


def test_it_goes_on_after_a_restart(corrections, specimens):
    for index, each in enumerate(specimens):
        corrections.give(each.name, each.text + "0" * (index % 2))
    (corrections.folder / "numbers" / "holiday.jpg").write_bytes(b"mine")
    again = Corrections(corrections.folder)
    assert set(again.newest()) == set(corrections.newest())
    assert again.given(specimens[0].name) == specimens[0].text
    for each in specimens:
        assert again.undo(each.name)
    left = [each.name for each in again.folder.glob("*/*") if each.is_file()]
    assert left == ["holiday.jpg"]
    with pytest.raises(CorrectionError, match="too long ago"):
        again.give(specimens[0].name, "1")


def test_the_oldest_go(tmp_path, specimens):
    kept = Corrections(tmp_path, most=2)
    for each in specimens[:3]:
        kept.offer(each)
        kept.give(each.name, each.text)
    assert [each.name for each in kept.newest()] == [
        specimens[2].name,
        specimens[1].name,
    ]
    assert not any(specimens[0].name in name for name in crops(kept))
    assert sum(1 for _ in (tmp_path / "numbers").iterdir()) == 2


@pytest.mark.parametrize("text", ["12a", "-1", "١٢", "1" * 41, "../0"])
def test_what_is_no_number_is_refused(corrections, specimens, text):
    with pytest.raises(CorrectionError, match="digits 0 to 9 expected"):
        corrections.give(specimens[0].name, text)
    assert corrections.newest() == []


def test_what_was_read_long_ago_is_forgotten(corrections, specimens, monkeypatch):
    monkeypatch.setattr(corrections_folder, "_REMEMBERED", 1)
    corrections.offer(specimens[1])
    with pytest.raises(CorrectionError, match="too long ago"):
        corrections.give(specimens[0].name, "1")
    with pytest.raises(CorrectionError, match="too long ago"):
        corrections.give("../../etc", "1")


def test_a_slow_disk_holds_up_no_reading(corrections, specimens, monkeypatch):
    go_on, began = threading.Event(), threading.Event()
    real = corrections._write

    def slow(*arguments):
        began.set()
        go_on.wait(60)
        real(*arguments)

    monkeypatch.setattr(corrections, "_write", slow)
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
    text = (corrections.folder / "README.txt").read_text()
    for name in re.findall(r"^(\w+) has", text, re.M):
        assert (corrections.folder / name).is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written"):
        Corrections(tmp_path / "file")
