import numpy as np
import pytest

from edge_app.sources.demo import demo_scene
from train.scenes.writing.stroke_shapes import DIGIT_SHAPES, LETTER_SHAPES

BELOW_LINE = {"p"}


def written(shape):
    return demo_scene.strokes(shape, 0.0, np.random.default_rng(1))


def test_each_digit_can_be_written_in_several_ways():
    assert list(DIGIT_SHAPES) == list(range(10))
    for label, shapes in DIGIT_SHAPES.items():
        assert len(set(shapes)) == len(shapes) >= 4
        assert set(demo_scene.SHAPES[label]) < set(shapes)


@pytest.mark.parametrize("name", [*DIGIT_SHAPES, *LETTER_SHAPES])
def test_shapes_fill_the_height_of_a_line(name):
    shapes = DIGIT_SHAPES[name] if name in DIGIT_SHAPES else (LETTER_SHAPES[name],)
    for shape in shapes:
        strokes = written(shape)
        assert all(len(stroke) > 1 for stroke in strokes)
        (left, top), (right, bottom) = (
            np.concatenate(strokes).min(axis=0),
            np.concatenate(strokes).max(axis=0),
        )
        assert -0.1 < left < right < 1.1
        assert -0.1 < top < 0.45
        assert 0.9 < bottom < (1.35 if name in BELOW_LINE else 1.1)


def test_letters_that_look_like_digits_are_left_out():
    assert set(LETTER_SHAPES) & set("BDGILOQSZbgiloqsyz") == set()
