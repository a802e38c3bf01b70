"""What a finder hands on: what may be a digit, and all that is known of it."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.find.verdict import Verdict
from edge_app.geometry import Box

# Why something that was seen is not read as a digit.
Reject = Literal["letter", "print", "border", "unsure", "pattern"]


@dataclass(frozen=True)
class Candidate:
    """Something on a frame that may be a digit.

    Attributes:
        box_xywh: Tight around its ink, in pixels of the frame.
        ink: `(h, w)` uint8, its ink alone, bright on 0; `None` for what is none.
        scores: `(10,)` float32, probability of each digit as the finder sees it in its
            place; what they lack of 1 is the probability that it is none. `None` from a
            finder that does not read.
        sign: The separator that it is, one of `.`, `,`, `-`, `/` and `:`, if any.
        reject: Why it is no digit, where the finder knows.
    """

    box_xywh: Box
    ink: NDArray[np.uint8] | None
    scores: NDArray[np.float32] | None = None
    sign: str | None = None
    reject: Reject | None = None


class Finder(Protocol):
    """Finds what may be digits in frames.

    Attributes:
        name: As `--reader` takes it.
        verdict: How its scores and the second reader's become one.
    """

    name: str
    verdict: Verdict

    def __call__(self, frame: NDArray[np.uint8]) -> list[Candidate]:
        """Return the candidates of a frame `(H, W, 3)` uint8, BGR, in no order."""

    def evidence(self, frame: NDArray[np.uint8]) -> float:
        """Return how much a frame, as it is turned, looks like upright digits."""
