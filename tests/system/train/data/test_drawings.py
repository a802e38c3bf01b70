import numpy as np
import pytest
from needed import need

need("sklearn", reason="training needs scikit-learn")

from edge_app.model import classify, normalize
from train.data import drawings
from train.scenes.writing.hands import Hands


@pytest.fixture(scope="module")
def hands(strokes_dir):
    return Hands(strokes_dir, "validation")


@pytest.mark.slow  # thrice all that they wrote
def test_digits_are_drawn_so_often(hands):
    once = drawings.drawn(hands, "digits", seed=1)
    drawn = drawings.drawn(hands, "digits", count=50, seed=1)
    twice = drawings.drawn(hands, "digits", copies=2, seed=1, jobs=2)
    assert (len(drawn), len(twice)) == (50, 2 * len(once))
    assert once.images.shape == (len(once), 28, 28)
    assert (once.images.max(axis=(1, 2)) == 255).all()
    np.testing.assert_array_equal(
        np.bincount(twice.labels), 2 * np.bincount(once.labels)
    )


def test_digits_are_what_their_labels_say(hands):
    found = drawings.drawn(hands, "digits", count=300, seed=1)
    scores = classify.load().scores(normalize.to_model_input(found.images))
    assert (scores[:, :10].argmax(axis=1) == found.labels).mean() > 0.85


@pytest.mark.parametrize("kind", ["letters", "symbols", "words"])
def test_what_is_no_digit(hands, kind):
    found = drawings.drawn(hands, kind, count=40, seed=1)
    assert (found.labels == 10).all()
    assert (found.images.max(axis=(1, 2)) == 255).all()


def test_same_seed_gives_the_same_drawings(hands):
    drawn = drawings.drawn(hands, "letters", count=20, seed=1)
    again = drawings.drawn(hands, "letters", count=20, seed=1, jobs=2)
    other = drawings.drawn(hands, "letters", count=20, seed=2)
    np.testing.assert_array_equal(drawn.images, again.images)
    assert (drawn.images != other.images).any()


@pytest.mark.parametrize("seed", range(5))
def test_a_stroke_is_seen_whatever_the_pen(seed):
    hook = [np.array([[0, 0], [0.4, 0.3], [0.1, 1]], np.float32)]
    image = drawings.drawing(hook, np.random.default_rng(seed))
    assert image.shape == (28, 28)
    assert (image > 127).sum() > 10
