import numpy as np
import pytest

from edge_app.find.candidate import Candidate
from edge_app.find.context.patches import (
    NUM_CHANNELS,
    PATCH_SIZE,
    PATCH_VIEW,
    patches_of,
)
from edge_app.find.context.patches import to_context_input as to_input
from edge_app.find.page.ink import View

GLYPH_PX, FAR_GLYPH_PX = PATCH_VIEW.glyph_px, PATCH_VIEW.far_glyph_px
MIDDLE = slice((PATCH_SIZE - GLYPH_PX) // 2, (PATCH_SIZE + GLYPH_PX) // 2)


def candidate_on(gray, box_xywh):
    _, _, w, h = box_xywh
    view = View(gray, maps=None, scale=1.0, corner_xy=(0, 0))
    return Candidate(box_xywh, np.full((h, w), 255, np.uint8), view=view)


@pytest.mark.parametrize("side", [5, 10, 20, 40, 200, 330])
def test_whatever_its_size_a_candidate_fills_the_middle(side):
    gray = np.full((480, 640), 200, np.uint8)
    gray[100 : 100 + side, 300 : 300 + side] = 40
    (patch,) = patches_of([candidate_on(gray, (300, 100, side, side))])
    inner = slice(MIDDLE.start + 2, MIDDLE.stop - 2)
    assert (patch[inner, inner, 0] == 40).all()
    assert (patch[: MIDDLE.start - 3, :, 0] == 200).all()
    assert (patch[MIDDLE, MIDDLE, 1] == 255).all()
    assert patch[..., 1].sum() == 255 * GLYPH_PX**2


def test_a_narrow_candidate_keeps_its_shape():
    gray = np.full((100, 100), 200, np.uint8)
    (patch,) = patches_of([candidate_on(gray, (40, 40, 10, 40))])
    assert patch[..., 1].any(axis=0).sum() == GLYPH_PX / 4
    assert patch[..., 1].any(axis=1).sum() == GLYPH_PX


@pytest.mark.parametrize("box", [(0, 0, 12, 9), (630, 470, 10, 10), (700, 500, 4, 4)])
def test_beyond_a_picture_its_border_goes_on(box):
    gray = np.full((480, 640), 90, np.uint8)
    (patch,) = patches_of([candidate_on(gray, box)])
    assert (patch[..., [0, 2]] == 90).all()


def test_what_stands_beside_a_candidate_shows_from_farther_off():
    gray = np.full((480, 640), 200, np.uint8)
    gray[200:240, 300:340] = 40
    gray[200:240, 400:440] = 90  # two and a half times its size away
    (patch,) = patches_of([candidate_on(gray, (300, 200, 40, 40))])
    near, far = patch[..., 0], patch[..., 2]
    middle = PATCH_SIZE // 2
    assert near[middle, middle] == far[middle, middle] == 40
    assert (near[:, middle + GLYPH_PX :] == 200).all()
    assert far[middle, round(middle + 2.5 * FAR_GLYPH_PX)] == 90
    assert (near < 120).sum() == pytest.approx(GLYPH_PX**2, rel=0.1)
    alone = far[:, : middle + FAR_GLYPH_PX]
    assert (alone < 120).sum() == pytest.approx(FAR_GLYPH_PX**2, rel=0.2)


def test_inputs_reach_from_dark_to_bright_but_grain_does_not():
    patches = np.zeros((3, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.uint8)
    patches[0, ..., 0] = 100
    patches[0, ..., 2] = 50
    patches[0, 20, 20, 2] = 90
    patches[0, 20:30, 20:30, 0] = 160
    patches[1, ..., 0] = 100
    patches[1, ::2, ::2, 0] = 104  # grain
    patches[2, ..., 1] = 51
    inputs = to_input(patches)
    assert inputs.dtype == np.float32
    assert inputs[0, ..., 0].min() == 0
    assert inputs[0, ..., 0].max() == 1
    assert inputs[1, ..., 0].max() == pytest.approx(0.1)
    assert inputs[2, ..., 1] == pytest.approx(0.2)
    assert inputs[0, 20, 20, 2] == 1  # each view by itself
    assert patches[0, 0, 0, 0] == 100  # and what was given stays


def test_no_candidates_have_no_patches():
    assert to_input(patches_of([])).shape == (0, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS)


def test_a_large_candidate_is_averaged_not_sampled():
    rng = np.random.default_rng(1)
    gray = rng.integers(80, 120, (1200, 1600), np.uint8)
    (patch,) = patches_of([candidate_on(gray, (400, 200, 600, 800))])
    assert patch[..., 0].std() < gray.std() / 3
