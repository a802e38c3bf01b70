"""Find digits with the page network: looks at a picture, from coarse to fine.

A look is the picture at one size. The network finds digits of about 9 to 56 pixels in
it, and says where smaller and larger ones stand: only where they do is there a finer or
a coarser look. Where two looks see different things, both are handed on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.find.candidate import Candidate
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.page import decode, looking
from edge_app.find.page.glyph_candidate import candidate_of
from edge_app.find.page.ink import View
from edge_app.find.page.looking import PageLook
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, STRIDE, Kind
from edge_app.find.separators.separator_reader import SeparatorReader
from edge_app.find.touching import Splitting
from edge_app.find.verdict import Verdict
from edge_app.model.classify import NUM_DIGITS
from edge_app.model.runtime import PictureModel

MULTIPLE = 16  # pixels: the network's coarsest cells
SPLIT = "split_"  # before the names of `Splitting`'s weights in the manifest


class PageFinder:
    """Finds what stands on frames with one page network.

    Attributes:
        name: Of the network: `page` or `page-lite`.
        verdict: How its scores and the second reader's become one.
        splitting: Whether touching digits are read in pieces.
        context: Looks at candidates again, in their places; `None` where nothing does.
        separators: Tells what stands between digits; `None` where nothing does.
    """

    def __init__(
        self,
        model: PictureModel,
        *,
        name: str = "page",
        printed: bool = False,
        thresholds: Mapping[str, Any] | None = None,
        context: ContextReader | None = None,
        separators: SeparatorReader | None = None,
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
            separators: Tells what stands between digits.

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
        splitting = taken_out(given, SPLIT)
        self.verdict: Verdict | None = Verdict(**given)
        self.splitting: Splitting | None = Splitting(**splitting)
        self.context = context
        self.separators = separators

    def __call__(self, frame: NDArray[np.uint8]) -> list[Candidate]:
        """Return the candidates of a frame `(H, W, 3)` uint8, BGR, the surest first."""
        gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
        looks = list(self._looks(gray))
        views = [
            View(gray, look.maps, look.scale, (look.left, look.top)) for look in looks
        ]
        return [
            candidate_of(
                views[look],
                looks[look].peaks,
                index,
                self._inked,
                is_contested=is_contested,
            )
            for look, index, is_contested in _believed(looks)
        ]

    def _looks(self, gray: NDArray[np.uint8]) -> Iterator[PageLook]:
        longer = max(gray.shape)
        whole = min(1.0, looking.FINDER.finest_px / longer)
        finest = whole if longer > looking.FINDER.enlarged_px else 2.0
        first = self._look(
            gray, whole / 2 if longer >= 2 * looking.FINDER.first_px else whole
        )
        yield first
        has_digits = looking.shows_digits(first)
        for look in self._finer(gray, first, finest):
            has_digits = has_digits or looking.shows_digits(look)
            yield look
        # Coarser, where there is large writing, or no digit that another look found.
        look = first
        while look.scale * longer > looking.FINDER.coarsest_px:
            if has_digits and not self._is_large(look):
                break
            look = self._seen(geometry.scaled(look.picture, 0.5), look.scale / 2)
            has_digits = has_digits or looking.shows_digits(look)
            yield look

    def _finer(
        self, gray: NDArray[np.uint8], look: PageLook, finest: float
    ) -> Iterator[PageLook]:
        """Look more closely where a look shows small writing, as often as needed."""
        if look.scale >= finest:
            return
        for window in self._small(look, gray.shape):
            finer = self._look(gray, min(finest, look.scale * 2), window)
            yield finer
            yield from self._finer(gray, finer, finest)

    def _small(self, look: PageLook, shape: tuple[int, ...]) -> list[geometry.Box]:
        """Return the parts of the picture that a finer look sees better."""
        cells = look.maps.kinds[..., Kind.SMALL] >= 255 * self._threshold
        hints = look.hints
        is_small = (hints.kinds < NUM_DIGITS) & (
            looking.longer(hints)
            < looking.FINDER.best_glyph_px / looking.FINDER.next_look_ratio
        )
        for x, y, w, h in hints.boxes[is_small] / STRIDE:
            top, left = max(0, int(y)), max(0, int(x))
            cells[top : int(np.ceil(y + h)), left : int(np.ceil(x + w))] = True
        return looking.windows(cells, look, shape) if cells.any() else []

    def _is_large(self, look: PageLook) -> bool:
        """Return whether there is writing that a coarser look sees better."""
        is_digit = look.peaks.kinds < NUM_DIGITS
        return bool(
            (look.maps.kinds[..., Kind.LARGE] >= 255 * self._threshold).any()
            or (
                is_digit
                & (
                    looking.longer(look.peaks)
                    > looking.FINDER.best_glyph_px * looking.FINDER.next_look_ratio
                )
            ).any()
        )

    def _look(
        self,
        gray: NDArray[np.uint8],
        scale: float,
        window: geometry.Box | None = None,
    ) -> PageLook:
        x, y, w, h = window or (0, 0, gray.shape[1], gray.shape[0])
        part = geometry.scaled(gray[y : y + h, x : x + w], scale)
        look = self._seen(part, scale, (x, y))
        if window is None:
            return look
        hints = look.hints.at(~looking.is_cut_by_window(look, window, gray.shape))
        return replace(look, hints=hints, peaks=hints.over(self._threshold))

    def _seen(
        self,
        picture: NDArray[np.uint8],
        scale: float,
        corner_xy: tuple[int, int] = (0, 0),
    ) -> PageLook:
        rows, columns = picture.shape
        down, right = -rows % MULTIPLE, -columns % MULTIPLE
        padded = picture
        if down or right:
            padded = np.asarray(
                cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REPLICATE),
                np.uint8,
            )
        maps = decode.maps_of(self._model(np.ascontiguousarray(padded)))
        hints = decode.peaks(maps, looking.FINDER.hint_of_threshold * self._threshold)
        found = hints.over(self._threshold)
        return PageLook(scale, *corner_xy, picture, maps, hints, found)


def taken_out(thresholds: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Take those with a prefix out of the thresholds, and return them without it."""
    return {
        name.removeprefix(prefix): thresholds.pop(name)
        for name in list(thresholds)
        if name.startswith(prefix)
    }


def _believed(looks: Sequence[PageLook]) -> list[tuple[int, int, bool]]:
    """Return the peaks of all looks that are handed on: look, row, if it is contested.

    Each glyph once, from the look that sees it best; then the digits that another look
    takes for something else.
    """
    found = [look.peaks for look in looks]
    owners = [(i, row) for i, peaks in enumerate(found) for row in range(len(peaks))]
    if not owners:
        return []
    fit = np.concatenate([looking.fit(peaks) for peaks in found])
    order = np.argsort(-fit, kind="stable")
    boxes = np.concatenate([look.placed_boxes() for look in looks])[order]
    is_digit = np.concatenate([peaks.kinds < NUM_DIGITS for peaks in found])[order]
    seen_by = np.array([look for look, _ in owners])[order]
    kept = decode.suppressed(boxes, is_digit)
    again = decode.contested(boxes, is_digit, seen_by, kept)
    return [
        (*owners[i], is_contested)
        for rows, is_contested in ((kept, False), (again, True))
        for i in order[rows]
    ]
