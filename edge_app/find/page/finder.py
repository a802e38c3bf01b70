"""Find digits with the page network: looks at a picture, from coarse to fine.

A look is the picture at one size. The network finds digits of about 9 to 56 pixels in
it, and says where smaller and larger ones stand: only where they do is there a finer or
a coarser look.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.find.candidate import Candidate, Reject
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.page import decode
from edge_app.find.page.decode import Maps
from edge_app.find.page.ink import View, ink_of
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, Kind
from edge_app.find.touching import Splitting
from edge_app.find.verdict import Verdict
from edge_app.model.classify import NUM_DIGITS
from edge_app.model.runtime import PictureModel, Quantization

MULTIPLE = 16  # pixels: the network's coarsest cells
SPLIT = "split_"  # before the names of `Splitting`'s weights in the manifest

SIGNS = {
    int(Kind.SLASH): "/",
    int(Kind.MINUS): "-",
    int(Kind.POINT): ".",
    int(Kind.COMMA): ",",
    int(Kind.COLON): ":",
}
_REJECTS: dict[int, Reject] = {
    int(Kind.LETTER): "letter",
    int(Kind.SYMBOL): "letter",
    int(Kind.PRINT): "print",
}


@dataclass(frozen=True)
class FinderConstants:
    """At which sizes a picture is looked at, and what is taken from a look.

    `python -m benchmarks ablation --constants 0.25` moves each of them.

    Attributes:
        finest_px: Longer side of the largest look.
        first_px: Longer side that the first look has at least, if it is at half of the
            largest one's size.
        enlarged_px: Longer side of pictures that are also seen twice as large.
        coarsest_px: Longer side of the smallest look: a digit that fills it is well in
            range.
        window_step_cells: Sides of parts are multiples of it: each size needs memory of
            its own.
        window_room_px: Room around small writing that a finer look also shows, in
            pixels of the coarser one.
        best_glyph_px: Longer side of a digit about in the middle of a look's range.
        octave: Ratio to that beyond which the next look shows a digit nearer to it.
        sure_share: Probability of a digit beyond which no coarser look is needed.
        fills_height: Of the picture's height: what is so high is not cut off by its
            border.
        bare_px: Paper between ink and border that makes a digit whole, in pixels of the
            look.
        hint_of_threshold: Of the threshold: what may be a digit and is worth a finer
            look.
        may_be_share: Least probability of a digit in what is taken for a letter or
            print, to be looked at more closely all the same: so are half of the digits
            that are taken for something else in validation scenes, and below it more
            than twenty others come with each.
        may_be_of_likelier: Least share of the likelier kind's probability, likewise.
    """

    finest_px: int = 2048
    first_px: int = 320
    enlarged_px: int = 640
    coarsest_px: int = 40
    window_step_cells: int = 16
    window_room_px: int = 24
    best_glyph_px: float = 26.0
    octave: float = 2**0.5
    sure_share: float = 0.5
    fills_height: float = 0.6
    bare_px: float = 2.0
    hint_of_threshold: float = 0.5
    may_be_share: float = 0.12
    may_be_of_likelier: float = 0.3


FINDER = FinderConstants()


@dataclass(frozen=True)
class _Look:
    """A part of the picture at one size.

    Attributes:
        scale: Pixels of the look a pixel of the picture.
        left, top: Where the part begins, in pixels of the picture.
        picture: The part at that size, `(H, W)` uint8, gray.
        maps: What the network says.
        hints: What may stand there.
        peaks: What of it is sure enough.
    """

    scale: float
    left: int
    top: int
    picture: NDArray[np.uint8]
    maps: Maps
    hints: decode.Peaks
    peaks: decode.Peaks


class PageFinder:
    """Finds what stands on frames with one page network.

    Attributes:
        name: Of the network: `page` or `page-lite`.
        verdict: How its scores and the second reader's become one.
        splitting: Whether touching digits are read in pieces.
        context: Looks at candidates again, in their places; `None` where nothing does.
    """

    def __init__(
        self,
        model: PictureModel,
        *,
        name: str = "page",
        printed: bool = False,
        thresholds: Mapping[str, Any] | None = None,
        context: ContextReader | None = None,
    ) -> None:
        """Find with a loaded network.

        Args:
            model: From `runtime.load_pictures`.
            name: Of the network.
            printed: Whether print has ink, for the second reader to say what it is.
            thresholds: From the model's manifest: `peak`, the least probability of a
                kind, what `Verdict` takes, and what `Splitting` takes after `split_`;
                `None` for those of a network that was not judged yet.
            context: Looks at candidates again, in their places.

        Raises:
            ValueError: The network's maps are not a page network's.
        """
        expected = {len(Kind), NUM_SIZES, NUM_INK}
        if set(model.num_channels) != expected:
            raise ValueError(
                f"maps of {sorted(expected)} channels expected, got "
                f"{sorted(model.num_channels)}; convert a network that "
                "`python -m train --arch page` made"
            )
        self.name = name
        self._model = model
        self._inked = {*range(NUM_DIGITS), *([Kind.PRINT] if printed else [])}
        given = dict(thresholds or {})
        self._threshold = given.pop("peak", 0.3)
        splitting = {
            name.removeprefix(SPLIT): given.pop(name)
            for name in list(given)
            if name.startswith(SPLIT)
        }
        self.verdict: Verdict | None = Verdict(**given)
        self.splitting: Splitting | None = Splitting(**splitting)
        self.context = context

    def __call__(self, frame: NDArray[np.uint8]) -> list[Candidate]:
        """Return the candidates of a frame `(H, W, 3)` uint8, BGR, the surest first."""
        gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
        looks = list(self._looks(gray))
        boxes, fits, owners = [], [], []
        for index, look in enumerate(looks):
            found = look.peaks
            boxes.append(
                found.boxes / look.scale + (look.left, look.top, 0, 0)
                if len(found.boxes)
                else found.boxes
            )
            fits.append(_fit(found))
            owners += [(index, i) for i in range(len(found.boxes))]
        if not owners:
            return []
        every, fit = np.concatenate(boxes), np.concatenate(fits)
        is_digit = np.concatenate([look.peaks.kinds < NUM_DIGITS for look in looks])
        order = np.argsort(-fit, kind="stable")
        kept = order[decode.suppressed(every[order], is_digit[order])]
        views = [
            View(gray, look.maps, look.scale, (look.left, look.top)) for look in looks
        ]
        return [
            _candidate(views[look], looks[look].peaks, index, self._inked)
            for look, index in (owners[i] for i in kept)
        ]

    def _looks(self, gray: NDArray[np.uint8]) -> Iterator[_Look]:
        longer = max(gray.shape)
        whole = min(1.0, FINDER.finest_px / longer)
        finest = whole if longer > FINDER.enlarged_px else 2.0
        first = self._look(gray, whole / 2 if longer >= 2 * FINDER.first_px else whole)
        yield first
        has_digits = _shows_digits(first)
        # Finer, where there is small writing.
        look = first
        while look.scale < finest:
            window = self._small(look, gray.shape)
            if window is None:
                break
            look = self._look(gray, min(finest, look.scale * 2), window)
            has_digits = has_digits or _shows_digits(look)
            yield look
        # Coarser, where there is large writing, or no digit that another look found.
        look = first
        while look.scale * longer > FINDER.coarsest_px:
            if has_digits and not self._is_large(look):
                break
            look = self._seen(geometry.scaled(look.picture, 0.5), look.scale / 2)
            has_digits = has_digits or _shows_digits(look)
            yield look

    def _small(self, look: _Look, shape: tuple[int, ...]) -> geometry.Box | None:
        """Return the part of the picture with writing that a finer look sees better."""
        cells = look.maps.kinds[..., Kind.SMALL] >= 255 * self._threshold
        hints = look.hints
        is_small = (hints.kinds < NUM_DIGITS) & (
            _longer(hints) < FINDER.best_glyph_px / FINDER.octave
        )
        for x, y, w, h in hints.boxes[is_small] / STRIDE:
            top, left = max(0, int(y)), max(0, int(x))
            cells[top : int(np.ceil(y + h)), left : int(np.ceil(x + w))] = True
        if not cells.any():
            return None
        return _window(cells, look, shape)

    def _is_large(self, look: _Look) -> bool:
        """Return whether there is writing that a coarser look sees better."""
        is_digit = look.peaks.kinds < NUM_DIGITS
        return bool(
            (look.maps.kinds[..., Kind.LARGE] >= 255 * self._threshold).any()
            or (
                is_digit & (_longer(look.peaks) > FINDER.best_glyph_px * FINDER.octave)
            ).any()
        )

    def _look(
        self,
        gray: NDArray[np.uint8],
        scale: float,
        window: geometry.Box | None = None,
    ) -> _Look:
        x, y, w, h = window or (0, 0, gray.shape[1], gray.shape[0])
        part = geometry.scaled(gray[y : y + h, x : x + w], scale)
        look = self._seen(part, scale, (x, y))
        if window is None:
            return look
        hints = look.hints.at(~_is_cut_by_window(look, window, gray.shape))
        return replace(look, hints=hints, peaks=hints.over(self._threshold))

    def _seen(
        self,
        picture: NDArray[np.uint8],
        scale: float,
        corner_xy: tuple[int, int] = (0, 0),
    ) -> _Look:
        rows, columns = picture.shape
        down, right = -rows % MULTIPLE, -columns % MULTIPLE
        padded = picture
        if down or right:
            padded = np.asarray(
                cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REPLICATE),
                np.uint8,
            )
        maps = maps_of(self._model(np.ascontiguousarray(padded)))
        hints = decode.peaks(maps, FINDER.hint_of_threshold * self._threshold)
        found = hints.over(self._threshold)
        return _Look(scale, *corner_xy, picture, maps, hints, found)


def maps_of(outputs: dict[int, tuple[NDArray[np.generic], Quantization]]) -> Maps:
    """Return a network's outputs as probabilities and sizes."""
    sizes, sizes_quantization = outputs[NUM_SIZES]
    return Maps(
        _probabilities(*outputs[len(Kind)]),
        sizes_quantization.dequantize(sizes),
        _probabilities(*outputs[NUM_INK]),
    )


def _probabilities(
    logits: NDArray[np.generic], quantization: Quantization
) -> NDArray[np.uint8]:
    """Return 255 times the logistic function of logits, by a table where they fit."""
    if logits.dtype == np.int8:
        every = np.arange(-128, 128).astype(np.int8)
        table = _logistic(quantization.dequantize(every))
        flat = logits.view(np.uint8).reshape(len(logits), -1)
        # Indexed by the bits as unsigned: 0 to 127, then -128 to -1.
        table = np.roll(table, 128)
        return np.asarray(cv2.LUT(flat, table), np.uint8).reshape(logits.shape)
    return _logistic(np.asarray(logits, np.float32))


def _logistic(logits: NDArray[np.float32]) -> NDArray[np.uint8]:
    shares = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return np.rint(255 * shares).astype(np.uint8)


def _fit(peaks: decode.Peaks) -> NDArray[np.float32]:
    """Return how much each peak is to be believed against other looks' peaks."""
    if not len(peaks.boxes):
        return np.zeros(0, np.float32)
    octaves = np.abs(np.log2(np.maximum(_longer(peaks), 1) / FINDER.best_glyph_px))
    return np.asarray(peaks.scores.max(axis=1) - 0.3 * octaves, np.float32)


def _longer(peaks: decode.Peaks) -> NDArray[np.float32]:
    """Return the longer side of each box, in pixels of the look."""
    return np.maximum(peaks.boxes[:, 2], peaks.boxes[:, 3])


def _shows_digits(look: _Look) -> bool:
    """Return whether a look found a digit that no other look need find."""
    return bool((look.peaks.over(FINDER.sure_share).kinds < NUM_DIGITS).any())


def _is_cut_by_window(
    look: _Look, window: geometry.Box, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return what of a part of a picture `(H, W)` its sides may cut: `(N,)`.

    An earlier look shows it whole; here the bowl of a six is a zero.
    """
    x, y, w, h = window
    starts, ends = look.hints.boxes[:, :2], look.hints.boxes.reshape(-1, 2, 2).sum(1)
    begins_within = np.array((x, y)) > 0
    ends_within = np.array((x + w, y + h)) < shape[1::-1]
    most = np.array(look.picture.shape[::-1]) - STRIDE
    is_cut = (begins_within & (starts < STRIDE)) | (ends_within & (ends > most))
    return np.asarray(is_cut.any(axis=1))


def _window(
    cells: NDArray[np.bool_], look: _Look, shape: tuple[int, ...]
) -> geometry.Box:
    """Return the part of a picture `(H, W)` that holds cells of a look, with room."""
    (rows,), (columns,) = (np.nonzero(cells.any(axis=axis)) for axis in (1, 0))
    cell, room = STRIDE / look.scale, FINDER.window_room_px / look.scale
    left, width = _span(
        look.left + columns[0] * cell - room,
        look.left + (columns[-1] + 1) * cell + room,
        shape[1],
        cell,
    )
    top, height = _span(
        look.top + rows[0] * cell - room,
        look.top + (rows[-1] + 1) * cell + room,
        shape[0],
        cell,
    )
    return left, top, width, height


def _span(start: float, end: float, most: int, cell: float) -> tuple[int, int]:
    """Return where a part of a side begins and its length, one of few lengths."""
    step = FINDER.window_step_cells * cell
    length = min(most, int(np.ceil((end - start) / step) * step))
    return min(max(0, int(start)), most - length), length


def _candidate(
    view: View, peaks: decode.Peaks, index: int, inked: Container[int]
) -> Candidate:
    scores = peaks.scores[index]
    kind = int(scores.argmax())
    box = peaks.boxes[index]
    reject = _REJECTS.get(kind)
    may_be_digit = reject is not None and kind not in inked and _may_be_digit(scores)
    has_ink = kind in inked or may_be_digit
    ink, tight = ink_of(view, box) if has_ink else (None, box)
    box_xywh, seen_xywh = view.placed(tight), view.placed(box)
    # What fills a picture, such as a strip, is seldom cut by its border.
    bare = FINDER.bare_px / view.scale
    is_cut = box_xywh[3] < FINDER.fills_height * view.picture_wh[1] and (
        geometry.reaches_border(box_xywh, view.picture_wh)
        or (
            geometry.reaches_border(seen_xywh, view.picture_wh)
            and geometry.reaches_border(box_xywh, view.picture_wh, within=bare)
        )
    )
    return Candidate(
        box_xywh,
        ink,
        scores,
        sign=(sign := SIGNS.get(kind)),
        sign_share=float(scores[kind]) if sign else 0.0,
        reject=None if may_be_digit else reject,
        likelier=reject if may_be_digit else None,
        is_cut=is_cut,
        picture_height=view.picture_wh[1],
        view=view,
    )


def _may_be_digit(scores: NDArray[np.float32]) -> bool:
    """Return whether something else by these scores may be a digit all the same."""
    digit = scores[:NUM_DIGITS].max()
    return bool(
        digit >= max(FINDER.may_be_share, FINDER.may_be_of_likelier * scores.max())
    )
