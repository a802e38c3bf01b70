"""The second reader: shows the ink of candidates to the classifier."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edge_app.find.candidate import Candidate
from edge_app.model.classify import NUM_DIGITS, Classifier
from edge_app.model.normalize import INPUT_SIZE, normalize, to_model_input


class SecondReader:
    """Shows candidates to the classifier.

    Attributes:
        normalize_s, classify_s: Seconds that went into each so far.
    """

    def __init__(self, classifier: Classifier) -> None:
        """Show candidates to this classifier."""
        self._classifier = classifier
        self.normalize_s = self.classify_s = 0.0

    def __call__(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return candidates with what the classifier says of those that have ink."""
        started = time.perf_counter()
        images = [
            None if candidate.ink is None else normalize(candidate.ink)
            for candidate in candidates
        ]
        shown = [image for image in images if image is not None]
        size = INPUT_SIZE
        stacked = np.array(shown, np.uint8).reshape(-1, size, size)
        inputs = to_model_input(stacked)
        normalized = time.perf_counter()
        scores = iter(self._classifier.scores(inputs)[:, :NUM_DIGITS])
        seen = [
            candidate
            if image is None
            else replace(candidate, image=image, class_scores=next(scores))
            for candidate, image in zip(candidates, images, strict=True)
        ]
        self.normalize_s += normalized - started
        self.classify_s += time.perf_counter() - normalized
        return seen
