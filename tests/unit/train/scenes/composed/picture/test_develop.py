from dataclasses import replace

import numpy as np
import pytest

from train.scenes.composed.picture.develop import is_legible, paper, photograph
from train.scenes.composed.picture.view import PageView
from train.scenes.composed.planning.plan import plain
from train.scenes.truth import LabeledDigit

SIZE_WH = (160, 120)
FLAT = PageView(np.eye(3), SIZE_WH)
SHEET = (40.0, 30.0, 80.0, 60.0)
CAMERA = {
    "shadow": 0.0, "vignetting": 0.0, "exposure": 1.0, "blur": 0.0, "noise": 0.0,
    "jpeg": 100, "paper_bgr": (200.0, 200.0, 200.0), "creases": 0,
}  # fmt: skip


def rng(seed=1):
    return np.random.default_rng(seed)


def plan(camera=None, **changes):
    ordinary = plain(rng(), SIZE_WH)
    setting = replace(ordinary.setting, **{**CAMERA, **(camera or {})})
    return replace(ordinary, setting=setting, **changes)


def photo(camera=None, digits=(), seed=1, **changes):
    page = np.full((120, 160, 3), 100, np.float32)
    page[:, 80:] = 40
    frame = photograph(page, plan(camera, **changes), list(digits), rng(seed))
    assert frame.dtype == np.uint8
    return frame.astype(float)


def test_paper_that_fills_the_frame_has_no_edge():
    sheet, share = paper(plan(), FLAT, SHEET, rng())
    assert share is None
    assert sheet.shape == (120, 160, 3)
    assert sheet.mean() == pytest.approx(200, abs=6)


@pytest.mark.parametrize(
    "desk", ["black", "gray", "wood", "cloth", "carpet", "streaked"]
)
def test_smaller_paper_lies_on_a_desk(desk):
    seen, share = paper(plan(paper_share=0.25, desk=desk), FLAT, SHEET, rng())
    assert share.shape == (120, 160)
    assert (share[36:84, 46:114] == 1).all()
    assert not share[:24].any()
    assert seen[36:84, 46:114].mean() == pytest.approx(200, abs=8)
    around = seen[:20].mean()
    assert around < 40 if desk == "black" else around < 190


def test_flat_ground_has_no_tooth():
    sheet, share = paper(plan(stored="gray"), FLAT, SHEET, rng())
    assert share is None
    assert (sheet == 200).all()


def test_a_pattern_is_printed_in_its_strength():
    plain_sheet, _ = paper(plan(), FLAT, SHEET, rng())
    for seed in range(6):
        sheet, _ = paper(plan(pattern=0.1), FLAT, SHEET, rng(seed))
        assert 0.45 * plain_sheet.mean() < sheet.min() < plain_sheet.min()
        assert sheet.std() > plain_sheet.std()


def test_stored_pictures_are_gray_or_black_and_white():
    picture = np.zeros((4, 6, 3), np.float32)
    picture[:, 3:] = (30, 90, 150)
    picture[:, 5:] = (300, 300, 300)
    gray = photograph(picture, plan(stored="gray"), [], rng())
    assert gray[0].tolist() == [[0] * 3] * 3 + [[90] * 3] * 2 + [[255] * 3]
    binary = photograph(picture, plan(stored="binary"), [], rng())
    assert binary[0].tolist() == [[0] * 3] * 5 + [[255] * 3]


def test_the_sun_lights_a_part_and_its_edge_may_run_through_a_digit():
    digit = LabeledDigit((20, 50, 8, 16), 1)
    for seed in range(5):
        plain_light = photo(seed=seed)
        lit = photo(None, [digit], seed, sun=3.0, sun_at_digit=True, sun_edge=0.001)
        share = lit.mean(axis=2) / plain_light.mean(axis=2)
        assert share.max() / share.min() == pytest.approx(3, rel=0.35)
        near = share[46:70, 16:32]
        assert near.max() / near.min() > 1.8


def test_a_coarse_picture_has_few_pixels():
    sharp, coarse = photo(), photo(coarse=4.0)
    assert coarse.shape == sharp.shape
    steps = [np.abs(np.diff(frame[60, 70:90, 0])).max() for frame in (sharp, coarse)]
    assert steps[1] < 0.5 * steps[0]


def test_a_halo_overshoots_at_edges():
    plain_photo, halo = photo(), photo(halo=2.0)
    assert halo[60, 70:80].max() > plain_photo[60, 70:80].max() + 10
    assert halo[60, 80:90].min() < plain_photo[60, 80:90].min() - 10


def test_jpeg_comes_last():
    assert np.abs(photo() - photo({"jpeg": 5})).max() > 3


def gray(ground=200.0, contrast=100.0, height=20, seen=1.0):
    """A bar on a ground, of whose height only a share can be seen."""
    levels, ink = np.full((60, 60), ground), np.zeros((60, 60), np.uint8)
    ink[20 : 20 + height, 25:31] = 255
    levels[20 : 20 + round(height * seen), 25:31] -= contrast
    digit = LabeledDigit((25, 20, 6, height), 1)
    return levels.astype(np.uint8), ink, digit


@pytest.mark.parametrize(
    ("digit", "expected"),
    [
        (gray(), True),
        (gray(ground=50, contrast=-100), True),  # chalk
        (gray(height=7), False),  # smaller than 8 pixels
        (gray(ground=60, contrast=6), False),  # fewer than 7 levels apart
        (gray(ground=60, contrast=9), True),
        (gray(ground=200, contrast=11), False),  # less than 7% of the ground
        (gray(ground=200, contrast=17), True),
        (gray(seen=0.6), False),  # glare took a part
    ],
)
def test_a_digit_is_legible_that_people_can_tell_from_its_ground(digit, expected):
    assert is_legible(*digit) is expected


def test_a_rough_ground_hides_what_a_smooth_one_shows():
    levels, ink, digit = gray(contrast=25)
    assert is_legible(levels, ink, digit)
    rough = levels + rng().integers(-50, 50, levels.shape)
    assert not is_legible(np.clip(rough, 0, 255).astype(np.uint8), ink, digit)


def test_a_digit_without_ink_is_not_legible():
    levels, ink, digit = gray()
    assert not is_legible(levels, np.zeros_like(ink), digit)
