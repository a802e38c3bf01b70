from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from benchmarks.reading import single
from train.data.mnist import Split


def test_forms_of_single_digits():
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    sizes = {form.name: form(image, 0.4).shape for form in single.DIGIT_FORMS}
    assert sizes == {
        "28x28": (50, 50),
        "x10": (500, 500),
        "28x28 inverted": (50, 50),
        "x10 inverted": (500, 500),
    }
    for form in single.DIGIT_FORMS:
        assert (form(image, 0.1)[0, 0] > 127) == form.is_inverted


def test_some_digits_are_the_same_each_time():
    digits = Split(
        np.arange(10 * 784, dtype=np.uint8).reshape(10, 28, 28), np.arange(10)
    )
    first, second = single.subset(digits, 4), single.subset(digits, 4)
    assert len(first) == 4
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.images, digits.images[first.labels])


class Sized:
    """A reader that takes a picture's size for what is in it."""

    def __init__(self, texts):
        self._texts = texts

    def read(self, path):
        size = len(cv2.imread(str(path)))
        text = self._texts.get(size, "")
        return SimpleNamespace(digits=[SimpleNamespace(label=int(c)) for c in text])


def test_shares_of_each_form_and_margin(tmp_path):
    digits = Split(np.zeros((4, 28, 28), np.uint8), np.array([7, 7, 7, 1]))
    reader = Sized({28: "7", 34: "77"})
    rows = list(single.measure(reader, digits, folder=tmp_path))
    num_margins = len(single.SINGLE_DIGITS.margin_shares)
    assert len(rows) == len(single.DIGIT_FORMS) * num_margins
    alone, narrow, wide = rows[:3]
    assert (alone["form"], alone["margin"], alone["digits"]) == ("28x28", 0, 4)
    assert (alone["right"], alone["misread"]) == (0.75, 0.25)
    assert (narrow["several_read"], narrow["right"]) == (1, 0)
    assert (wide["nothing_read"], wide["right"]) == (1, 0)
    for row in rows:
        shares = (row["right"], row["misread"], row["nothing_read"])
        assert sum(shares) + row["several_read"] == pytest.approx(1)
