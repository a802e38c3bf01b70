"""The settings of a training."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_app.common import option_types
from edge_app.common.errors import TrainingError
from edge_app.common.option_fields import option
from train.data import mnist

# What differs from the defaults below, by architecture.
RECIPES: dict[str, dict[str, Any]] = {
    "report": {"epochs": 30, "ema_momentum": 0.0},
    "report-algorithm": {"epochs": 20, "ema_momentum": 0.0},
    "lenet5": {"epochs": 20, "ema_momentum": 0.0},
    "edge": {"batch_size": 256, "learning_rate": 3e-3, "digit_share": 0.85},
    "teacher": {"epochs": 26, "learning_rate": 2e-3},
    "teacher-deep": {"epochs": 26, "learning_rate": 2e-3},
}
SCHEDULES = ("cosine", "plateau", "constant")
SCALINGS = ("unit", "standard")


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        hands: Whether pen strokes of real hands are among the data.
    """

    arch: str = option("edge", "which network")
    epochs: int = option(50, "passes over the images")
    batch_size: int = option(128, "images a step")
    learning_rate: float = option(1e-3, "Adam's first rate")
    schedule: str = option(
        "cosine",
        "of the rate: cosine, down to 0; plateau, halved when the validation loss has "
        "not fallen for 3 epochs; constant",
    )
    patience: int = option(
        0,
        "end when the validation loss has not fallen for so long; 0 for never",
        metavar="EPOCHS",
    )
    dropout: float | None = option(
        None, "before the last layer, instead of the network's own rate"
    )
    label_smoothing: float = option(
        0.0, "of each target, spread over all outputs", metavar="SHARE"
    )
    ema_momentum: float = option(
        0.999, "of the averaged weights that are kept, 0 for none", metavar="SHARE"
    )
    scaling: str = option(
        "unit",
        "unit: inputs as they are, 0..1; standard: less the training images' mean, "
        "over their standard deviation, within the network",
    )
    split: str = option(
        "standard",
        "standard: MNIST's 60,000 and 10,000; stratified80: 80%% and 20%% of all",
    )
    teachers: tuple[str, ...] = option(
        (), "finished runs whose probabilities are imitated", metavar="RUN"
    )
    teachers_share: float = option(
        0.5, "of each target, what the teachers say; the rest is the label"
    )
    images: str | None = option(
        None,
        "fit and judge by the images of python -m train images FILE, instead of making "
        "them",
        metavar="FILE",
    )
    extra: str | None = option(
        None,
        "fit these images too: what edge-digits run --save-unsure kept, sorted into "
        "folders 0 to 9 and reject",
        metavar="DIR",
    )
    digit_share: float | None = option(
        None,
        "of what will be read, where the network has a reject output, if not that of "
        "the images it is fitted to",
        metavar="SHARE",
    )
    validation_share: float = option(
        0.1, "of the training images, those that choose the epoch", metavar="SHARE"
    )
    augment: bool = option(True, "vary the training images")
    strength: float = option(
        1.0,
        "how strongly they are varied at first, 0 to 1; at the end half as strongly",
    )
    repeats: int = option(
        1,
        "how often varied images are fitted before others are made: teachers take "
        "longer than a small network's step",
    )
    start_from: str | None = option(
        None,
        "go on from the weights of this finished run instead of random ones",
        metavar="RUN",
    )
    hands: bool = False
    seed: int = option(1, "of everything random")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        self._check_choices()
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
        for name in ("strength", "teachers_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)}: 0 to 1 expected")
        if self.digit_share is not None and not 0 < self.digit_share < 1:
            raise ValueError(
                f"digit_share {self.digit_share}: between 0 and 1 expected"
            )
        for name in ("dropout", "label_smoothing", "ema_momentum"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1:
                raise ValueError(f"{name} {value}: 0 to below 1 expected")

    def _check_choices(self) -> None:
        from train.networks.architectures import ARCHITECTURES  # imports Keras

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


@dataclass(frozen=True)
class Extras:
    """Settings of what a run keeps besides its results; they change none of these."""

    tensorboard: bool = option(False, "write RUN/logs")
    keep_epochs: bool = option(False, "keep each epoch's network in RUN/epochs")


@dataclass(frozen=True)
class AdaptSettings:
    """Settings of adapting a network to corrections.

    Attributes:
        share: Of the images, how many are corrections, within 0..1.
        strength: How strongly images are varied, 0..1.
    """

    epochs: int = option(6, "of some 4,500 images each", parse=option_types.positive)
    learning_rate: float = option(
        3e-4, "Adam's first rate; it falls to 0 along a cosine"
    )
    share: float = 0.1
    strength: float = 0.5
    seed: int = option(1, "of everything random")


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
