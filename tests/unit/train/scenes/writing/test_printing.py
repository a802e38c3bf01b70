import numpy as np
import pytest

from train.scenes.writing import printing

FLAT = np.eye(3)


def page():
    return np.zeros((120, 400), np.uint8)


@pytest.mark.parametrize("font", range(printing.NUM_FONTS))
def test_glyphs_lie_around_their_ink(font):
    layer = page()
    glyphs = printing.line(layer, "a1 B2", (20, 80), 40, font, FLAT)
    assert [glyph.character for glyph in glyphs] == [*"a1B2"]
    assert [glyph.is_digit for glyph in glyphs] == [False, True, False, True]
    for glyph in glyphs:
        x, y, w, h = glyph.box
        assert x >= 20
        assert 40 < y < y + h <= 83  # it stands on its base line
        for side in (0, -1):
            ink = layer[y : y + h, x : x + w]
            assert ink[side].any()
            assert ink[:, side].any()
        layer[y - 2 : y + h + 2, x - 2 : x + w + 2] = 0
    assert not layer.any()


def test_a_blank_is_a_third_of_the_size_wide():
    near, far = (
        printing.line(page(), text, (0, 80), 50, 0, FLAT)[-1].box[0]
        for text in ("nn", "n n")
    )
    assert far - near == pytest.approx(0.32 * 50, abs=1)


def test_size_and_place_follow_the_camera():
    half = np.diag([0.5, 0.5, 1])
    (whole,) = printing.line(page(), "8", (100, 100), 80, 0, FLAT)
    (small,) = printing.line(page(), "8", (100, 100), 80, 0, half)
    assert small.box == pytest.approx([n / 2 for n in whole.box], abs=1)


def test_nothing_and_blanks_print_nothing():
    layer = page()
    assert printing.line(layer, "", (0, 50), 30, 0, FLAT) == []
    assert printing.line(layer, "  ", (0, 50), 30, 0, FLAT) == []
    assert not layer.any()


def test_words_with_a_number_now_and_then():
    rng = np.random.default_rng(1)
    alone = [printing.words(rng, 3, numbers=False).split() for _ in range(50)]
    assert all(len(words) == 3 for words in alone)
    assert all(word.isalpha() for words in alone for word in words)
    mixed = [printing.words(rng, 3, numbers=True).split() for _ in range(200)]
    numbers = [words[3] for words in mixed if len(words) == 4]
    assert all(number.isdigit() for number in numbers)
    assert 0.3 < len(numbers) / 200 < 0.5
