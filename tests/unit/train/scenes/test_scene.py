from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from train.scenes.scene import RenderedScene
from train.scenes.truth import Truth

FRAME = np.zeros((4, 6, 3), np.uint8)


def test_a_scene_has_no_ink_of_digits_unless_it_is_said():
    one, other = (RenderedScene(FRAME, Truth("blank 1", ())) for _ in "12")
    assert one.ink.shape == (0, 0)
    assert one.ink.dtype == np.uint8
    assert one.ink is not other.ink
    assert not one.by_people


def test_a_scene_does_not_change():
    scene = RenderedScene(FRAME, Truth("blank 1", ()), by_people=True)
    with pytest.raises(FrozenInstanceError):
        scene.by_people = False
