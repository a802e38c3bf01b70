"""What decides a training."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_app.common.errors import TrainingError
from train.data import mnist
from train.networks.architectures import ARCHITECTURES

_EDGE = {"epochs": 80, "batch_size": 256, "learning_rate": 3e-3, "digit_share": 0.85}
# What differs from the defaults below, by architecture.
RECIPES: dict[str, dict[str, Any]] = {
    "report": {"epochs": 30, "ema_momentum": 0.0},
    "report-algorithm": {"epochs": 20, "ema_momentum": 0.0},
    "lenet5": {"epochs": 20, "ema_momentum": 0.0},
    "edge": _EDGE,
    "edge-small": _EDGE,
    "teacher": {"epochs": 26, "learning_rate": 2e-3},
    "teacher-deep": {"epochs": 26, "learning_rate": 2e-3},
}
SCHEDULES = ("cosine", "plateau", "constant")
SCALINGS = ("unit", "standard")


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        arch: A key of `ARCHITECTURES`.
        epochs: Passes over the images.
        batch_size: Images a step.
        learning_rate: Adam's first rate.
        schedule: `cosine`: the rate falls to 0 along a cosine; `plateau`: it is halved
            when the validation loss has not fallen for 3 epochs; `constant`.
        patience: Epochs without a lower validation loss that end the training; 0 for
            none.
        dropout: Rate before the last layer; `None` for the architecture's own.
        label_smoothing: Share of each target spread over all outputs.
        ema_momentum: Of the moving average of weights that is validated and kept; 0
            for none.
        scaling: `unit`: the input as it is, 0..1; `standard`: less the training
            images' mean, over their standard deviation, within the model.
        split: `standard`: MNIST's own 60,000 and 10,000; `stratified80`: 80% and 20% of
            all 70,000.
        validation_share: Of the training images, those that choose the epoch.
        augment: Whether training images are varied.
        strength: How strongly at first, 0..1; half of it at the end.
        repeats: How often varied images are fitted before others are made.
        start_from: Run folder whose network the first weights are; `None` for random
            ones.
        teachers: Run folders of the networks to imitate.
        digit_share: Of what will be read, for a network with a reject output: more
            than of the images that are fitted, where what is none must be learnt.
            `None` for no more.
        hands: Whether pen strokes of real hands are among the data.
        extra: Folder of more training images, labeled by folder; `None` for none.
        seed: Of everything random.
    """

    arch: str = "edge"
    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    patience: int = 0
    dropout: float | None = None
    label_smoothing: float = 0.0
    ema_momentum: float = 0.999
    scaling: str = "unit"
    split: str = "standard"
    validation_share: float = 0.1
    augment: bool = True
    strength: float = 1.0
    repeats: int = 1
    start_from: str | None = None
    teachers: tuple[str, ...] = ()
    digit_share: float | None = None
    hands: bool = False
    extra: str | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        for name, known in (
            ("arch", tuple(ARCHITECTURES)),
            ("schedule", SCHEDULES),
            ("scaling", SCALINGS),
            ("split", mnist.SPLITS),
        ):
            if (value := getattr(self, name)) not in known:
                raise ValueError(
                    f"{name} {value!r}: one of {', '.join(known)} expected"
                )
        for name in ("epochs", "batch_size", "repeats"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: at least 1 expected")
        for name in ("seed", "patience"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} {getattr(self, name)}: 0 or more expected")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate {self.learning_rate}: above 0 expected")
        if not 0 < self.validation_share < 1:
            raise ValueError(
                f"validation_share {self.validation_share}: between 0 and 1 expected"
            )
        if not 0 <= self.strength <= 1:
            raise ValueError(f"strength {self.strength}: 0 to 1 expected")
        if self.digit_share is not None and not 0 < self.digit_share < 1:
            raise ValueError(
                f"digit_share {self.digit_share}: between 0 and 1 expected"
            )
        for name in ("dropout", "label_smoothing", "ema_momentum"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1:
                raise ValueError(f"{name} {value}: 0 to below 1 expected")


def chosen(given: Mapping[str, Any]) -> Settings:
    """Return settings with these values, the others at their defaults.

    Raises:
        TrainingError: A value is out of its range.
    """
    recipe_values = RECIPES.get(given.get("arch", Settings.arch), {})
    try:
        return Settings(**{**recipe_values, **given})
    except ValueError as error:
        raise TrainingError(str(error)) from error


def recipe(arch: str) -> Settings:
    """Return the settings of an architecture when none is given."""
    return chosen({"arch": arch})
