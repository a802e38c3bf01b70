"""The inputs and outputs of a model file: one picture, as many scores each time."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import ModelError
from edge_app.common.labels import NUM_DIGITS
from edge_app.model.normalize import INPUT_SIZE
from edge_app.model.runtime.models import Model

_NUM_PIXELS = INPUT_SIZE**2


def check_takes_one_picture(inputs: list[str]) -> None:
    """Check that a model has one input.

    Args:
        inputs: Their names.

    Raises:
        ModelError: It has others as well.
    """
    if len(inputs) != 1:
        raise ModelError(
            f"takes {len(inputs)} inputs ({', '.join(inputs)}), a model of one picture "
            "expected"
        )


def has_batch(shape: Sequence[Any]) -> bool:
    """Return whether an input's shape begins with the number of pictures.

    Args:
        shape: As the file has it; a size that is left open is no positive integer.
    """
    sizes = [size if isinstance(size, int | np.integer) else 0 for size in shape]
    return sizes[0] == 1 or math.prod(sizes) != _NUM_PIXELS


def count_outputs(shape: Sequence[Any]) -> int:
    """Return how many scores an output of this shape has for each input.

    Raises:
        ModelError: The file leaves it open.
    """
    sizes = shape[1:] if len(shape) > 1 else shape
    if not all(isinstance(size, int | np.integer) and size > 0 for size in sizes):
        raise ModelError(f"its output has no fixed number of scores, but {list(shape)}")
    return math.prod(int(size) for size in sizes)


def with_digits(shapes: Sequence[Sequence[Any]]) -> int:
    """Return which of a model's outputs to take: the first with a score a digit.

    Args:
        shapes: Of each output, the batch first; the first output if none is like that.
    """
    fitting = [
        index for index, shape in enumerate(shapes) if list(shape[1:]) == [NUM_DIGITS]
    ]
    return fitting[0] if fitting else 0


def in_batches(
    model: Model, inputs: NDArray[np.float32], size: int
) -> NDArray[np.float32]:
    """Return scores from a file of fixed batch size; the last batch is filled up."""
    room = np.zeros((-len(inputs) % size, *inputs.shape[1:]), np.float32)
    filled = np.concatenate([inputs, room])
    scores = [model(filled[i : i + size]) for i in range(0, len(filled), size)]
    return np.concatenate(scores)[: len(inputs)]
