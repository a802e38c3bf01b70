from pathlib import Path

import numpy as np
import pytest
from needed import need

need("matplotlib", reason="its fonts are those that print")

import matplotlib as mpl

from train.scenes.composed.picture.view import PageView
from train.scenes.composed.text import typesetting
from train.scenes.composed.text.typesetting import Font

FLAT = PageView(np.eye(3), (400, 120))
BUNDLED = Path(mpl.get_data_path(), "fonts", "ttf")
SANS = Font(str(BUNDLED / "DejaVuSans.ttf"))


def printed(text, *, font=SANS, place=(20, 80), size=40, **options):
    layer = np.zeros((120, 400), np.uint8)
    return layer, typesetting.line(layer, text, place, size, font, FLAT, **options)


def test_bundled_fonts_are_matplotlibs_that_hold_text():
    found = typesetting.fonts(bundled=True)
    assert SANS in found
    assert {Path(font.path).parent for font in found} == {BUNDLED}
    names = {Path(font.path).name.lower() for font in found}
    assert not any("stixsiz" in name or "cmsy" in name for name in names)
    assert set(found) <= set(typesetting.fonts())


def test_a_chosen_font_prints_digits_where_they_are_asked_for():
    rng = np.random.default_rng(1)
    chosen = [typesetting.choose(rng, bundled=True, digits=True) for _ in range(60)]
    assert all(font.has_digits for font in chosen)
    # Each family as often as another: DejaVu has most files by far.
    dejavu = sum("DejaVu" in font.path for font in chosen)
    assert 0 < dejavu < 30
    assert not Font("/fonts/Purisa-Bold.ttf").has_digits


def test_scripts_of_few_fonts_are_printed_where_the_machine_has_them(monkeypatch):
    every = typesetting.fonts(bundled=True)
    # As if one font in all had Arabic letters; it is one file of many of its family.
    rare = next(font for font in every if "arabic" in font.scripts)
    common = [font for font in every if "arabic" not in font.scripts]
    families = {"arabic": ((rare,),), None: tuple((font,) for font in common)}
    monkeypatch.setattr(
        typesetting,
        "_families",
        lambda bundled, digits, script=None: families.get(script, ()),
    )
    rng = np.random.default_rng(1)
    chosen = [typesetting.choose(rng) for _ in range(2000)]
    assert chosen.count(rare) / 2000 == pytest.approx(0.5 / 16, abs=0.01)
    assert rare not in [typesetting.choose(rng, bundled=True) for _ in range(200)]


def test_marks_stand_above_and_below_the_letter_before_them():
    for mark, is_above in (("\u0301", True), ("\u0323", False)):  # acute, dot below
        _, (letter, sign) = printed("n" + mark)
        middle = sign.box[0] + sign.box[2] / 2
        assert letter.box[0] < middle < letter.box[0] + letter.box[2]
        if is_above:
            assert sign.box[1] + sign.box[3] <= letter.box[1] + 2
        else:
            assert sign.box[1] >= letter.box[1] + letter.box[3] - 2


@pytest.mark.parametrize("mark", ["\u0e34", "\u0e48", "\u093f", "\u09be"])
def test_scripts_have_their_marks(mark):
    """Vowels and tones, without which words are told from real ones at a glance."""
    spans = [span for spans in typesetting._SCRIPTS.values() for span in spans]
    assert any(first <= ord(mark) <= last for first, last in spans)


def test_glyphs_lie_around_their_ink():
    layer, glyphs = printed("a1 B")
    assert [glyph.character for glyph in glyphs] == ["a", "1", "B"]
    assert [glyph.is_digit for glyph in glyphs] == [False, True, False]
    for glyph in glyphs:
        x, y, w, h = glyph.box
        assert x >= 20
        assert 40 < y < y + h <= 83
        assert layer[y : y + h, x : x + w].max() == 255
        layer[y - 2 : y + h + 2, x - 2 : x + w + 2] = 0
    assert not layer.any()


def test_characters_are_as_far_apart_as_the_font_says():
    from matplotlib.ft2font import FT2Font, LoadFlags

    font = FT2Font(SANS.path)
    font.set_size(40, 72)
    advance = font.load_char(ord("n"), flags=LoadFlags.NO_HINTING).linearHoriAdvance
    _, (first, second) = printed("nn")
    assert second.box[0] - first.box[0] == pytest.approx(advance / 65536, abs=1)


def test_a_line_ends_before_its_right_end():
    _, glyphs = printed("nnnnnnnn", right=100)
    assert 2 <= len(glyphs) < 5
    assert max(x + w for x, _, w, _ in (glyph.box for glyph in glyphs)) <= 100


def test_what_the_font_lacks_and_what_is_outside_is_left_out():
    assert printed("\ue000")[1] == []
    assert printed("")[1] == []
    layer, glyphs = printed("abc", place=(-500, 80))
    assert glyphs == []
    assert not layer.any()


def test_scripts_are_those_the_font_has():
    scripts = SANS.scripts
    assert scripts["latin"] == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    assert "я" in scripts["cyrillic"]
    assert "chinese" not in scripts


@pytest.mark.parametrize("foreign", [0.0, 1.0])
def test_nonsense_is_so_many_words_of_one_script(foreign):
    rng = np.random.default_rng(1)
    scripts = {name: set(letters) for name, letters in SANS.scripts.items()}
    for _ in range(20):
        text = typesetting.nonsense(SANS, rng, 5, foreign=foreign)
        assert len(text.split(" ")) == 5
        letters = set(text) - {" "}
        of = {name for name, known in scripts.items() if letters <= known}
        latin = letters <= scripts["latin"] | scripts["signs"]
        assert latin if foreign == 0 else of - {"latin", "signs"}


def test_fonts_for_machines_are_told_by_their_names():
    for font in typesetting.machine_readable():
        assert "ocr" in Path(font.path).name.lower()
