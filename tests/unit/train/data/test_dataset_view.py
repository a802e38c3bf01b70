import cv2
import numpy as np
from needed import need

need("matplotlib", reason="the sheet is drawn with it")

from train.data import dataset_view, mnist


def test_facts_are_those_of_the_images():
    images = np.zeros((4, 28, 28), np.uint8)
    images[0] = 200
    found = dataset_view.facts("test", mnist.Split(images, np.zeros(4, np.uint8)))
    assert found == {
        "part": "test",
        "images": 4,
        "shape": "28x28",
        "dtype": "uint8",
        "label_dtype": "uint8",
        "pixels": "0 to 200",
        "pixel_mean": 50.0,
        "pixel_std": 86.6,
    }


def test_inspect_of_a_few_digits(tmp_path):
    images = np.full((3, 28, 28), 255, np.uint8)
    few = mnist.Split(images, np.array([4, 4, 7], np.uint8))
    assert [row["some"] for row in dataset_view.distribution({"some": few})] == (
        [0, 0, 0, 0, 2, 0, 0, 1, 0, 0]
    )
    dataset_view.write_sheet(tmp_path / "few.png", few, columns=5, seed=1)
    assert cv2.imread(str(tmp_path / "few.png")) is not None


def test_shares_are_of_each_part():
    images = np.zeros((4, 28, 28), np.uint8)
    parts = {
        "one": mnist.Split(images, np.array([7, 7, 7, 0], np.uint8)),
        "other": mnist.Split(images[:3], np.array([7, 1, 1], np.uint8)),
    }
    row = dataset_view.distribution(parts)[7]
    assert row == {
        "digit": 7, "one": 3, "one_share": "75.00%", "other": 1, "other_share": "33.33%"
    }  # fmt: skip
