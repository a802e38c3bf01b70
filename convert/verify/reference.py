"""The reference for converted files: what Keras says of the test images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class KerasReference:
    """Test images, and Keras' scores of them.

    Attributes:
        inputs: `(N, height, width, channels)` float32.
        labels: `(N,)`, what they truly show.
        scores: `(N, outputs)` float32.
        num_classes: The outputs that compete for the label.
        num_layers: Layers with weights, each of which rounds.
    """

    inputs: NDArray[np.float32]
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    num_classes: int
    num_layers: int = 1

    @property
    def accuracy(self) -> float:
        """Return the share of images that Keras reads rightly."""
        return float(np.mean(self.read(self.scores) == self.labels))

    def read(self, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the labels that scores stand for, `(N,)`."""
        return np.asarray(scores[:, : self.num_classes].argmax(axis=1))
