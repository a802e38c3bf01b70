import numpy as np
import pytest

from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


def test_same_seed_same_frames():
    first, truth = Scene(seed=3).frame(1.5)
    again, same = Scene(seed=3).frame(1.5)
    np.testing.assert_array_equal(first, again)
    assert truth == same


def test_other_seed_other_page():
    assert Scene(seed=3).numbers != Scene(seed=4).numbers


def test_truth_spells_the_numbers():
    scene = Scene(seed=5)
    _, truth = scene.frame(0.0)
    assert "".join(str(digit.label) for digit in truth) == "".join(scene.numbers)


def test_page_moves_slowly():
    scene = Scene(seed=6)
    boxes = [np.array([d.box_xywh for d in scene.frame(t)[1]]) for t in (0, 1 / 15, 4)]
    assert 0 < np.abs(boxes[1] - boxes[0]).max() < 3
    assert np.abs(boxes[2] - boxes[0]).max() > 3


def test_boxes_hold_the_ink():
    # In every box there is ink, darker than the paper beside it.
    frame, truth = Scene(seed=7).frame(0.0)
    gray = frame.mean(axis=2)
    for digit in truth:
        x, y, w, h = (round(n) for n in digit.box_xywh)
        inside = gray[y : y + h, x : x + w]
        assert inside.min() < 0.8 * inside.max()


def test_any_size():
    frame, truth = Scene(seed=8, size_wh=(1280, 720)).frame(0.0)
    assert frame.shape == (720, 1280, 3)
    assert truth
