import pytest


@pytest.fixture(scope="session")
def digits(mnist_dir):
    """MNIST's first training images."""
    from train.data import mnist

    whole = mnist.load(mnist_dir, "train")
    return whole.only(slice(3000))
