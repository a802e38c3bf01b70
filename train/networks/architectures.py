"""The networks, one small function each.

All take `(N, 28, 28, 1)` float32 in 0..1 and return probabilities: `(N, 10)`, one a
digit, or `(N, 11)` where the last one says that the input is no digit. Batch norm
stands before each ReLU, so that converters fold it into the weights; behind it, it
would stay an operator of its own whose int8 range the channel with the least variance
would spoil.

A new one is a function here, or in a module of its own, and a line in `ARCHITECTURES`;
where it is trained otherwise than `train.fit.fit_settings` has it, one in `RECIPES`
there.
"""

from collections.abc import Callable

import keras
from keras import layers

from edge_app.model.classify import NUM_DIGITS
from train.networks.blocks import Scaling, classifier, convolved, standardized_input

Build = Callable[..., keras.Model]


def report(*, dropout: float = 0.4, scaling: Scaling | None = None) -> keras.Model:
    """Build the report's CNN: two convolutions, one dense layer, 225,930 parameters.

    Args:
        dropout: Rate before the last layer; half of it after each pooling.
        scaling: Standardizes the input; `None` for none.
    """
    inputs, x = standardized_input(scaling)
    for filters in (32, 64):
        x = convolved(x, filters, padding="valid")
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(dropout / 2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Dropout(dropout)(x)
    return classifier(inputs, x, NUM_DIGITS, "report")


def report_algorithm(
    *, dropout: float = 0.5, scaling: Scaling | None = None
) -> keras.Model:
    """Build the CNN of the report's section on its algorithm, without batch norm.

    Args:
        dropout: Rate before the last layer.
        scaling: Standardizes the input; `None` for none.
    """
    inputs, x = standardized_input(scaling)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dropout(dropout)(x)
    return classifier(inputs, x, NUM_DIGITS, "report-algorithm")


def lenet5(*, dropout: float = 0.0, scaling: Scaling | None = None) -> keras.Model:
    """Build LeNet-5 in today's form: ReLU, max pooling, softmax.

    LeCun et al., Gradient-based learning applied to document recognition, 1998,
    figure 2.

    Args:
        dropout: Rate before the last layer.
        scaling: Standardizes the input; `None` for none.
    """
    inputs, x = standardized_input(scaling)
    x = layers.Conv2D(6, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 5, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="relu")(x)
    x = layers.Dense(84, activation="relu")(x)
    x = layers.Dropout(dropout)(x)
    return classifier(inputs, x, NUM_DIGITS, "lenet5")


def edge(*, dropout: float = 0.1, scaling: Scaling | None = None) -> keras.Model:
    """Return the default: made for int8 on a small device, knows what is no digit.

    The stem halves the picture at once, strides instead of pooling keep every
    multiplication in a convolution, and a depthwise convolution as large as what is
    left weighs where each feature lies before the one dense layer. Of the networks of
    this kind that fit into 65 KB and take at most 0.7 of the time of `report` in int8,
    as measured, it was the most accurate after short trainings: most of its layers see
    the picture at a quarter of its size.

    Args:
        dropout: Rate before the last layer.
        scaling: Standardizes the input; `None` for none.
    """
    inputs, x = standardized_input(scaling)
    x = convolved(x, 16, size=5, strides=2)
    x = convolved(x, 32, strides=2)
    x = convolved(x, 32)
    x = convolved(x, 40)
    x = convolved(x, 56, strides=2)
    x = layers.DepthwiseConv2D(4)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    return classifier(inputs, x, NUM_DIGITS + 1, "edge")


def teacher(*, dropout: float = 0.3, scaling: Scaling | None = None) -> keras.Model:
    """Build a large network whose probabilities `edge` learns to imitate.

    Args:
        dropout: Rate before the last layer.
        scaling: Standardizes the input; `None` for none.
    """
    inputs, x = standardized_input(scaling)
    x = convolved(x, 32, size=5, strides=2)
    x = convolved(x, 64)
    x = convolved(x, 96, strides=2)
    x = convolved(x, 96)
    x = convolved(x, 96)
    x = convolved(x, 128, strides=2)
    x = layers.DepthwiseConv2D(4)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    return classifier(inputs, x, NUM_DIGITS + 1, "teacher")


def teacher_deep(
    *, dropout: float = 0.3, scaling: Scaling | None = None
) -> keras.Model:
    """Build a teacher of another shape, which makes other mistakes.

    Args:
        dropout: Rate before the last layer.
        scaling: Standardizes the input; `None` for none.
    """
    inputs, x = standardized_input(scaling)
    x = convolved(x, 16)
    x = convolved(x, 48, strides=2)
    x = convolved(x, 96, strides=2)
    for _ in range(3):
        x = layers.Add()([x, convolved(x, 96)])
    x = layers.DepthwiseConv2D(7)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    return classifier(inputs, x, NUM_DIGITS + 1, "teacher-deep")


ARCHITECTURES: dict[str, Build] = {
    "report": report,
    "report-algorithm": report_algorithm,
    "lenet5": lenet5,
    "edge": edge,
    "teacher": teacher,
    "teacher-deep": teacher_deep,
}
