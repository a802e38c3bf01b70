"""The search space: the settings of a training and the shape of its network."""

from dataclasses import dataclass

import keras
import optuna
from keras import layers

from edge_app.model.classify import NUM_DIGITS
from train.networks.blocks import INPUT_SHAPE

BATCH_SIZES = (32, 64, 128, 256)
_LEAST_EPOCHS = 3


@dataclass(frozen=True)
class TrialNetwork:
    """One point of the search.

    Attributes:
        epochs: Passes over the images.
        batch_size: Images a step.
        learning_rate: Adam's first rate; it falls to 0 along a cosine.
        num_layers: Convolutions.
        filters: Of the first convolution; each further one has twice as many.
        dropout: Rate before the last layer; half of it after each pooling.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    num_layers: int
    filters: int
    dropout: float


def suggested(trial: optuna.Trial, *, max_epochs: int) -> TrialNetwork:
    """Return what a trial should try."""
    return TrialNetwork(
        epochs=trial.suggest_int("epochs", min(_LEAST_EPOCHS, max_epochs), max_epochs),
        batch_size=trial.suggest_categorical("batch_size", BATCH_SIZES),
        learning_rate=trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True),
        num_layers=trial.suggest_int("num_layers", 1, 3),
        filters=trial.suggest_int("filters", 8, 64, step=8),
        dropout=trial.suggest_float("dropout", 0.0, 0.6),
    )


def network(candidate: TrialNetwork) -> keras.Model:
    """Build the report's CNN with other numbers of layers and filters.

    With 2 layers and 32 filters it is `architectures.report`. Input `(N, 28, 28, 1)`
    float32 in 0..1, output `(N, 10)` probabilities.
    """
    x = inputs = keras.Input(INPUT_SHAPE)
    for depth in range(candidate.num_layers):
        x = layers.Conv2D(candidate.filters * 2**depth, 3)(x)
        # Short trials need averages that follow faster than Keras' 0.99.
        x = layers.BatchNormalization(momentum=0.98)(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(candidate.dropout / 2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Dropout(candidate.dropout)(x)
    outputs = layers.Dense(NUM_DIGITS, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="candidate")
