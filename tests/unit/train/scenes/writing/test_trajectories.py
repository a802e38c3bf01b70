import numpy as np
import pytest
from written import write_strokes

from train.scenes.writing.trajectories import EVERYWHERE, Trajectories, part_of

HOOK = [(0, 0), (60, 20), (30, 60), (20, 100)]
DOT = [(5, 5)]


def writer(part, folder="one"):
    """The first name of a file that belongs to a part of the writers."""
    names = (f"{folder}/{n}" for n in range(1000))
    return next(name for name in names if part_of(name) == part)


def stored(folder, name, *samples):
    """Samples as (label, strokes), by a writer of the training."""
    samples = [(label, writer("train"), strokes) for label, strokes in samples]
    write_strokes(folder, name, samples)
    return Trajectories.read(folder, name, "train")


def usable(trajectories):
    """The labels of what can be used."""
    return sorted(
        label for label in trajectories.by_writer.get(EVERYWHERE, {}) if label
    )


def test_strokes_of_a_sample_are_those_that_were_stored(tmp_path):
    two = [HOOK, HOOK[::-1]]
    found = stored(tmp_path, "digits", ("3", two), ("5", [HOOK]), ("7", [DOT, HOOK]))
    for index, strokes in enumerate((two, [HOOK], [DOT, HOOK])):
        kept = found.strokes(index)
        assert [stroke.tolist() for stroke in kept] == [
            [list(point) for point in stroke] for stroke in strokes
        ]
        assert all(stroke.dtype == np.float32 for stroke in kept)


def test_samples_are_found_by_writer_by_folder_and_by_label(tmp_path):
    mine, other = writer("train"), writer("train", "two")
    samples = [("3", mine, [HOOK]), ("5", mine, [HOOK]), ("3", other, [HOOK])]
    write_strokes(tmp_path, "digits", samples)
    found = Trajectories.read(tmp_path, "digits", "train").by_writer
    assert found[mine] == found["one"] == {"3": [0], "5": [1]}
    assert found[other] == found["two"] == {"3": [2]}
    assert found[EVERYWHERE] == {"3": [0, 2], "5": [1]}


def test_a_part_has_its_own_writers_alone(tmp_path):
    parts = ("train", "validation", "test")
    write_strokes(tmp_path, "digits", [("3", writer(part), [HOOK]) for part in parts])
    for index, part in enumerate(parts):
        found = Trajectories.read(tmp_path, "digits", part).by_writer
        assert found[EVERYWHERE] == {"3": [index]}


def test_eight_tenths_of_the_writers_are_for_the_training():
    parts = [part_of(f"folder/{number}") for number in range(2000)]
    assert parts.count("train") / 2000 == pytest.approx(0.8, abs=0.03)
    assert parts.count("validation") / 2000 == pytest.approx(0.1, abs=0.03)


def test_digits_that_cannot_be_what_their_labels_say_are_left_out(tmp_path):
    flat = [(0, 0), (50, 1), (80, 2), (100, 3)]
    short = HOOK[:3]
    found = stored(tmp_path, "digits", ("3", [flat]), ("5", [short]), ("7", [HOOK]))
    assert usable(found) == ["7"]


def test_words_are_plain_and_neither_short_nor_endless(tmp_path):
    wide = [[(0, 0), (50, 20), (100, 0), (150, 20)]]
    labels = ["ape", "a", "it's", "incomprehensible"]
    found = stored(tmp_path, "words", *((label, wide) for label in labels))
    assert usable(found) == ["ape"]
    assert found.by_writer[EVERYWHERE][EVERYWHERE] == [0]


def test_labels_are_unescaped(tmp_path):
    found = stored(tmp_path, "symbols", ('\\"', [HOOK]), ("\\\\", [HOOK]))
    assert found.labels == ['"', "\\"]
