import pytest

from benchmarks.live import knocked
from train.data.mnist import Split, load


@pytest.fixture(scope="module")
def digits(mnist_dir):
    whole = load(mnist_dir, "train")
    return knocked.legible(Split(whole.images[-500:], whole.labels[-500:]))
