import cv2
import numpy as np
import pytest

from edge_app.model import normalize
from edge_app.model.normalize import to_model_input

pytestmark = pytest.mark.device


def center_of_mass(image):
    moments = cv2.moments(image)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


def stroke(height, width, thickness=1):
    """A rectangle's outline: ink whose size is known."""
    ink = np.zeros((height, width), np.uint8)
    cv2.rectangle(ink, (0, 0), (width - 1, height - 1), 255, thickness)
    return ink


def test_model_input_is_float32_in_0_to_1():
    images = np.array([[[0, 51], [102, 255]]], np.uint8)
    inputs = to_model_input(images)
    assert inputs.shape == (1, 2, 2, 1)
    assert inputs.dtype == np.float32
    np.testing.assert_allclose(inputs[0, ..., 0], [[0, 0.2], [0.4, 1.0]], rtol=1e-6)


@pytest.mark.parametrize(
    ("height", "width"), [(40, 40), (60, 30), (30, 60), (200, 120), (20, 13)]
)
def test_longer_side_is_20_and_aspect_ratio_is_kept(height, width):
    ink = cv2.copyMakeBorder(
        stroke(height, width, max(2, height // 8)), 9, 3, 5, 7, cv2.BORDER_CONSTANT
    )
    image = normalize.normalize(ink)
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    _, _, w, h = cv2.boundingRect((image > 60).astype(np.uint8))
    scale = 20 / max(height, width)
    assert abs(w - width * scale) <= 1
    assert abs(h - height * scale) <= 1
    assert max(w, h) == 20


def test_known_answer_square():
    # A solid 20x20 square has its center of mass at its index 9.5. 14 - 9.5 = 4.5 is
    # rounded half to even, so the square starts at row and column 4.
    image = normalize._centered(np.full((20, 20), 255, np.uint8))
    expected = np.zeros((28, 28), np.uint8)
    expected[4:24, 4:24] = 255
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize(("height", "width"), [(20, 3), (20, 13), (9, 20), (19, 20)])
def test_center_of_mass_is_at_14(height, width):
    rng = np.random.default_rng(height)
    digit = rng.integers(1, 255, (height, width)).astype(np.uint8)
    x, y = center_of_mass(normalize._centered(digit))
    assert abs(x - 14) <= 0.5
    assert abs(y - 14) <= 0.5


def test_lopsided_ink_stays_inside():
    digit = np.zeros((20, 20), np.uint8)
    digit[:2] = 255
    digit[19, 0] = 1
    image = normalize._centered(digit)
    assert image.sum() == digit.sum()


def test_no_ink_gives_an_empty_image():
    assert not normalize.normalize(np.zeros((10, 10), np.uint8)).any()


def test_faint_ink_is_stretched_to_full():
    ink = stroke(60, 40, 8)
    faint = (ink // 6).astype(np.uint8)
    difference = cv2.absdiff(normalize.normalize(ink), normalize.normalize(faint))
    assert difference.max() <= 8


@pytest.mark.parametrize("thickness", [1, 2, 6, 20, 40])
def test_any_pen_gives_mnist_stroke_width(thickness):
    ink = stroke(200, 150, thickness)
    image = normalize.normalize(cv2.GaussianBlur(ink, (3, 3), 0))
    row = image[14].astype(float)
    width = row[:14].sum() / 255  # of the left stroke
    assert 1.2 <= width <= 5.0


def test_mnist_images_keep_their_look(mnist_dir):
    from train.data import mnist

    images = mnist.load(mnist_dir, "t10k").images[:500]
    one_pixel_off = np.mean(cv2.absdiff(images, np.roll(images, 1, axis=2)))
    for scale in (1, 6):
        large = [np.kron(image, np.ones((scale, scale), np.uint8)) for image in images]
        again = np.array([normalize.normalize(image) for image in large])
        assert np.mean(cv2.absdiff(again, images)) < one_pixel_off / 2


def test_mnist_digits_are_read_after_normalizing(mnist_dir, reader):
    from edge_app.model import classify
    from train.data import mnist

    test = mnist.load(mnist_dir, "t10k")
    images = np.array([normalize.normalize(image) for image in test.images[:2000]])
    scores = classify.load().scores(to_model_input(images))
    accuracy = np.mean(scores[:, :10].argmax(axis=1) == test.labels[:2000])
    assert accuracy >= 0.985
