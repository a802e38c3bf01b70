import numpy as np
import pytest

from benchmarks.models.beyond_mnist import corruption
from benchmarks.models.beyond_mnist.mnist_c import CORRUPTIONS, Corruption
from train.data.mnist import Split


class Bright:
    """A model that takes an image's gray for its label: 0, 25, 50, ..., 225."""

    def scores(self, inputs):
        levels = np.rint(inputs[:, 14, 14, 0] * 255 / 25).astype(int)
        return np.eye(11, dtype=np.float32)[np.clip(levels, 0, 9)]


class Zero:
    """A model that sees a zero everywhere, and before all that it is no digit."""

    def scores(self, inputs):
        scores = np.zeros((len(inputs), 11), np.float32)
        scores[:, 0], scores[:, 10] = 0.4, 0.6
        return scores


@pytest.fixture
def grays():
    labels = np.arange(10, dtype=np.uint8)
    images = np.full((10, 28, 28), 25, np.uint8) * labels[:, None, None]
    images[:, 0, :2] = 0, 255  # no contrast is stretched
    return Split(images, labels)


def test_a_kind_with_several_forms_counts_once(grays, monkeypatch):
    def kept(ink, _):
        return ink

    def brightened(ink, _):
        brighter = ink.copy()
        brighter[:, 1:] += 25 / 255
        return brighter

    kinds = (
        Corruption("a", "noise", "none", kept),
        Corruption("b", "noise", "one level", brightened),
        Corruption("c", "blur", "none", kept),
    )
    monkeypatch.setattr(corruption, "CORRUPTIONS", kinds)
    a, b, c, mean = corruption.measure({"bright": Bright()}, grays, seed=1)
    assert (a["corruption"], a["severity"], a["bright"]) == ("a", "none", 1)
    assert b["bright"] == 0.1  # only the brightest, which cannot get brighter
    assert c["bright"] == 1
    assert mean["corruption"] == "mean of the kinds"
    assert mean["bright"] == pytest.approx(((1 + 0.1) / 2 + 1) / 2)


def test_what_is_no_digit_is_no_label(grays):
    rows = corruption.measure({"zero": Zero(), "bright": Bright()}, grays, seed=1)
    assert [row["corruption"] for row in rows[:-1]] == [c.name for c in CORRUPTIONS]
    assert {row["zero"] for row in rows[:-1]} == {0.1}
    assert rows[-1]["zero"] == pytest.approx(0.1)
