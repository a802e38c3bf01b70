"""Pages of single glyphs in one hand."""

import numpy as np
import pytest

from train.scenes.glyph_page import GLYPH_KINDS, KINDS_WITHOUT_DIGITS, glyph_page
from train.scenes.writing.hands import CLEAR_LETTERS


@pytest.mark.parametrize("kind", GLYPH_KINDS)
def test_truth_names_what_is_written(kind, hands):
    page = glyph_page(kind, 36, 1, hands)
    truth = page.scene.truth
    assert bool(truth.digits) == (kind not in KINDS_WITHOUT_DIGITS)
    assert bool(truth.others) == (kind != "digits")
    assert page.num_glyphs >= len(truth.digits) + len(truth.others) > 20
    kinds = {other.kind for other in truth.others}
    assert kinds == {
        "letters": {"letter"}, "words": {"letter"}, "symbols": {"symbol"},
        "digits": set(), "mixed": {"letter", "symbol"},
    }[kind]  # fmt: skip
    is_dark = page.scene.frame[..., 0] < 150
    for box in [*truth.digits, *truth.others]:
        x, y, w, h = map(int, box.box)
        assert is_dark[y : y + h, x : x + w].any()
    assert bool(page.scene.ink.any()) == bool(truth.digits)


def test_a_seed_gives_the_same_page_and_another_one_another(hands):
    first, same, other = (
        glyph_page("mixed", 24, seed, hands).scene.frame for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_look_alikes_of_digits_are_left_out():
    assert not set(CLEAR_LETTERS) & set("oOlIszSZbgqB")
