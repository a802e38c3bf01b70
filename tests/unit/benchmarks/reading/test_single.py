import numpy as np

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
