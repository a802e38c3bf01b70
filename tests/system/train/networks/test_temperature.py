import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.networks import temperature
from train.networks.architectures import edge


def softmax(logits):
    powers = np.exp(logits)
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def test_temperature_of_scores_that_are_too_sure():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    honest = softmax(logits)
    labels = np.array(
        [rng.choice(10, p=row / row.sum()) for row in honest.astype(float)]
    )
    assert temperature.temperature(honest, labels) == pytest.approx(1.0, abs=0.05)
    sure = softmax(3 * logits)
    assert temperature.temperature(sure, labels) == pytest.approx(3.0, abs=0.15)


def test_tempered_model_has_the_logits_divided():
    model = edge()
    inputs = np.random.default_rng(0).random((5, 28, 28, 1), np.float32)
    before = np.log(np.asarray(model(inputs)))
    after = np.log(np.asarray(temperature.tempered(model, 2.0)(inputs)))
    expected = before / 2
    expected -= np.log(np.exp(expected).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(after, expected, atol=1e-4)


def test_expecting_more_digits_multiplies_their_odds():
    model = edge()
    inputs = np.random.default_rng(0).random((5, 28, 28, 1), np.float32)
    before = np.asarray(model(inputs))
    after = np.asarray(temperature.expecting(model, odds=4.0)(inputs))
    expected = before * np.array([4.0] * 10 + [1.0])
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(after, expected, rtol=1e-4)
