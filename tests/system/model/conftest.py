"""A network of somebody else's making, trained once."""

import pytest
from foreign import taken_as


@pytest.fixture(scope="session")
def split(mnist_dir):
    pytest.importorskip("tensorflow", reason="training needs TensorFlow")
    from train.data import mnist

    return mnist.load(mnist_dir, "train")


@pytest.fixture(scope="session")
def test_images(mnist_dir):
    from train.data import mnist

    return mnist.load(mnist_dir, "t10k").images[:300]


@pytest.fixture(scope="session")
def trained(split):
    """Gives the network of TensorFlow's tutorial, trained on pixels in a range."""
    import keras
    from keras import layers

    made = {}

    def trained(pixels):
        """https://www.tensorflow.org/tutorials/quickstart/beginner"""
        if pixels not in made:
            keras.utils.set_random_seed(1)
            model = keras.Sequential(
                [
                    keras.Input((28, 28)),
                    layers.Flatten(),
                    layers.Dense(64, activation="relu"),
                    layers.Dropout(0.2),
                    layers.Dense(10),
                ]
            )
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(optimizer="adam", loss=loss)
            images = taken_as(pixels, split.images[:12_000])
            model.fit(images, split.labels[:12_000], batch_size=64, epochs=3, verbose=0)
            made[pixels] = model
        return made[pixels]

    return trained
