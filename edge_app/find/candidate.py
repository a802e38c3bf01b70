"""The result of a finder: what may be a digit, and all that is known of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.find.verdict import Verdict

if TYPE_CHECKING:  # each names the other
    from edge_app.find.context.context_reader import ContextReader
    from edge_app.find.page.ink import View
    from edge_app.find.separators.separator_reader import SeparatorReader
    from edge_app.find.touching import Splitting

# Why something that was seen is not read as a digit.
Reject = Literal["letter", "print", "border", "unsure", "pattern"]


@dataclass(frozen=True)
class Candidate:
    """Something on a frame that may be a digit.

    Attributes:
        box_xywh: Tight around its ink, in pixels of the frame.
        ink: `(h, w)` uint8, its ink alone, bright on 0, at the finder's own scale: the
            page network's is no larger than `INK.most_window_px`. `None` for what has
            none.
        scores: `(kinds,)` float32, probability of each kind as the finder sees it in
            its place, each by itself, the ten digits first. `None` from a finder that
            does not read.
        reject: Why it is no digit, where the finder knows; with ink, unless the
            classifier takes it for one (printed digits, where they are asked for).
        likelier: What the finder rather takes it for, where it may be a digit all the
            same and is looked at more closely.
        is_cut: Whether it reaches to the frame's border, which may cut it off.
        is_contested: Whether another look takes it for something else, which is a
            candidate, too.
        picture_height: Of the picture that it was seen in, in pixels.
        view: Where it was seen, for the ink around it; `None` of a finder without maps.
        image: `(28, 28)` uint8, what the second reader sees of it, once it saw it.
        class_scores: `(10,)` float32, what the second reader says; what they lack of 1
            is no digit.
        context_scores: `(14,)` float32, probability of each of `CONTEXT_LABELS`, once
            the context network looked at it.
    """

    box_xywh: Box
    ink: NDArray[np.uint8] | None
    scores: NDArray[np.float32] | None = None
    reject: Reject | None = None
    likelier: Reject | None = None
    is_cut: bool = False
    is_contested: bool = False
    picture_height: int = 0
    view: "View | None" = None
    image: NDArray[np.uint8] | None = None
    class_scores: NDArray[np.float32] | None = None
    context_scores: NDArray[np.float32] | None = None


class Finder(Protocol):
    """Finds what may be digits in frames.

    Attributes:
        name: As `--reader` takes it.
        verdict: How its scores and the second reader's become one; `None` where it has
            no scores.
        splitting: Whether touching digits are read in pieces; with a verdict only.
        context: Looks at candidates again, in their places; with a verdict only.
        separators: Tells what stands between digits, if anything does.
    """

    name: str
    verdict: Verdict | None
    splitting: "Splitting | None"
    context: "ContextReader | None"
    separators: "SeparatorReader | None"

    def __call__(self, frame: NDArray[np.uint8]) -> list[Candidate]:
        """Return the candidates of a frame `(H, W, 3)` uint8, BGR, in no order."""
