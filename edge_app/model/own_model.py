"""A model that no manifest of ours describes, tried on known digits before it is used.

What it takes for paper and for ink, and in which order it wants the pixels, no file
says. A model fed otherwise than it was trained reads every digit wrong, often with full
confidence, so it is fed in each usual way with digits that are known, drawn by us.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import ModelError
from edge_app.common.labels import NUM_DIGITS
from edge_app.model import manifest, normalize, runtime
from edge_app.sources.demo import demo_scene

log = logging.getLogger(__name__)

_SIDE_PX = normalize.INPUT_SIZE
# One more pixel in a file's shape than these has is another picture; ones stand for
# channels, in whichever place.
_PIXELS = ((_SIDE_PX, _SIDE_PX), (_SIDE_PX * _SIDE_PX,))


@dataclass(frozen=True)
class TrialConstants:
    """Digits that a model is tried on, and limits from which it passes.

    Attributes:
        least_right_share: Fewer read rightly are nonsense: a tenth is chance, and a
            linear model after a minute of training reads three fifths of them.
        no_worse: By which mean squared error, of 0 to 2, a way to feed a model is no
            worse than the best one. A network that was trained on 0 to 1 reads 0 to 255
            as well, only with too much confidence; the other way around it is unsure of
            everything, at 0.7 and more.
        rounding: By which integers take a probability beyond 1.
        canvas_px: Side of what the known digits are drawn on.
        pen_px: Width of their strokes.
        shift_bits: Fractional bits of coordinates.
        box_wh_px: The box that a digit is drawn in.
        slants: How far its top leans to the right, of its height.
        wobble: How much two of the same differ, of the height.
    """

    least_right_share: float = 0.5
    no_worse: float = 0.1
    rounding: float = 0.01
    canvas_px: int = 120
    pen_px: int = 9
    shift_bits: int = 4
    box_wh_px: tuple[int, int] = (50, 80)
    slants: tuple[float, ...] = (0.0, 0.2)
    wobble: float = 0.018


TRIAL = TrialConstants()


@dataclass(frozen=True)
class Pixels:
    """Pixel values that a model takes for paper and for full ink."""

    paper: float
    ink: float

    def __str__(self) -> str:
        """Return it for a message."""
        return f"{self.paper:g} for paper and {self.ink:g} for ink"

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return inputs of 0 for paper and 1 for ink as the model takes them."""
        gain = np.float32(self.ink - self.paper)
        return np.asarray(np.float32(self.paper) + gain * inputs, np.float32)


AS_OURS = Pixels(0.0, 1.0)
# The usual ways, ours first: as they are, signed, and with MNIST's mean of 0.1307 and
# deviation of 0.3081 taken out, as PyTorch's example does
# (https://github.com/pytorch/examples/blob/main/mnist/main.py).
USUAL = (
    AS_OURS,
    Pixels(-1.0, 1.0),
    Pixels(-0.1307 / 0.3081, (1 - 0.1307) / 0.3081),
    Pixels(0.0, 255.0),
    Pixels(1.0, 0.0),
    Pixels(1.0, -1.0),
    Pixels(255.0, 0.0),
)


class Fed:
    """A model of any layout and range of pixels as one of `(28, 28, 1)` in 0..1.

    Its scores are probabilities.
    """

    def __init__(
        self, model: runtime.Model, pixels: Pixels, *, gives_logits: bool
    ) -> None:
        """Feed a model of 28x28 pixels in any layout.

        Args:
            model: A loaded one.
            pixels: What it takes for paper and ink.
            gives_logits: Whether it leaves the softmax to others.
        """
        self.runtime = model.runtime
        self.input_shape: tuple[int, ...] = (_SIDE_PX, _SIDE_PX, 1)
        self.num_outputs = model.num_outputs
        self.input_dtype = model.input_dtype
        self._model = model
        self._pixels = pixels
        self._gives_logits = gives_logits

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `(N, num_outputs)` float32 scores of `(N, 28, 28, 1)` in 0..1."""
        shape = (len(inputs), *self._model.input_shape)
        scores = self._model(self._pixels(inputs).reshape(shape))
        return _softmax(scores) if self._gives_logits else scores


def fitted(model: runtime.Model, path: Path) -> Fed:
    """Return the model, fed as it reads known digits; one line of the log says how.

    Args:
        model: A loaded one.
        path: Its file, for messages.

    Raises:
        ModelError: It takes no 28x28 pixels, gives no ten scores or reads nonsense
            however it is fed.
    """
    _check_shape(model, path)
    inputs, labels = known_digits()
    trials: list[_Trial] = []
    for pixels in USUAL:
        trials.append(_tried(model, pixels, inputs, labels))
        if trials[-1].error <= TRIAL.no_worse:  # than the best that is possible
            break
    best = min(trials, key=lambda trial: trial.error)
    chosen = next(
        trial for trial in trials if trial.error <= best.error + TRIAL.no_worse
    )
    if chosen.num_right < TRIAL.least_right_share * len(labels):
        raise ModelError(
            f"{path}: reads {chosen.num_right} of {len(labels)} known digits rightly "
            "at best, whatever it takes for paper and for ink; a model that gives the "
            f"scores of the digits 0 to 9, in that order, expected, or {_CONVERT}"
        )
    scaled = "" if chosen.pixels == AS_OURS else f", fed with {chosen.pixels}"
    log.warning(
        "%s: no %s describes it, so its integrity and accuracy are not known; "
        "reads %d of %d known digits rightly%s",
        path,
        manifest.FILE_NAME,
        chosen.num_right,
        len(labels),
        scaled,
    )
    return chosen.model


_CONVERT = "convert one that `python -m train` made"


def known_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return digits in our handwritings, `(N, 28, 28, 1)` in 0..1, and their labels.

    They are drawn, made into inputs as everything that is read, and always the same.
    """
    rng = np.random.default_rng(0)
    images, labels = [], []
    for label, shapes in demo_scene.SHAPES.items():
        for shape in shapes:
            for slant in TRIAL.slants:
                strokes = demo_scene.strokes(shape, TRIAL.wobble, rng)
                ink = _drawn([demo_scene.slanted(stroke, slant) for stroke in strokes])
                images.append(normalize.normalize(ink))
                labels.append(label)
    return normalize.to_model_input(np.stack(images)), np.array(labels)


@dataclass(frozen=True)
class _Trial:
    """A trial of feeding a model in one way: how it reads the known digits.

    Attributes:
        model: The model, fed so.
        pixels: How it is fed.
        num_right: Digits whose likeliest label is the right one.
        error: Mean squared error of the probabilities, 0 to 2 (Brier, Verification of
            forecasts expressed in terms of probability, 1950).
    """

    model: Fed
    pixels: Pixels
    num_right: int
    error: float


def _tried(
    model: runtime.Model,
    pixels: Pixels,
    inputs: NDArray[np.float32],
    labels: NDArray[np.int64],
) -> _Trial:
    raw = np.nan_to_num(Fed(model, pixels, gives_logits=False)(inputs))
    is_share = raw.min() >= 0 and raw.max() <= 1 + TRIAL.rounding
    fed = Fed(model, pixels, gives_logits=not is_share)
    scores = raw if is_share else _softmax(raw)
    sums = np.maximum(scores.sum(axis=1, keepdims=True), 1e-6)
    right = np.eye(model.num_outputs)[labels]
    error = np.square(scores / sums - right).sum(axis=1).mean()
    num_right = int((scores.argmax(axis=1) == labels).sum())
    return _Trial(fed, pixels, num_right, float(error))


def _check_shape(model: runtime.Model, path: Path) -> None:
    """Check that a model takes one picture of ours and gives scores of digits.

    Raises:
        ModelError: It does not.
    """
    sides = tuple(side for side in model.input_shape if side != 1)
    if sides not in _PIXELS:
        raise ModelError(
            f"{path}: an input of shape ({_SIDE_PX}, {_SIDE_PX}, 1), or of as many "
            f"pixels in another layout, expected, got {model.input_shape}; {_CONVERT}"
        )
    if model.num_outputs < NUM_DIGITS:
        raise ModelError(
            f"{path}: a model with at least {NUM_DIGITS} outputs expected, got "
            f"{model.num_outputs}"
        )


def _drawn(strokes: list[demo_scene.Points]) -> NDArray[np.uint8]:
    """Return ink, `(120, 120)` uint8, bright, of strokes in the 1x1 box."""
    ink = np.zeros((TRIAL.canvas_px, TRIAL.canvas_px), np.uint8)
    corner = (TRIAL.canvas_px - np.array(TRIAL.box_wh_px)) / 2
    for stroke in strokes:
        points = np.rint(
            (stroke * TRIAL.box_wh_px + corner) * (1 << TRIAL.shift_bits)
        ).astype(np.int32)
        cv2.polylines(
            ink,
            [points],
            False,
            255,
            TRIAL.pen_px,
            lineType=cv2.LINE_AA,
            shift=TRIAL.shift_bits,
        )
    return ink


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)
