import re
import threading

import cv2
import numpy as np
import pytest
from updates import scene_update

from edge_app.common.errors import CorrectionError, RecordError
from edge_app.sinks.corrections import offered, specimen
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
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
    kept = Corrections(CorrectionsFolder(tmp_path / "kept"))
    for sample in specimens:
        kept.offer(sample)
    return kept


def crops(corrections):
    return {
        path.parent.name + "/" + path.name: cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        for path in corrections.path.glob("*/*.28x28.png")
    }


def test_specimens_are_what_the_model_saw(update, specimens):
    numbers = update.reading.numbers
    assert [sample.text for sample in specimens] == [
        read_number.text for read_number in numbers
    ]
    assert len({sample.name for sample in specimens}) == len(numbers) > 1
    for number, sample in zip(numbers, specimens, strict=True):
        for index, image in zip(number.digits, sample.images, strict=True):
            assert np.array_equal(update.reading.digits[index].image, image)
        picture = cv2.imdecode(
            np.frombuffer(sample.picture, np.uint8), cv2.IMREAD_COLOR
        )
        assert 20 < picture.shape[0] <= 96
        assert picture.shape[1] > picture.shape[0]


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


@pytest.mark.parametrize("text", ["12a", "-1", "١٢", "1" * 41, "../0"])
def test_what_is_no_number_is_refused(corrections, specimens, text):
    with pytest.raises(CorrectionError, match="digits 0 to 9 expected"):
        corrections.give(specimens[0].name, text)
    assert corrections.newest() == []


def test_what_was_read_long_ago_is_forgotten(corrections, specimens, monkeypatch):
    monkeypatch.setattr(offered, "_OFFERED_SPECIMENS", 1)
    corrections.offer(specimens[1])
    with pytest.raises(CorrectionError, match="too long ago"):
        corrections.give(specimens[0].name, "1")
    with pytest.raises(CorrectionError, match="too long ago"):
        corrections.give("../../etc", "1")


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


def test_cameras_have_a_folder_in_common(tmp_path, specimens):
    folder = CorrectionsFolder(tmp_path / "kept")
    cameras = [Corrections(folder, camera=name) for name in ("attic", "cellar_2")]
    first, second, *_ = specimens  # of one moment: both cameras' are called the same
    for camera in cameras:
        for sample in specimens:
            camera.offer(sample)
    attic, cellar = cameras
    assert attic.give(first.name, first.text).name == first.name
    cellar.give(first.name, "")
    cellar.give(second.name, second.text)
    assert [correction.name for correction in attic.newest()] == [first.name]
    assert [correction.name for correction in cellar.newest()] == [
        second.name,
        first.name,
    ]
    assert (attic.given(first.name), cellar.given(first.name)) == (first.text, "")
    assert attic.given(second.name) is None
    pictures = {path.name for path in (folder.path / "numbers").iterdir()}
    assert f"attic.{first.name}_{first.text}_{first.text}.jpg" in pictures
    assert f"cellar_2.{first.name}_{first.text}_none.jpg" in pictures
    again = CorrectionsFolder(folder.path)
    assert Corrections(again).newest() == []  # of no camera that has a name
    assert Corrections(again, camera="attic").newest() == attic.newest()
    assert cellar.undo(first.name)
    assert attic.given(first.name) == first.text
    assert attic.picture(first.name) == first.picture
    split = extra.read(folder.path, num_outputs=11)
    assert sorted(split.labels) == sorted(map(int, first.text + second.text))


def test_a_busy_camera_leaves_the_numbers_of_others(tmp_path, specimens, monkeypatch):
    monkeypatch.setattr(offered, "_OFFERED_SPECIMENS", 2)
    folder = CorrectionsFolder(tmp_path)
    quiet, busy = (Corrections(folder, camera=name) for name in ("quiet", "busy"))
    quiet.offer(specimens[0])
    for sample in specimens[:3]:
        busy.offer(sample)
    assert quiet.give(specimens[0].name, "1").given == "1"
    with pytest.raises(CorrectionError, match="too long ago"):
        busy.give(specimens[0].name, "1")
