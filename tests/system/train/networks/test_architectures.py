from needed import need

need("tensorflow", reason="training needs TensorFlow")

import keras
import numpy as np

from train.networks.architectures import ARCHITECTURES


def test_report_has_the_reports_parameters():
    model = ARCHITECTURES["report"]()
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert model.count_params() == 225_930
    assert trainable == 225_482


def test_report_has_the_reports_layers():
    kinds = [type(layer).__name__ for layer in ARCHITECTURES["report"]().layers[1:]]
    # Batch norm before the ReLU, where converters can fold it.
    stage = ["BatchNormalization", "ReLU", "MaxPooling2D", "Dropout"]
    head = ["Flatten", "Dense", "BatchNormalization", "ReLU", "Dropout", "Dense"]
    assert kinds == ["Conv2D", *stage, "Conv2D", *stage, *head]


def test_every_architecture_takes_digits_and_gives_probabilities():
    for build in ARCHITECTURES.values():
        scores = keras.ops.convert_to_numpy(build()(np.zeros((2, 28, 28, 1))))
        assert scores.shape[0] == 2
        np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-5)
