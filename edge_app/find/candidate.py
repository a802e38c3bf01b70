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
        scores: `(kinds,)` float32, probability of each kind as the finder sees it in
            its place, each by itself, the ten digits first. `None` from a finder that
            does not read.
        sign: The separator that it is, one of `.`, `,`, `-`, `/` and `:`, if any.
        sign_share: Probability that it is that separator.
        reject: Why it is no digit, where the finder knows; with ink, unless the
            classifier takes it for one (printed digits, where they are asked for).
        is_cut: Whether it reaches to the frame's border, which may cut it off.
    """

    box_xywh: Box
    ink: NDArray[np.uint8] | None
    scores: NDArray[np.float32] | None = None
    sign: str | None = None
    sign_share: float = 0.0
    reject: Reject | None = None
    is_cut: bool = False


class Finder(Protocol):
    """Finds what may be digits in frames.

    Attributes:
        name: As `--reader` takes it.
        verdict: How its scores and the second reader's become one; `None` where it has
            no scores.
    """

    name: str
    verdict: Verdict | None

    def __call__(self, frame: NDArray[np.uint8]) -> list[Candidate]:
        """Return the candidates of a frame `(H, W, 3)` uint8, BGR, in no order."""
