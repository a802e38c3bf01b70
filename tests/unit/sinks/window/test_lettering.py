"""Texts in a window's picture."""

import numpy as np
import pytest

from edge_app.sinks.window import lettering, window_sink


@pytest.mark.parametrize(("width", "num_lines"), [(640, 1), (304, 2), (144, 4)])
def test_keys_are_told_in_a_narrow_picture(width, num_lines):
    keys = window_sink.KEYS
    lines = lettering.in_lines(keys, width)
    assert "   ".join(lines) == keys
    assert all(lettering.width_of(line) <= width for line in lines)
    assert len(lines) == num_lines


def test_what_is_written_below_stands_within_the_picture():
    picture = np.zeros((120, 160, 3), np.uint8)
    lettering.write_below(picture, "read in 5 ms", window_sink.KEYS)
    rows, columns = picture.any(axis=2).nonzero()
    assert 0 < rows.min() < 40  # five lines
    assert rows.max() < 120
    assert 0 < columns.min() < 10
    assert columns.max() < 159  # cut off at no side


def test_a_text_above_is_broken_between_words():
    pictures = [np.zeros((120, width, 3), np.uint8) for width in (160, 640)]
    last = []
    for picture in pictures:
        lettering.write_above(picture, "the camera at /dev/video0 does not answer")
        rows, columns = picture.any(axis=2).nonzero()
        assert columns.max() < picture.shape[1] - 1
        last.append(rows.max())
    assert last[0] > 40 > last[1]  # several lines; one


def test_a_part_that_is_too_wide_has_a_line_of_its_own():
    long = "w" * 40
    assert lettering.in_lines(f"a   {long}   b   c", 100) == ["a", long, "b   c"]
    assert lettering.in_lines("", 100) == []
