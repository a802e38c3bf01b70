import numpy as np
import pytest

from train.scenes.composed.planning import materials
from train.scenes.setting import DARK_INKS


def drawn(draw, num=600):
    rng = np.random.default_rng(1)
    return [draw(rng) for _ in range(num)]


def share(found, name):
    return sum(name in changes for changes in found) / len(found)


def test_three_of_four_heights_are_usual():
    heights = np.array(drawn(materials.drawn_height, 2000))
    assert heights.min() >= 0.025
    assert heights.max() <= 0.5
    assert ((heights > 0.05) & (heights < 0.2)).mean() == pytest.approx(0.76, abs=0.04)
    assert (heights < 0.05).mean() == pytest.approx(0.12, abs=0.03)


def test_pens_of_every_kind_each_with_its_ink():
    found = [changes["pen"] for changes in drawn(materials.drawn_pen)]
    assert all(0.01 <= pen.width <= 0.22 for pen in found)
    for trait, least, most in (("fade", 0.07, 0.2), ("skips", 0.01, 0.08)):
        assert least < np.mean([getattr(pen, trait) > 0 for pen in found]) < most
    assert min(pen.strength for pen in found) < 0.5
    dark = np.array(DARK_INKS)
    inks = np.array([changes["ink_bgr"] for changes in drawn(materials.drawn_pen)])
    near = np.abs(inks[:, None] - dark).max(axis=2).min(axis=1) < 25
    assert 0.4 < near.mean() < 0.7


def test_writing_is_close_touching_or_broken():
    found = drawn(materials.drawn_writing)
    assert all(0.06 <= changes["gap"] <= 0.4 for changes in found)
    assert share(found, "touching") == pytest.approx(0.2, abs=0.05)
    assert share(found, "broken") == pytest.approx(0.06, abs=0.03)
    for changes in found:
        assert ("overlap" in changes) == ("touching" in changes)
        assert 0 <= changes.get("overlap", 0) <= 0.15


def test_a_board_comes_with_chalk():
    found = drawn(materials.drawn_paper)
    boards = [changes for changes in found if np.mean(changes["paper_bgr"]) < 95]
    assert share(found, "pen") == pytest.approx(0.13, abs=0.04)
    assert len(boards) == sum("pen" in changes for changes in found)
    for changes in boards:
        assert np.mean(changes["ink_bgr"]) > np.mean(changes["paper_bgr"]) + 80
        assert 0.65 <= changes["pen"].strength <= 0.95
    assert share(found, "creases") == pytest.approx(0.1, abs=0.04)
    assert {changes.get("creases", 1) for changes in found} == {1, 2, 3, 4}


def test_light_is_often_even():
    found = drawn(materials.drawn_light)
    assert share(found, "shadow") == pytest.approx(0.3, abs=0.06)
    assert share(found, "glare") == pytest.approx(0.08, abs=0.04)
    for changes in found:
        assert ("shadow_edge" in changes) == ("shadow" in changes)
        assert 0.001 <= changes.get("shadow_edge", 0.1) <= 0.25
        assert 0.1 <= changes.get("exposure", 1) <= 1.15
    dark = np.mean([changes.get("exposure", 1) <= 0.3 for changes in found])
    assert dark == pytest.approx(0.08, abs=0.04)


def test_a_camera_is_tilted_up_to_thirty_degrees():
    found = drawn(materials.drawn_camera)
    tilts = np.array([changes["tilt_deg"] for changes in found])
    assert np.abs(tilts).max() <= 30
    assert 0.2 < (np.abs(tilts) > 6).mean() < 0.35
    assert all(0 <= changes["perspective"] <= 0.1 for changes in found)
    noisy = np.mean([changes["noise"] > 8 for changes in found])
    assert noisy == pytest.approx(0.18, abs=0.05)
    assert share(found, "jpeg") == pytest.approx(0.15, abs=0.05)
    assert all(12 <= changes.get("jpeg", 12) < 60 for changes in found)


@pytest.mark.parametrize(
    ("draw", "usual", "least", "most", "rare"),
    [
        (materials.drawn_zeros, 1.0, 0.4, 0.85, 0.33),
        (materials.drawn_pattern, 0.0, 0.02, 0.1, 0.18),
    ],
)
def test_low_zeros_and_patterns_are_the_exception(draw, usual, least, most, rare):
    found = np.array(drawn(draw))
    others = found[found != usual]
    assert len(others) / len(found) == pytest.approx(rare, abs=0.05)
    assert least <= others.min() < others.max() <= most
