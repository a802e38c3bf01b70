"""Integers of a model file and the real numbers that they stand for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Quantization:
    """Affine quantization of one tensor: real = scale * (integer - zero_point).

    The formula of https://ai.google.dev/edge/litert/conversion/tensorflow/quantization.
    """

    dtype: np.dtype[Any]
    scale: float
    zero_point: int

    def quantize(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Return the nearest integers, clipped to the dtype; floats pass through."""
        if not np.issubdtype(self.dtype, np.integer):
            return values.astype(self.dtype, copy=False)
        limits = np.iinfo(self.dtype)
        integers = np.rint(values / self.scale) + self.zero_point
        return np.asarray(np.clip(integers, limits.min, limits.max), self.dtype)

    def dequantize(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the real numbers that integers stand for, float32."""
        if not np.issubdtype(values.dtype, np.integer):
            return values.astype(np.float32, copy=False)
        return (values.astype(np.float32) - self.zero_point) * np.float32(self.scale)
