import itertools
import logging

import numpy as np
import pytest

from edge_app.common.errors import DataError
from train.scenes.writing import unipen
from train.scenes.writing.hands import Hands
from train.scenes.writing.trajectories import part_of

# Components 0 and 2 to 4 are pen-down, 1 is pen-up; the empty one does not count.
PENS = """\
.VERSION 1.0
.COMMENT A word such as .PEN_DOWN is no entry
.INCLUDE {pad}
.PEN_DOWN
0 0 10
0 50 20
0 100 30
.PEN_UP
20 100 40
.PEN_UP
.DT 100
.PEN_DOWN
50 100 50
50 0 60
.PEN_DOWN
100 0 70
100 25 80
100 50 90
100 100 100
.PEN_DOWN
7 7 110
"""
PAD = ".COORD X Y T\n.X_POINTS_PER_INCH 100\n.Y_POINTS_PER_INCH 100\n"
OTHERS = {
    "1b": [("A", "0")],
    "1c": [("a", "0")],
    "1d": [(r"\"", "0,2"), (r"\\", "2"), (".", "4")],
}


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="latin-1")


def _labels(root, name, segments, level="CHARACTER"):
    lines = [f'.SEGMENT {level} {where} ? "{label}"' for label, where in segments]
    head = f".INCLUDE one/data/{name.rpartition('/')[2]}\n.HIERARCHY WORD CHARACTER\n"
    _write(root / "data" / name, head + "\n".join(lines) + "\n")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def root(tmp_path):
    """A distribution, some levels below what a user may name."""
    root = tmp_path / "unipen" / "CDROM" / "train_r01_v07"
    _write(root / "include" / "one" / "pad.doc", PAD)
    _write(root / "include" / "one" / "data" / "w.dat", PENS.format(pad="one/pad.doc"))
    for category, segments in OTHERS.items():
        _labels(root, f"{category}/one/w.dat", segments)
    _labels(root, "1a/one/w.dat", [("5", "0"), ("1", "2")])
    _labels(root, "6/one/w.dat", [("cape town", "0-3")], level="WORD")
    return root


def _samples(folder, name):
    """Labels with the strokes of each."""
    with np.load(folder / f"{name}.npz") as stored:
        strokes = np.split(stored["points"], stored["stroke_ends"][:-1])
        ends = [0, *stored["sample_ends"].tolist()]
        kept = [strokes[a:b] for a, b in itertools.pairwise(ends)]
        assert stored["points"].dtype == np.int16
        assert stored["stroke_ends"].dtype == stored["sample_ends"].dtype == np.int32
        return [
            (label, writer, [stroke.tolist() for stroke in kept_image])
            for label, writer, kept_image in zip(
                stored["labels"].tolist(), stored["writers"].tolist(), kept, strict=True
            )
        ]


def _digits(root, tmp_path, segments):
    _labels(root, "1a/one/w.dat", segments)
    unipen.convert(root, tmp_path / "made")
    return [strokes for _, _, strokes in _samples(tmp_path / "made", "digits")]


def test_characters_and_words_are_scaled_with_y_downward(root, tmp_path):
    made = tmp_path / "made"
    unipen.convert(tmp_path / "unipen", made)
    assert _samples(made, "digits") == [
        ("5", "one/w", [[[0, 1000], [0, 500], [0, 0]]]),
        ("1", "one/w", [[[0, 0], [0, 1000]]]),
    ]
    (word,) = _samples(made, "words")
    assert word[0] == "cape town"
    assert word[2][1] == [[2000, 0], [2000, 4000]]
    assert [len(stroke) for stroke in word[2]] == [3, 2, 4]
    signs = _samples(made, "symbols")
    assert [label for label, _, _ in signs] == ['"', "\\", "."]
    assert signs[2][2] == [[[0, 0]]]  # a dot


@pytest.mark.parametrize(
    ("delineation", "lengths"),
    [
        ("3", [4]),
        ("0-2", [3, 2]),
        ("0,2", [3, 2]),
        ("3:1-3:2", [2]),
        ("0:2-3:1", [1, 2, 2]),
        ("0:1-2,3:3-3", [2, 2, 1]),
    ],
)
def test_delineations_name_components_and_points(root, tmp_path, delineation, lengths):
    (strokes,) = _digits(root, tmp_path, [("7", delineation)])
    assert [len(stroke) for stroke in strokes] == lengths


def test_axes_may_differ_in_resolution(root, tmp_path):
    pad = PAD.replace("X_POINTS_PER_INCH 100", "X_POINTS_PER_INCH 200")
    _write(root / "include" / "one" / "pad.doc", pad)
    # 100 x 100 points are half as wide as high.
    (strokes,) = _digits(root, tmp_path, [("4", "0-3")])
    assert np.concatenate(strokes).max(axis=0).tolist() == [500, 1000]


def test_what_cannot_be_used_is_skipped_and_counted(root, tmp_path, caplog):
    text = """\
.INCLUDE one/data/w.dat
.HIERARCHY WORD CHARACTER
.SEGMENT WORD 0-2 OK "51"
.SEGMENT CHARACTER 0 OK "5"
.SEGMENT CHARACTER 0 BAD "6"
.SEGMENT CHARACTER 0 ? "\\@"
.SEGMENT CHARACTER 0 ? "12"
.SEGMENT CHARACTER 0
.SEGMENT CHARACTER
.SEGMENT CHARACTER 1 ? "7"
.SEGMENT CHARACTER 3-99 ? "8"
.SEGMENT CHARACTER ? ? "9"
"""
    _write(root / "data" / "1a" / "one" / "w.dat", text)
    _labels(root, "1a/one/lost.dat", [("3", "0")])  # includes a file that is not there
    _labels(root, "1a/one/loop.dat", [("3", "0")])
    loop = root / "include" / "one" / "data" / "loop.dat"
    _write(loop, ".INCLUDE one/data/loop.dat\n")
    _write(root / "data" / "1a" / "one" / "note.txt", "not read")
    with caplog.at_level(logging.INFO):
        unipen.convert(root, tmp_path / "made")
    assert [label for label, _, _ in _samples(tmp_path / "made", "digits")] == ["5"]
    (line,) = caplog.messages
    assert line.startswith(
        "UNIPEN: 1 digits, 1 capitals, 1 lowercase, 3 symbols, 1 wor"
    )
    assert "skipped 1 bad segments, skipped 3 damaged or empty segments" in line
    assert "skipped 4 unlabeled segments, skipped 2 unreadable files" in line


def test_hands_read_a_distribution_which_is_converted_once(root, cache, monkeypatch):
    writers = {part_of(f"one/{n}"): f"{n}" for n in range(50)}
    for name in writers.values():
        pens = PENS.format(pad="one/pad.doc").replace("\n0 50 20", "\n60 50 20")
        _write(root / "include" / "one" / "data" / f"{name}.dat", pens)
        _labels(root, f"1a/one/{name}.dat", [(n, "0-2") for n in "1234567890"])
    hands = Hands(root.parents[1], "test")
    assert hands.folder.parent == cache / "edge-digits"
    assert hands.writers == (f"one/{writers['test']}",)
    rng = np.random.default_rng(0)
    assert len(hands.writer(rng).digit(3, rng)) == 2
    monkeypatch.setattr(unipen, "convert", None)
    assert Hands(root.parents[1], "test").folder == hands.folder
    assert Hands(hands.folder, "test").folder == hands.folder


def test_an_interruption_leaves_nothing_that_is_taken_for_whole(root, monkeypatch):
    store = unipen._store

    def interrupted(path, samples):
        if path.stem == "capitals":
            raise KeyboardInterrupt
        store(path, samples)

    with monkeypatch.context() as patched:
        patched.setattr(unipen, "_store", interrupted)
        with pytest.raises(KeyboardInterrupt):
            unipen.strokes_folder(root)
    assert len(_samples(unipen.strokes_folder(root), "digits")) == 2


def test_a_part_of_a_distribution(root, tmp_path):
    (root / "data" / "6" / "one" / "w.dat").unlink()
    with pytest.raises(DataError, match="no words in it; the whole of train_r01_v07"):
        unipen.convert(root, tmp_path / "made")
    assert not (tmp_path / "made").exists()
