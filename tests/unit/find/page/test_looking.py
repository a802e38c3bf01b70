"""What one look at a picture says of the next one."""

import numpy as np
import pytest

from edge_app.find.page import looking
from edge_app.find.page.decode import Maps, Peaks
from edge_app.find.page.looking import FINDER, PageLook
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, Kind

pytestmark = pytest.mark.device


def peaks(*found):
    """Peaks of boxes, each with a kind and its probability."""
    boxes = np.array([box for box, _, _ in found], np.float32).reshape(-1, 4)
    scores = np.zeros((len(found), int(Kind.SYMBOL) + 1), np.float32)
    for row, (_, kind, share) in enumerate(found):
        scores[row, kind] = share
    return Peaks(boxes, scores)


def look(*hints, shape=(120, 160), scale=0.5, left=0, top=0):
    cells = shape[0] // STRIDE, shape[1] // STRIDE
    maps = Maps(
        np.zeros((*cells, len(Kind)), np.uint8),
        np.zeros((*cells, NUM_SIZES), np.float32),
        np.zeros((*cells, NUM_INK), np.uint8),
    )
    found = peaks(*hints)
    return PageLook(scale, left, top, np.zeros(shape, np.uint8), maps, found, found)


def test_a_peak_is_believed_the_less_the_farther_it_is_from_the_best_size():
    best = FINDER.best_glyph_px
    found = peaks(
        ((0, 0, 10, best), 7, 0.9),
        ((0, 0, best, 10), 7, 0.9),  # the longer side counts
        ((0, 0, 10, best / 2), 7, 0.9),
        ((0, 0, 10, 4 * best), 7, 0.9),
    )
    assert looking.longer(found).tolist() == [best, best, best / 2, 4 * best]
    cost = FINDER.octave_cost
    expected = [0.9, 0.9, 0.9 - cost, 0.9 - 2 * cost]
    assert looking.fit(found).tolist() == pytest.approx(expected)
    assert looking.fit(peaks()).tolist() == []


@pytest.mark.parametrize(
    ("kind", "share", "expected"),
    [(3, 0.9, True), (3, 0.3, False), (int(Kind.LETTER), 0.9, False)],
)
def test_only_a_digit_that_is_sure_ends_the_looking(kind, share, expected):
    assert looking.shows_digits(look(((9, 9, 12, 20), kind, share))) is expected


def test_no_look_that_shows_nothing_ends_it():
    assert looking.shows_digits(look()) is False


def test_what_a_part_s_sides_may_cut_is_known():
    boxes = [
        (40, 40, 20, 30),  # in the middle
        (2, 40, 20, 30),  # at the left
        (40, 1, 20, 30),  # at the top
        (138, 40, 20, 30),  # at the right
        (40, 88, 20, 30),  # at the bottom
    ]
    part = look(*((box, 7, 0.9) for box in boxes))
    shape = 480, 640  # of the picture, of which a look of 160x120 shows half as much
    within = looking.is_cut_by_window(part, (100, 100, 320, 240), shape)
    assert within.tolist() == [False, True, True, True, True]
    # Where the part ends with the picture, nothing is cut that was not before.
    corner = looking.is_cut_by_window(part, (0, 0, 320, 240), shape)
    assert corner.tolist() == [False, False, False, True, True]
    other = looking.is_cut_by_window(part, (320, 240, 320, 240), shape)
    assert other.tolist() == [False, True, True, False, False]
    whole = looking.is_cut_by_window(part, (0, 0, 640, 480), shape)
    assert not whole.any()


def cells_at(*places):
    cells = np.zeros((30, 40), bool)
    for row, column in places:
        cells[row, column] = True
    return cells


def test_a_part_holds_its_cells_with_room_on_all_sides():
    cells, shape = cells_at((10, 20), (14, 25)), (2000, 3000)
    x, y, w, h = looking.window(cells, look(scale=0.25), shape)
    cell, room = STRIDE / 0.25, FINDER.window_room_px / 0.25
    assert (x, y) == (20 * cell - room, 10 * cell - room)
    assert x + w >= 26 * cell + room
    assert y + h >= 15 * cell + room


@pytest.mark.parametrize("place", [(0, 0), (29, 39), (15, 0)])
def test_a_part_lies_within_the_picture(place):
    shape = 480, 640
    x, y, w, h = looking.window(cells_at(place), look(scale=0.25), shape)
    assert min(x, y) >= 0
    assert (x + w <= 640, y + h <= 480) == (True, True)
    row, column = place
    assert x <= 16 * column < x + w
    assert y <= 16 * row < y + h


def test_parts_have_few_sizes():
    sizes = {
        looking.window(cells_at((8, 10), (8, 10 + n)), look(), (2000, 3000))[2:]
        for n in range(16)
    }
    step = FINDER.window_step_cells * STRIDE / 0.5
    assert len(sizes) <= 3
    assert all(side % step == 0 for size in sizes for side in size)


def test_a_part_at_the_border_is_no_larger_for_the_room_beyond_it():
    step = FINDER.window_step_cells * STRIDE / 0.5
    cells = cells_at((0, 0), (3, 3))
    assert looking.window(cells, look(), (2000, 3000)) == (0, 0, 2 * step, 2 * step)


def test_writing_that_lies_apart_is_seen_in_parts():
    shape, far = (960, 1280), cells_at((2, 2), (28, 38))
    parts = looking.windows(far, look(), shape)
    alone = [
        looking.window(cells_at(place), look(), shape) for place in ((2, 2), (28, 38))
    ]
    assert parts == alone
    assert alone != [looking.window(far, look(), shape)]


@pytest.mark.parametrize(
    "places",
    [
        [(10, 10), (14, 16)],  # beside each other
        [(2, 2), (2, 38), (28, 2), (28, 38), (15, 20)],  # more than are worth it
        [(1, 1), (1, 16), (16, 1), (16, 16)],  # no smaller together
    ],
)
def test_else_writing_is_seen_in_one_part(places):
    cells, shape = cells_at(*places), (960, 1280)
    whole = looking.window(cells, look(), shape)
    assert looking.windows(cells, look(), shape) == [whole]


def test_a_part_of_a_part_lies_where_it_does_in_the_picture():
    whole = looking.window(cells_at((10, 20)), look(), (2000, 3000))
    moved = looking.window(cells_at((10, 20)), look(left=500, top=300), (2000, 3000))
    assert moved == (whole[0] + 500, whole[1] + 300, *whole[2:])
