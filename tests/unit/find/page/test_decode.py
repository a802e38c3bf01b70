import numpy as np
import pytest

from edge_app.find.page import decode
from edge_app.find.page.decode import Maps
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, UNIT, Kind

pytestmark = pytest.mark.device


def maps(*glyphs, shape=(12, 16)):
    """Maps that say: these kinds, at these cells, of these sizes."""
    kinds = np.zeros((*shape, len(Kind)), np.uint8)
    sizes = np.zeros((*shape, NUM_SIZES), np.float32)
    for kind, row, column, (width, height), share in glyphs:
        kinds[row, column, kind] = round(255 * share)
        sizes[row, column] = np.log(width / UNIT), np.log(height / UNIT), 0.5, 0.5
    return Maps(kinds, sizes, np.zeros((*shape, NUM_INK), np.uint8))


def test_a_peak_has_its_kind_and_box():
    found = decode.peaks(maps((Kind.DIGIT_7, 5, 8, (12, 20), 0.9)), 0.3)
    assert found.kinds.tolist() == [7]
    assert found.boxes[0].tolist() == pytest.approx([34 - 6, 22 - 10, 12, 20])
    assert found.scores[0, 7] == pytest.approx(0.9, abs=0.01)


def test_the_surest_comes_first_and_what_is_below_the_threshold_does_not():
    found = decode.peaks(
        maps(
            (Kind.DIGIT_1, 3, 2, (6, 20), 0.5),
            (Kind.LETTER, 3, 7, (16, 16), 0.8),
            (Kind.DIGIT_2, 9, 12, (12, 20), 0.2),
        ),
        0.3,
    )
    assert found.kinds.tolist() == [Kind.LETTER, 1]


def test_a_glyph_seen_as_two_kinds_in_neighboring_cells_is_one():
    found = decode.peaks(
        maps(
            (Kind.DIGIT_3, 5, 5, (16, 24), 0.7),
            (Kind.DIGIT_8, 5, 7, (16, 24), 0.6),
        ),
        0.3,
    )
    assert found.kinds.tolist() == [3]


def test_digits_that_touch_are_two():
    found = decode.peaks(
        maps(
            (Kind.DIGIT_3, 5, 4, (14, 24), 0.7),
            (Kind.DIGIT_8, 5, 7, (14, 24), 0.6),
        ),
        0.3,
    )
    assert sorted(found.kinds.tolist()) == [3, 8]


def test_scales_are_no_glyphs():
    blank = decode.peaks(maps((Kind.SMALL, 5, 5, (8, 8), 1.0)), 0.3)
    assert blank.boxes.shape == (0, 4)


def test_ink_of_a_window_is_laid_out_as_pixels():
    one = maps(shape=(2, 2))
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    cells = pixels.reshape(2, STRIDE, 2, STRIDE).swapaxes(1, 2).reshape(2, 2, NUM_INK)
    seen = Maps(one.kinds, one.sizes, cells)
    assert (seen.ink_of((0, 0, 8, 8)) == pixels).all()
    assert (seen.ink_of((3, 2, 7, 5)) == pixels[2:5, 3:7]).all()


def test_ink_beyond_the_picture_is_none():
    seen = maps(shape=(1, 1))
    seen.ink[:] = 200
    window = seen.ink_of((-2, -3, 6, 5))
    assert window.shape == (8, 8)
    assert (window[3:7, 2:6] == 200).all()
    assert window.sum() == 16 * 200
    assert seen.ink_of((10, 10, 14, 14)).sum() == 0


SIX, ITS_BOWL, WORD = (0, 0, 40, 70), (8, 40, 22, 30), (0, 0, 42, 68)


@pytest.mark.parametrize(
    ("rows", "again"),
    [
        # Box, whether it is a digit, which look saw it; the surest first.
        ([(ITS_BOWL, True, 1), (SIX, True, 0)], [1]),
        ([(ITS_BOWL, True, 0), (SIX, True, 0)], []),  # one look saw both
        ([(SIX, True, 0), (ITS_BOWL, True, 1)], []),  # the whole was surer
        ([(SIX, True, 1), (WORD, True, 0)], []),  # both saw the whole
        ([(WORD, False, 1), (SIX, True, 0)], [1]),  # print, or a six?
        ([(WORD, False, 1), (SIX, False, 0)], []),  # print in any case
        ([(ITS_BOWL, True, 1), (SIX, True, 0), (WORD, True, 2)], [1]),
    ],
)
def test_a_digit_is_seen_again_unless_another_digit_is_the_same(rows, again):
    boxes, is_digit, looks = zip(*rows, strict=True)
    boxes = np.array(boxes, np.float32)
    is_digit, looks = np.array(is_digit), np.array(looks)
    kept = decode.suppressed(boxes, is_digit)
    assert decode.contested(boxes, is_digit, looks, kept).tolist() == again


def test_of_many_boxes_the_surest_suppress_the_others():
    """More than are compared at a time; what each suppresses is written out here."""
    rng = np.random.default_rng(1)
    corners, sides = rng.uniform(0, 400, (200, 2)), rng.uniform(4, 60, (200, 2))
    boxes = np.concatenate([corners, sides], axis=1).astype(np.float32)
    is_digit = rng.random(200) < 0.5

    def covers(i, j):
        (a, b), (c, d) = boxes[[i, j], :2], boxes[[i, j], 2:]
        shared = np.maximum(np.minimum(a + c, b + d) - np.maximum(a, b), 0).prod()
        reference = min(c.prod(), d.prod())
        if is_digit[i] != is_digit[j]:
            reference = c.prod() + d.prod() - shared
        return shared >= 0.5 * reference

    expected = []
    for index in range(200):
        if not any(covers(surer, index) for surer in expected):
            expected.append(index)
    assert 70 < len(expected) < 170
    assert decode.suppressed(boxes, is_digit).tolist() == expected
