"""The interface of a loaded model file to the rest of the program."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.model.runtime.quantization import Quantization


class Model(Protocol):
    """A loaded model file.

    Attributes:
        runtime: Which runtime executes it, a key of `RUNTIMES`.
        input_shape: `(height, width, channels)`.
        num_outputs: How many scores it gives an input.
        input_dtype: What the file itself takes, e.g. `"int8"`.
    """

    runtime: str
    input_shape: tuple[int, ...]
    num_outputs: int
    input_dtype: str

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `(N, num_outputs)` float32 scores of `(N, *input_shape)` in 0..1."""


class PictureModel(Protocol):
    """A loaded file of a fully convolutional network: a gray picture in, maps out.

    Attributes:
        runtime: Which runtime executes it, a key of `RUNTIMES`.
        num_channels: Of each map, in the file's order.
    """

    runtime: str
    num_channels: tuple[int, ...]

    def __call__(
        self, gray: NDArray[np.uint8]
    ) -> dict[int, tuple[NDArray[Any], Quantization]]:
        """Return the maps `(h, w, channels)`, as stored, by their channels.

        Args:
            gray: `(H, W)` uint8.
        """
