from types import SimpleNamespace

import pytest

from benchmarks.common import heldout
from benchmarks.reading.hands import letters
from train.scenes.glyph_page import glyph_page


class Two:
    """A reader that sees two digits on each page."""

    def __init__(self):
        self.num_pages = 0

    def read(self, frame):
        assert frame.shape == (480, 640, 3)
        self.num_pages += 1
        return SimpleNamespace(digits=("a digit", "another one"))


@pytest.fixture(scope="module")
def hands(strokes_dir):
    return heldout.hands(strokes_dir, "test")


def test_digits_are_counted_by_kind_and_height_and_in_all(hands, monkeypatch):
    monkeypatch.setattr(letters, "HEIGHTS", (56, 90))
    reader = Two()
    rows = list(letters.measure(reader, hands, pages=2))
    assert reader.num_pages == 3 * 2 * 2
    assert [(row["kind"], row["height_px"]) for row in rows] == [
        *((kind, height) for kind in ("letters", "symbols", "words")
          for height in ("56", "90")),
        ("letters", "all"), ("symbols", "all"), ("words", "all"), ("all", "all"),
    ]  # fmt: skip
    assert [row["read_as_digits"] for row in rows] == [4] * 6 + [8] * 3 + [24]
    first, second = rows[:2]
    pages = [glyph_page("letters", 56, seed, hands) for seed in (0, 1)]
    assert first["glyphs"] == sum(page.num_glyphs for page in pages)
    assert rows[6]["glyphs"] == first["glyphs"] + second["glyphs"]
    assert rows[-1]["glyphs"] == sum(row["glyphs"] for row in rows[6:9])
    for row in rows:
        expected = row["read_as_digits"] / row["glyphs"]
        assert row["share"] == pytest.approx(expected, abs=5e-5)
