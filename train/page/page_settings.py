"""The settings of a page network's training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_app.common.option_fields import option
from train.fit.given_settings import START_FROM, made_of


@dataclass(frozen=True)
class PageSize:
    """Size of a page network.

    Attributes:
        channels: At 1/4, 1/8 and 1/16 of the picture.
        blocks: 3x3 convolutions with a shortcut around them, at each of the three.
        head: Channels before the outputs.
    """

    channels: tuple[int, int, int]
    blocks: tuple[int, int, int]
    head: int


# The page networks, by what `--arch` calls them: a new one is a line here.
SIZES = {
    "page": PageSize((16, 32, 56), (1, 2, 2), 32),
    "page-lite": PageSize((8, 16, 32), (1, 2, 2), 16),
}


@dataclass(frozen=True)
class PageSettings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        side: Of a crop in pixels.
        weight_decay: AdamW's.
    """

    arch: str = option("page", "which network")
    epochs: int = option(50, "of --steps batches each")
    steps: int = option(500, "batches in a page network's epoch")
    batch_size: int = option(24, "crops a step")
    side: int = 192
    learning_rate: float = option(
        2e-3, "AdamW's first rate; it falls to 0 along a cosine"
    )
    weight_decay: float = 1e-4
    scenes: int = option(
        10_000, "how many scenes a page network learns from", flag="--num-scenes"
    )
    first_scenes: int = option(
        2_000,
        "how many of them it starts with; the others are rendered beside the training, "
        "and join evenly over its first half",
    )
    validation_scenes: int = option(
        1000, "how many scenes, of other hands, a page network is judged on"
    )
    seed: int = option(1, "of everything random")
    start_from: str | None = option(None, START_FROM, metavar="RUN")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        for name in ("epochs", "steps", "batch_size", "scenes", "validation_scenes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: at least 1 expected")
        if self.side < 16 or self.side % 16:
            raise ValueError(f"side {self.side}: a multiple of 16 expected")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate {self.learning_rate}: 0 to 1 expected")

    def scenes_at(self, epoch: int) -> int:
        """Return how many scenes an epoch takes crops from, counted from 0."""
        first = min(self.first_scenes, self.scenes)
        share = min(1.0, epoch / max(1, self.epochs // 2))
        return first + round(share * (self.scenes - first))


def chosen(given: Mapping[str, Any]) -> PageSettings:
    """Return settings with these values, the others at their defaults.

    Raises:
        TrainingError: A value is unknown or out of its range.
    """
    return made_of(given, PageSettings, "the page networks")
