"""A page network in Keras, as reading sees a converted one."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.model.runtime import Quantization

_AS_IS = Quantization(np.dtype(np.float32), 1.0, 0)


class KerasPictures:
    """Implements `runtime.PictureModel` with a network that is not converted.

    Attributes:
        runtime: `keras`.
        num_channels: Of each of its maps.
    """

    runtime = "keras"

    def __init__(self, model: keras.Model) -> None:
        """Wrap a page network."""
        self._model = model
        self.num_channels = tuple(int(tensor.shape[-1]) for tensor in model.outputs)

    def __call__(
        self, gray: NDArray[np.uint8]
    ) -> dict[int, tuple[NDArray[Any], Quantization]]:
        """Return the maps of a picture `(H, W)` uint8 by their channels."""
        inputs = gray.astype(np.float32)[np.newaxis, ..., np.newaxis] / np.float32(255)
        maps = self._model.predict_on_batch(inputs).values()
        return {output.shape[-1]: (np.asarray(output[0]), _AS_IS) for output in maps}
