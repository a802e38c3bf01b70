from dataclasses import replace

import numpy as np
import pytest

from train.scenes.photographed import light, photographed
from train.scenes.setting import ordinary

FAULTLESS = {
    "shadow": 0.0, "vignetting": 0.0, "exposure": 1.0, "blur": 0.0, "noise": 0.0,
    "jpeg": 100,
}  # fmt: skip


def rng(seed=1):
    return np.random.default_rng(seed)


def setting(**changes):
    return replace(ordinary(rng()), **{**FAULTLESS, **changes})


def half_black(size_wh=(160, 120)):
    page = np.full((size_wh[1], size_wh[0], 3), 100, np.float32)
    page[:, size_wh[0] // 2 :] = 0
    return page


def edge_width(frame):
    """How many columns the edge in the middle takes from dark to bright."""
    levels = frame[60, :, 0].astype(float) / frame[60, 40, 0]
    return ((levels > 0.1) & (levels < 0.9)).sum()


def test_a_lamp_stands_at_one_side():
    lit = light((160, 120), setting(), rng())
    assert lit.shape == (120, 160)
    assert lit.mean() == pytest.approx(1, abs=0.01)
    assert 0.05 < np.ptp(lit) < 0.22
    half = light((160, 120), setting(exposure=0.5), rng())
    assert half == pytest.approx(0.5 * lit)


def test_vignetting_darkens_the_corners():
    flat, dark = (light((160, 120), setting(vignetting=v), rng()) for v in (0, 0.8))
    share = dark / flat
    assert share[60, 80] == pytest.approx(1, abs=0.02)
    assert share[[0, 0, -1, -1], [0, -1, 0, -1]] == pytest.approx(0.2, abs=0.2)


@pytest.mark.parametrize("edge", [0.002, 0.2])
def test_a_shadow_is_as_deep_and_as_soft_as_said(edge):
    flat = light((160, 120), setting(), rng(3))
    dark = light((160, 120), setting(shadow=0.5, shadow_edge=edge), rng(3))
    share = dark / flat
    assert share.shape == (120, 160)
    assert 0.49 < share.min() < 0.65
    assert share.max() == pytest.approx(1, abs=0.1)
    steepest = np.abs(np.diff(share)).max()
    assert steepest > 0.1 if edge < 0.1 else steepest < 0.05


def test_a_faultless_camera_stores_the_page_in_its_light():
    lit = light((161, 119), setting(), rng())[..., np.newaxis]
    frame = photographed(half_black((161, 119)), setting(), rng())
    assert frame.shape == (119, 161, 3)
    assert frame.dtype == np.uint8
    assert np.abs(frame - half_black((161, 119)) * lit).max() <= 0.51


def test_glare_is_bright_in_its_middle():
    plain, glaring = (
        photographed(half_black(), setting(glare=g), rng()) for g in (0, 1)
    )
    more = glaring.astype(int) - plain
    assert more.min() >= 0
    assert more.max() > 120


@pytest.mark.parametrize(
    "fault", [{"blur": 8.0}, {"motion": 60.0}], ids=["blur", "motion"]
)
def test_faults_of_focus_and_hold_widen_edges(fault):
    assert edge_width(photographed(half_black(), setting(), rng())) == 0
    assert edge_width(photographed(half_black(), setting(**fault), rng(2))) >= 3


def test_noise_is_of_the_strength_said_all_over_a_large_frame():
    page = np.full((40, 1100, 3), 128, np.float32)
    frame = photographed(page, setting(noise=8.0), rng()).astype(float)
    for part in (frame[:, :500], frame[:, 600:]):
        rough = part - part.mean(axis=0, keepdims=True)
        assert rough.std() == pytest.approx(8, rel=0.1)
    # Mostly the same in all channels, as a sensor's.
    gray = (frame - frame.mean(axis=0)).reshape(-1, 3)
    assert np.corrcoef(gray.T)[0, 1] == pytest.approx(0.64, abs=0.08)


def test_jpeg_leaves_its_marks():
    frames = [photographed(half_black(), setting(jpeg=q), rng()) for q in (100, 5)]
    assert frames[0].shape == frames[1].shape
    assert np.abs(frames[0].astype(int) - frames[1]).max() > 3
