import numpy as np
from needed import need

need("tensorflow", reason="which of MNIST's digits are whose is known to training")

from train.data import mnist
from train.fit import fitting
from train.fit.fit_settings import Settings
from train.page.crops import pool
from train.page.crops.pool import SceneSources


def test_a_part_has_ones_and_sevens_as_europe_writes_them(tiny_mnist_dir):
    digits = mnist.load(tiny_mnist_dir, "train")
    parts = fitting.validation_split(digits, Settings())
    for name, of_part in zip(("train", "validation"), parts, strict=True):
        written, _ = pool.writing(SceneSources(tiny_mnist_dir, None, name))
        added = written.only(slice(len(of_part), None))
        assert np.array_equal(written.images[: len(of_part)], of_part.images)
        assert set(added.labels.tolist()) == {1, 7}
        shown = {image.tobytes() for image in digits.images}
        assert not any(image.tobytes() in shown for image in added.images)


def test_final_figures_are_of_digits_as_they_were_written(tiny_mnist_dir):
    _, held = fitting.validation_split(mnist.load(tiny_mnist_dir, "train"), Settings())
    written, _ = pool.writing(SceneSources(tiny_mnist_dir, None, "test"))
    assert np.array_equal(written.images, held.images)
