"""Find digits with the page network: looks at a picture, from coarse to fine.

A look is the picture at one size. The network finds digits of about 9 to 56 pixels in
it, and says where smaller and larger ones stand: only where they do is there a finer or
a coarser look.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import geometry
from edge_app.find import decode
from edge_app.find.candidate import Candidate, Reject
from edge_app.find.decode import Maps
from edge_app.find.maps import NUM_INK, NUM_SIZES, STRIDE, Kind
from edge_app.find.verdict import Verdict
from edge_app.runtime import PictureModel, Quantization

# Pixels of a picture's longer side. The finest look is no larger; the first one is half
# of the finest, but no smaller.
FINEST, FIRST = 2048, 320
_COARSEST = 40  # pixels of the longer side: a digit that fills it is well in range
_MULTIPLE = 16  # the network's coarsest cells
_ROOM = 24  # pixels around small writing that a finer look also shows
_BEST_HEIGHT = 26.0  # pixels: about the middle of the range, where a look is surest

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
class _Look:
    """A part of the picture at one size.

    Attributes:
        scale: Pixels of the look a pixel of the picture.
        left, top: Where the part begins, in pixels of the picture.
        maps: What the network says.
        peaks: What stands there.
    """

    scale: float
    left: int
    top: int
    maps: Maps
    peaks: decode.Peaks


class PageFinder:
    """Finds what stands on frames with one page network.

    Attributes:
        name: Of the network: `page` or `page-lite`.
        verdict: How its scores and the second reader's become one.
    """

    def __init__(
        self,
        model: PictureModel,
        *,
        name: str = "page",
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        """Find with a loaded network.

        Args:
            model: From `runtime.load_pictures`.
            name: Of the network.
            thresholds: From the model's manifest: `peak`, the least probability of a
                kind, and what `Verdict` takes; `None` for those of a network that was
                not judged yet.

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
        given = dict(thresholds or {})
        self._threshold = given.pop("peak", 0.3)
        self.verdict = Verdict(**given)

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
        order = np.argsort(-fit, kind="stable")
        kept = order[decode.suppressed(every[order])]
        size_wh = gray.shape[1], gray.shape[0]
        return [_candidate(looks[owners[i][0]], owners[i][1], size_wh) for i in kept]

    def evidence(self, frame: NDArray[np.uint8]) -> float:
        """Return how much a frame, as it is turned, looks like upright digits.

        The sum of its digits' probabilities less that of what is no digit; a page that
        lies on its side has more of the latter.
        """
        total = 0.0
        for candidate in self(frame):
            if candidate.scores is not None:
                total += float(candidate.scores.max())
        return total

    def _looks(self, gray: NDArray[np.uint8]) -> Iterator[_Look]:
        longer = max(gray.shape)
        finest = min(1.0, FINEST / longer)
        scale = finest
        if finest * longer >= 2 * FIRST:
            scale = finest / 2
        first = self._look(gray, scale)
        yield first
        is_bare = not len(first.peaks.boxes)
        # Finer, where there is small writing, or nothing that the first look found.
        look = first
        while look.scale < finest:
            window = _small(look, self._threshold, gray.shape)
            if window is None:
                if not is_bare:
                    break
                window = (0, 0, gray.shape[1], gray.shape[0])
            look = self._look(gray, look.scale * 2, window)
            yield look
        look = first
        while look.scale * longer > _COARSEST:
            if not is_bare and not _has(look, Kind.LARGE, self._threshold):
                break
            look = self._look(gray, look.scale / 2)
            is_bare = is_bare and not len(look.peaks.boxes)
            yield look

    def _look(
        self,
        gray: NDArray[np.uint8],
        scale: float,
        window: geometry.Box | None = None,
    ) -> _Look:
        x, y, w, h = window or (0, 0, gray.shape[1], gray.shape[0])
        part = gray[y : y + h, x : x + w]
        if scale != 1.0:
            part = geometry.scaled(part, scale)
        rows, columns = part.shape
        down, right = -rows % _MULTIPLE, -columns % _MULTIPLE
        if down or right:
            padded = cv2.copyMakeBorder(part, 0, down, 0, right, cv2.BORDER_REPLICATE)
            part = np.asarray(padded, np.uint8)
        maps = maps_of(self._model(np.ascontiguousarray(part)))
        return _Look(scale, x, y, maps, decode.peaks(maps, self._threshold))


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
    longer = np.maximum(peaks.boxes[:, 2], peaks.boxes[:, 3])
    octaves = np.abs(np.log2(np.maximum(longer, 1) / _BEST_HEIGHT))
    return np.asarray(peaks.scores.max(axis=1) - 0.3 * octaves, np.float32)


def _has(look: _Look, kind: Kind, threshold: float) -> bool:
    return bool(look.maps.kinds[..., kind].max() >= 255 * threshold)


def _small(
    look: _Look, threshold: float, shape: tuple[int, ...]
) -> geometry.Box | None:
    """Return the part of the picture that holds small writing; `None` without any."""
    is_small = look.maps.kinds[..., Kind.SMALL] >= 255 * threshold
    if not is_small.any():
        return None
    (rows,), (columns,) = (np.nonzero(is_small.any(axis=axis)) for axis in (1, 0))
    cell = STRIDE / look.scale
    room = _ROOM / look.scale
    left = max(0, int(look.left + columns[0] * cell - room))
    top = max(0, int(look.top + rows[0] * cell - room))
    right = min(shape[1], int(look.left + (columns[-1] + 1) * cell + room))
    bottom = min(shape[0], int(look.top + (rows[-1] + 1) * cell + room))
    return left, top, right - left, bottom - top


def _candidate(look: _Look, index: int, size_wh: tuple[int, int]) -> Candidate:
    scores = look.peaks.scores[index]
    kind = int(scores.argmax())
    box = look.peaks.boxes[index]
    ink = None
    if kind < decode.NUM_DIGITS:
        ink, box = _with_ink(look.maps, box)
    left, top = box[:2] / look.scale + (look.left, look.top)
    right, bottom = (left, top) + box[2:] / look.scale
    x, y = max(0, round(float(left))), max(0, round(float(top)))
    box_xywh = (
        x,
        y,
        max(1, min(size_wh[0], round(float(right))) - x),
        max(1, min(size_wh[1], round(float(bottom))) - y),
    )
    # Each kind was judged by itself: together they are no more than certain.
    shares = scores[: decode.NUM_DIGITS] / max(1.0, float(scores.sum()))
    return Candidate(
        box_xywh, ink, shares, sign=SIGNS.get(kind), reject=_REJECTS.get(kind)
    )


def _with_ink(
    maps: Maps, box: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a digit's ink, and its box tightened around it.

    Connected ink whose larger part lies within the box is the digit's; of the others',
    what reaches into the box is cut off.
    """
    x, y, w, h = (float(n) for n in box)
    room = 1 + round(0.12 * max(w, h))
    x0, y0 = int(np.floor(x)) - room, int(np.floor(y)) - room
    x1, y1 = int(np.ceil(x + w)) + room, int(np.ceil(y + h)) + room
    ink = maps.ink_of((x0, y0, x1, y1))
    _, mask = cv2.threshold(ink, 127, 255, cv2.THRESH_BINARY)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inner = np.zeros_like(mask)
    inner[room - 1 : y1 - y0 - room + 1, room - 1 : x1 - x0 - room + 1] = 1
    inside = np.bincount(labels.ravel(), weights=inner.ravel(), minlength=count)
    kept = inside > 0.5 * stats[:, cv2.CC_STAT_AREA]
    kept[0] = False
    core = inner.astype(bool)
    part = inside > 0
    part[0] = False
    mine = kept[labels] | (part[labels] & core)
    if not mine.any():
        return np.zeros((1, 1), np.uint8), box
    near = cv2.dilate(mine.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    free = kept[labels] | (labels == 0) | core
    alone = np.where(near & free, ink, 0).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(mine.astype(np.uint8))
    pixels = alone[
        max(0, top - 1) : top + height + 1, max(0, left - 1) : left + width + 1
    ]
    return pixels, np.array([x0 + left, y0 + top, width, height], np.float32)
