from dataclasses import FrozenInstanceError
from typing import get_args

import numpy as np
import pytest

from edge_app.find.page.maps import Kind as PageKind
from train.page.crops import pool
from train.scenes import truth
from train.scenes.scene import RenderedScene
from train.scenes.truth import LabeledDigit, Other, Truth

BOX = (1.0, 2.0, 3.0, 4.0)


def test_nothing_else_is_on_a_picture_unless_it_is_said():
    digits = (LabeledDigit(BOX, 7),)
    assert Truth("a.jpg", digits) == Truth("a.jpg", digits, (), (), ())
    assert not digits[0].difficult


def test_what_is_true_does_not_change():
    with pytest.raises(FrozenInstanceError):
        LabeledDigit(BOX, 7).label = 1
    with pytest.raises(FrozenInstanceError):
        Truth("a.jpg", ()).soft = (BOX,)


@pytest.mark.parametrize("kind", get_args(truth.OtherKind))
def test_a_page_network_has_a_name_for_each_kind_of_writing(kind):
    whole = Truth("a.jpg", (LabeledDigit(BOX, 7),), others=(Other(BOX, kind),))
    scene = RenderedScene(np.zeros((8, 8, 3), np.uint8), whole)
    digit, other = pool.rendered(scene).kinds.tolist()
    assert digit == 7
    assert PageKind(other).name.lower() == kind
