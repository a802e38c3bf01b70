from dataclasses import replace

import numpy as np
import pytest

from benchmarks.reading import contact_sheet
from train import scenes
from train.scenes.scene import RenderedScene
from train.scenes.truth import LabeledDigit, Truth

RED, BLUE = (40, 40, 230), (230, 160, 60)


def is_framed(tile, box, color):
    """Whether corners of a frame around a box have a color, in a tile twice as large.

    The frame is four pixels around it; lines of one pixel lose some of their color.
    """
    x, y, w, h = (round(n) for n in box)
    near = []
    for corner in ((x - 4, y - 4), (x + w + 4, y - 4), (x - 4, y + h + 4)):
        left, top = (2 * n - 1 for n in corner)
        part = tile[top : top + 3, left : left + 3].astype(int)
        near.append(np.abs(part - color).sum(axis=2).min() < 120)
    return all(near)


def test_what_was_missed_is_red_and_what_does_not_count_is_blue(reader):
    digit, soft = LabeledDigit((40, 60, 20, 30), 7), (200, 100, 40, 40)
    blank = np.full((240, 320, 3), 230, np.uint8)
    scene = RenderedScene(blank, Truth("scene 1", (digit,), (soft,)))
    tile = contact_sheet.tile(scene, reader)
    assert tile.shape == (480, 640, 3)
    assert is_framed(tile, digit.box, RED)
    assert is_framed(tile, soft, BLUE)
    assert (scene.frame == 230).all()


def test_a_digit_is_red_only_where_it_was_misread(reader):
    scene = scenes.of_digits(1, 4, size_wh=(320, 240))
    (digit,) = scene.truth.digits
    assert not is_framed(contact_sheet.tile(scene, reader), digit.box, RED)
    other = replace(digit, label=(digit.label + 1) % 10)
    misread = replace(scene, truth=replace(scene.truth, digits=(other,)))
    assert is_framed(contact_sheet.tile(misread, reader), digit.box, RED)


def test_a_large_or_tall_scene_fits_into_its_tile(reader):
    tall = np.full((1200, 400, 3), 230, np.uint8)
    tile = contact_sheet.tile(RenderedScene(tall, Truth("", ())), reader)
    assert tile.shape == (480, 640, 3)
    assert (tile[:, :160] == 230).all()  # 400 columns of 1200 rows
    assert (tile[:, 160:] == 0).all()


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (3, 1), (4, 2), (12, 4)])
def test_tiles_stand_in_rows_of_three(count, rows):
    tiles = [np.full((2, 5, 3), 1 + number, np.uint8) for number in range(count)]
    sheet = contact_sheet.grid(tiles)
    assert sheet.shape == (2 * rows, 15, 3)
    values = sheet[::2, ::5, 0].ravel().tolist()
    assert values == [*range(1, count + 1), *[0] * (3 * rows - count)]
