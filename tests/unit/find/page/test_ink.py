"""A digit's ink: whole where it stands free, the mask's part where it does not."""

import cv2
import numpy as np
import pytest

from edge_app.find.page.decode import Maps
from edge_app.find.page.ink import View, ink_of
from edge_app.find.page.maps import STRIDE

pytestmark = pytest.mark.device

SIDE = 96
BOX_XYWH = 30, 24, 24, 40


def _paper(light: int = 220) -> np.ndarray:
    return np.full((SIDE, SIDE), light, np.uint8)


def _seven(picture: np.ndarray, value: int, thickness: int = 4) -> None:
    x, y, w, h = BOX_XYWH
    points = np.array([(x + 2, y + 2), (x + w - 3, y + 2), (x + 8, y + h - 3)])
    cv2.polylines(picture, [points], False, value, thickness)


def _maps(mask: np.ndarray) -> Maps:
    rows, columns = SIDE // STRIDE, SIDE // STRIDE
    cells = mask.reshape(rows, STRIDE, columns, STRIDE).swapaxes(1, 2)
    return Maps(
        np.zeros((rows, columns, 1), np.uint8),
        np.zeros((rows, columns, 1), np.float32),
        np.ascontiguousarray(cells.reshape(rows, columns, STRIDE**2)),
    )


def _ink(picture: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    box = np.array(BOX_XYWH, np.float32)
    return ink_of(View(picture, _maps(mask), 1.0, (0, 0)), box)


@pytest.mark.parametrize(("light", "dark"), [(220, 60), (40, 200)])
def test_free_ink_is_whole_although_the_mask_has_a_gap(light: int, dark: int) -> None:
    picture, mask = _paper(light), np.zeros((SIDE, SIDE), np.uint8)
    _seven(picture, dark)
    _seven(mask, 255)
    mask[40:52] = 0
    ink, box = _ink(picture, mask)
    true = np.zeros_like(mask)
    _seven(true, 255)
    bounds = cv2.boundingRect(true)
    assert np.abs(box - bounds).max() <= 1
    assert ink.shape == (round(box[3]), round(box[2]))
    assert (ink > 127).any(axis=1).all()


def test_longer_ink_than_its_box_is_followed_to_its_end() -> None:
    picture, mask = _paper(), np.zeros((SIDE, SIDE), np.uint8)
    _seven(picture, 60)
    _seven(mask, 255)
    cv2.line(picture, (38, 60), (36, 72), 60, 4)
    _, box = _ink(picture, mask)
    assert box[1] + box[3] >= 72


def test_a_rule_through_a_digit_is_not_its_ink() -> None:
    picture, mask = _paper(), np.zeros((SIDE, SIDE), np.uint8)
    _seven(picture, 60)
    _seven(mask, 255)
    cv2.line(picture, (0, 44), (SIDE - 1, 44), 60, 2)
    _, box = _ink(picture, mask)
    assert np.abs(box - BOX_XYWH).max() <= 4


def test_where_the_network_sees_no_ink_there_is_none() -> None:
    picture = _paper()
    _seven(picture, 60)
    ink, box = _ink(picture, np.zeros((SIDE, SIDE), np.uint8))
    assert not ink.any()
    assert tuple(box) == BOX_XYWH


def test_a_line_thinner_than_a_pixel_of_the_look_is_ink() -> None:
    scale = 1 / 8
    picture = np.full((SIDE * 8, SIDE * 8), 200, np.uint8)
    x, y, w, h = (8 * n for n in BOX_XYWH)
    points = np.array([(x, y), (x + w - 1, y), (x + w // 3, y + h - 1)])
    cv2.polylines(picture, [points], False, 150, 3)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    _seven(mask, 160)  # as soft as the network sees it
    box = np.array(BOX_XYWH, np.float32)
    ink, tight = ink_of(View(picture, _maps(mask), scale, (0, 0)), box)
    assert np.abs(tight - box).max() <= 2
    assert (ink > 127).any(axis=1).mean() > 0.95
    assert (ink > 127).mean() < 0.2


def test_ink_in_a_cell_between_thick_rules_is_dark_on_its_paper() -> None:
    x, y, w, h = BOX_XYWH
    picture, mask = _paper(40), np.zeros((SIDE, SIDE), np.uint8)
    picture[y - 4 : y + h + 4, x - 4 : x + w + 4] = 220
    _seven(picture, 90)
    _seven(mask, 255)
    ink, box = _ink(picture, mask)
    assert np.abs(box - BOX_XYWH).max() <= 4
    true = np.zeros_like(mask)
    _seven(true, 255)
    left, top = (round(n) for n in box[:2])
    rows, columns = ink.shape
    assert (ink > 127)[true[top : top + rows, left : left + columns] > 0].mean() > 0.9
    assert (ink > 127).mean() < 0.5
