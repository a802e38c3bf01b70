import pickle

import numpy as np
import pytest
from written import write_strokes

from train import scenes
from train.scenes.writing.hands import CLEAR_LETTERS, SYMBOLS, Hands
from train.scenes.writing.trajectories import part_of


def _writer(part, folder="one"):
    """The first name of a file that belongs to a part of the writers."""
    names = (f"{folder}/{n}" for n in range(1000))
    return next(name for name in names if part_of(name) == part)


@pytest.fixture
def folder(tmp_path):
    hook = [(130 * i, 250 * i) for i in range(5)]
    flat = [(0, 0), (500, 10), (1000, 0)]
    digits, letters, writers = [], [], []
    for part in ("train", "validation", "test"):
        writer = _writer(part)
        writers.append(writer)
        digits += [(str(label), writer, [hook, hook[::-1]]) for label in range(9)]
        digits.append(("9", _writer(part, "two"), [hook]))
        digits.append(("3", writer, [flat]))  # cut ink
        letters += [(name, writer, [hook, flat]) for name in CLEAR_LETTERS]
    write_strokes(tmp_path, "digits", digits)
    for name, is_kind in (("capitals", str.isupper), ("lowercase", str.islower)):
        write_strokes(
            tmp_path, name, [letter for letter in letters if is_kind(letter[0])]
        )
    signs = [(name, writer, [flat]) for writer in writers for name in SYMBOLS]
    write_strokes(tmp_path, "symbols", signs)
    words = [("cape", writer, [flat, [(0, 0), (0, 900)]]) for writer in writers]
    write_strokes(tmp_path, "words", words)
    return tmp_path


def test_digits_have_height_one(folder):
    rng = np.random.default_rng(0)
    hand = Hands(folder, "train").writer(rng)
    for label in range(10):  # nine is borrowed
        points = np.concatenate(hand.digit(label, rng))
        assert points.dtype == np.float32
        assert points[:, 1].min() == pytest.approx(0, abs=0.02)
        assert points[:, 1].max() == pytest.approx(1, abs=0.02)
        assert points[:, 0].min() == pytest.approx(0, abs=0.02)


def test_cut_ink_is_dropped(folder):
    rng = np.random.default_rng(0)
    hand = Hands(folder, "train").writer(rng)
    assert all(len(hand.digit(3, rng)) == 2 for _ in range(10))


def test_signs_stand_at_their_height(folder):
    rng = np.random.default_rng(1)
    hand = Hands(folder, "train").writer(rng)
    assert np.concatenate(hand.symbol("-", rng))[:, 1].mean() == pytest.approx(
        0.56, abs=0.1
    )
    for name in ".,":
        assert np.concatenate(hand.symbol(name, rng))[:, 1].min() > 0.85
    points = np.concatenate(hand.word(rng))[:, 1]
    assert points.min() > 0.3
    assert points.max() > 1.2


def test_every_sample_once(folder):
    hands = Hands(folder, "train")
    samples = hands.samples("digits")
    labels = sorted(label for label, _ in samples)
    assert labels == [*"0123456789"]  # the cut three is not among them
    assert [hands.label("digits", index) for _, index in samples] == [
        label for label, _ in samples
    ]
    points = np.concatenate(hands.strokes("digits", samples[0][1]))
    assert np.ptp(points[:, 1]) == pytest.approx(1, abs=0.02)


def test_parts_share_no_writer(folder):
    writers = [
        set(Hands(folder, part).writers) for part in ("train", "validation", "test")
    ]
    assert all(writers)
    assert not writers[0] & writers[1]
    assert not writers[0] & writers[2]
    assert not writers[1] & writers[2]


def test_hands_travel_as_a_path(folder):
    hands = Hands(folder, "validation")
    content = pickle.dumps(hands)
    assert len(content) < 1000
    again = pickle.loads(content)
    assert again.part == "validation"
    assert again.writers == hands.writers


def test_what_nobody_wrote(folder):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="nobody wrote '€'"):
        Hands(folder, "train").writer(rng).symbol("€", rng)


def test_pages_of_real_hands(folder):
    hands = Hands(folder, "train")
    kinds = set()
    for seed in range(8):
        scene = scenes.make("letters nearby", seed, hands=hands)
        kinds |= {other.kind for other in scene.truth.others}
        again = scenes.make("letters nearby", seed, hands=hands)
        np.testing.assert_array_equal(scene.frame, again.frame)
    assert "letter" in kinds
    assert len(kinds) > 2


def test_real_hands(strokes_dir):
    rng = np.random.default_rng(0)
    for part in ("validation", "test"):
        hands = Hands(strokes_dir, part)
        assert len(hands.writers) > 30
        for _ in range(20):
            hand = hands.writer(rng)
            for label in range(10):
                width, height = np.ptp(np.concatenate(hand.digit(label, rng)), axis=0)
                assert height == pytest.approx(1, abs=0.2)
                assert width < 1.7
            for name in SYMBOLS:
                hand.symbol(name, rng)
            hand.word(rng)
            hand.letter(rng)
