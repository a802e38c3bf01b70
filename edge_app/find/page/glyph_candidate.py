"""A glyph of a look -> a candidate: its ink, its place, why it is rejected."""

from collections.abc import Container

import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.geometry import Box
from edge_app.find.candidate import Candidate, Reject
from edge_app.find.page import decode, looking
from edge_app.find.page.ink import View, ink_of
from edge_app.find.page.maps import Kind
from edge_app.model.classify import NUM_DIGITS

_REJECT_OF_KIND: dict[int, Reject] = {
    int(Kind.LETTER): "letter",
    int(Kind.SYMBOL): "letter",
    int(Kind.PRINT): "print",
}


def candidate_of(
    view: View,
    peaks: decode.Peaks,
    index: int,
    inked: Container[int],
    *,
    is_contested: bool = False,
) -> Candidate:
    """Return one glyph of a look as a candidate.

    Args:
        view: The look and its picture.
        peaks: Of the look.
        index: Which of them it is.
        inked: Kinds that have ink, for the second reader to say what they are.
        is_contested: Whether another look takes it for something else.
    """
    scores = peaks.scores[index]
    kind = int(scores.argmax())
    box = peaks.boxes[index]
    reject = _REJECT_OF_KIND.get(kind)
    may_be_digit = reject is not None and kind not in inked and _may_be_digit(scores)
    has_ink = kind in inked or may_be_digit
    ink, tight = ink_of(view, box) if has_ink else (None, box)
    box_xywh = view.placed(tight)
    return Candidate(
        box_xywh,
        ink,
        scores,
        reject=None if may_be_digit else reject,
        likelier=reject if may_be_digit else None,
        is_cut=_is_cut(view, box_xywh, view.placed(box)),
        is_contested=is_contested,
        picture_height=view.picture_wh[1],
        view=view,
    )


def _is_cut(view: View, box_xywh: Box, seen_xywh: Box) -> bool:
    """Return whether the picture's border cuts a glyph off.

    Args:
        view: The look and its picture.
        box_xywh: Where its ink is, in pixels of the picture.
        seen_xywh: Where the network saw it.
    """
    if looking.fills_picture(box_xywh, view.picture_wh):
        return False
    bare = looking.FINDER.bare_px / view.scale
    return geometry.reaches_border(box_xywh, view.picture_wh) or (
        geometry.reaches_border(seen_xywh, view.picture_wh)
        and geometry.reaches_border(box_xywh, view.picture_wh, within=bare)
    )


def _may_be_digit(scores: NDArray[np.float32]) -> bool:
    """Return whether something else by these scores may be a digit all the same."""
    digit = scores[:NUM_DIGITS].max()
    return bool(
        digit
        >= max(
            looking.FINDER.may_be_share,
            looking.FINDER.may_be_of_likelier * scores.max(),
        )
    )
