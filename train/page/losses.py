"""The page network's losses, one an output, on any Keras backend.

Targets carry their weights along (see `targets.Targets`), so that crops in which
nothing can be judged somewhere fit `model.fit`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from edge_app.find.page.decode import NUM_GLYPHS
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from train.page.crops.targets import NUM_KINDS, TARGETS

Loss = Callable[[Any, Any], Any]
# Typed, unlike Keras' own decorator: a saved network finds its losses by name.
registered: Callable[[Loss], Loss] = keras.saving.register_keras_serializable(
    "edge-digits"
)
# There are twice as many printed glyphs as digits in the scenes, and all that they must
# teach is what is no digit.
_KIND_WEIGHTS = [TARGETS.print_weight if kind == Kind.PRINT else 1.0 for kind in Kind]


@dataclass(frozen=True)
class LossConstants:
    """Weights within the losses.

    Attributes:
        alpha: Law and Deng, CornerNet, 2018, equation 1.
        beta: From the same equation.
        ink_gain: Weight of ink over ground, which is twenty times as large.
        kind_weight: Of classifying a glyph, relative to finding it.
    """

    alpha: float = 2.0
    beta: float = 4.0
    ink_gain: float = 4.0
    kind_weight: float = 1.0


LOSS = LossConstants()


@registered
def kinds_loss(y_true: Any, y_pred: Any) -> Any:
    """Return the penalty-reduced focal loss of the kinds, by the weight of middles.

    In the middles themselves the softmax cross-entropy of the kinds is added: the focal
    loss soon lets go of a label that is a little likelier than the others.
    """
    heat, weight = y_true[..., :NUM_KINDS], y_true[..., NUM_KINDS:]
    is_middle = ops.cast(heat > 0.9999, y_pred.dtype)
    share = ops.sigmoid(y_pred)
    found = ops.power(1 - share, LOSS.alpha) * ops.log_sigmoid(y_pred)
    empty = (
        ops.power(1 - heat, LOSS.beta)
        * ops.power(share, LOSS.alpha)
        * ops.log_sigmoid(-y_pred)
    )
    by_kind = ops.convert_to_tensor(_KIND_WEIGHTS, y_pred.dtype)
    total = ops.sum(by_kind * weight * (is_middle * found + (1 - is_middle) * empty))
    glyphs = (by_kind * is_middle)[..., :NUM_GLYPHS]
    apart = ops.sum(glyphs * ops.log_softmax(y_pred[..., :NUM_GLYPHS], axis=-1))
    count = ops.maximum(ops.sum(by_kind * is_middle), 1.0)
    return -(total + LOSS.kind_weight * apart) / count


@registered
def sizes_loss(y_true: Any, y_pred: Any) -> Any:
    """Return the mean absolute error of the sizes where there are middles."""
    weight = y_true[..., NUM_SIZES:]
    away = ops.abs(y_true[..., :NUM_SIZES] - y_pred) * weight
    return ops.sum(away) / ops.maximum(ops.sum(weight), 1.0)


@registered
def ink_loss(y_true: Any, y_pred: Any) -> Any:
    """Return the cross-entropy of the ink, ink weighing more than ground."""
    ink, weight = y_true[..., :NUM_INK], y_true[..., NUM_INK:]
    weight = weight * (1 + LOSS.ink_gain * ink)
    entropy = -(ink * ops.log_sigmoid(y_pred) + (1 - ink) * ops.log_sigmoid(-y_pred))
    return ops.sum(weight * entropy) / ops.maximum(ops.sum(weight), 1.0)


LOSSES = {"kinds": kinds_loss, "sizes": sizes_loss, "ink": ink_loss}
LOSS_WEIGHTS = {"kinds": 1.0, "sizes": 0.5, "ink": 4.0}
