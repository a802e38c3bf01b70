"""The settings of a separator network's training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_app.common.option_fields import option
from edge_app.model.manifest import SEPARATOR
from train.fit.given_settings import made_of


@dataclass(frozen=True)
class SeparatorSettings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        weight_decay: AdamW's.
    """

    arch: str = option(SEPARATOR, "which network")
    epochs: int = option(12, "passes through the gaps of all scenes")
    batch_size: int = option(128, "gaps a step")
    learning_rate: float = option(
        2e-3, "AdamW's first rate; it falls to 0 along a cosine"
    )
    weight_decay: float = 1e-3
    scenes: int = option(
        4000, "how many scenes a separator network learns from", flag="--num-scenes"
    )
    validation_scenes: int = option(
        1000, "how many scenes, of other hands, a separator network is judged on"
    )
    seed: int = option(1, "of everything random")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        for name in ("epochs", "batch_size", "scenes", "validation_scenes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: at least 1 expected")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate {self.learning_rate}: 0 to 1 expected")


def chosen(given: Mapping[str, Any]) -> SeparatorSettings:
    """Return settings with these values, the others at their defaults.

    Raises:
        TrainingError: A value is unknown or out of its range.
    """
    return made_of(given, SeparatorSettings, "the separator network")
