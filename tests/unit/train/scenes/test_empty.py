import cv2
import numpy as np
import pytest

from train.scenes import empty, variations

ODD_WH = (161, 119)


def drawn(kind, seed=1, size_wh=ODD_WH):
    rng = np.random.default_rng(seed)
    return empty.picture(kind, variations.of("plain", rng), size_wh, rng)


def strokes(picture):
    """How many pixels are much darker than what is around them."""
    gray = np.clip(picture, 0, 255).astype(np.uint8).mean(axis=2).astype(np.uint8)
    return (cv2.medianBlur(gray, 15).astype(int) - gray > 30).mean()


@pytest.mark.parametrize("kind", empty.EMPTY_KINDS)
def test_a_picture_is_of_the_size_asked_for_and_of_its_own(kind):
    one, other = (drawn(kind, seed) for seed in (1, 2))
    assert one.shape == (119, 161, 3)
    assert one.dtype == np.float32
    assert one.std() > 0.2
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("kind", ["print", "letters", "scribbles", "windows"])
def test_what_looks_like_writing_is_on_some_and_not_on_paper(kind):
    found = [strokes(drawn(f"no digits: {kind}", s)) for s in range(2)]
    assert max(found) > 0.01
    bare = [strokes(drawn("no digits: wood", s)) for s in range(2)]
    assert max(bare) < 0.01


def test_paper_is_blank_or_lined():
    sheets = [drawn("no digits: paper", seed, (320, 240)) for seed in range(12)]
    # Within, where no desk shows.
    lined = [strokes(sheet[60:180, 80:240]) for sheet in sheets]
    assert min(lined) < 0.001
    assert max(lined) > 0.01


@pytest.mark.parametrize("kind", ["objects", "faces", "shapes", "windows"])
def test_things_are_drawn_as_large_as_the_frame_asks(kind):
    small = drawn(f"no digits: {kind}", 3, (160, 120))
    large = drawn(f"no digits: {kind}", 3, (320, 240))
    assert large.shape == (240, 320, 3)
    assert large.std() == pytest.approx(small.std(), rel=0.5)


def test_an_unknown_kind():
    with pytest.raises(KeyError, match="fog"):
        drawn("no digits: fog")
