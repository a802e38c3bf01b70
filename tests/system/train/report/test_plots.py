import base64

import cv2
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.report import plots, reliability


def pixels(address, kind):
    """The image in a `data:` address."""
    head, _, content = address.partition(",")
    assert head == f"data:image/{kind};base64"
    content = np.frombuffer(base64.b64decode(content), np.uint8)
    return cv2.imdecode(content, cv2.IMREAD_UNCHANGED)


def texts(figure):
    """All that is written in a figure."""
    return {text.get_text() for axes in figure.axes for text in axes.texts}


def test_same_figure_same_bytes():
    row = {"epoch": 1, "loss": 1, "accuracy": 1, "val_loss": 1, "val_accuracy": 1}
    first, second = (plots.svg(plots.learning_curves([row], best=1)) for _ in range(2))
    assert first == second


def test_an_image_is_in_the_page_as_it_is():
    image = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    np.testing.assert_array_equal(pixels(plots.png(image), "png"), image)
    np.testing.assert_array_equal(
        pixels(plots.png(image[..., 0]), "png"), image[..., 0]
    )
    flat = np.full((16, 16, 3), 77, np.uint8)
    np.testing.assert_allclose(pixels(plots.jpeg(flat), "jpeg"), flat, atol=2)


def test_a_matrix_says_how_often_each_digit_was_read_as_each():
    matrix = np.zeros((10, 10), np.int64)
    np.fill_diagonal(matrix, 300)
    matrix[4, 9] = 12
    figure = plots.confusion_heat_map(matrix)
    assert texts(figure) == {"300", "12", "·"}
    colored = figure.axes[0].images[0].get_array()
    assert colored[4, 9] == 12
    assert np.isnan(np.ma.getdata(colored)[3, 3])  # what is right has no color


def test_bins_without_readings_have_no_bar():
    confidences = np.array([0.05, 0.95, 0.97])
    bins = reliability.bins(confidences, np.array([False, True, True]), num_bins=10)
    upper, lower = plots.reliability_diagram(bins).axes
    assert [bar.get_height() for bar in upper.patches] == [0, 1]
    assert [bar.get_height() for bar in lower.patches] == [1, 2]


def test_curves_are_those_of_the_history():
    history = [
        {"epoch": 1, "loss": 3.0, "val_loss": 4.0},
        {"epoch": 2, "loss": 1.0, "val_loss": 2.0},
    ]
    (axes,) = plots.losses(history).axes
    drawn = {line.get_label(): line.get_xydata().tolist() for line in axes.lines}
    assert drawn == {"training": [[1, 3], [2, 1]], "validation": [[1, 4], [2, 2]]}


def test_rows_of_a_sheet_are_as_long_as_the_longest():
    images = np.full((3, 28, 28), 255, np.uint8)
    figure = plots.sheet([("3", images), ("8", images[:1])], title="Two")
    long, short = (axes.images[0].get_array() for axes in figure.axes)
    assert long.shape == short.shape == (28, 84)
    assert long.max() == 0  # ink is dark on a page
    assert (short[:, :28].max(), short[:, 28:].min()) == (0, 255)
