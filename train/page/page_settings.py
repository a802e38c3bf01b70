"""What decides a page network's training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_app.common.errors import TrainingError


@dataclass(frozen=True)
class PageSettings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        arch: `page` or `page-lite`.
        epochs: Of `steps` each.
        steps: Batches an epoch.
        batch_size: Crops a step.
        side: Of a crop in pixels.
        learning_rate: AdamW's first rate; it falls to 0 along a cosine.
        weight_decay: AdamW's.
        scenes: How many scenes are rendered to take crops from.
        first_scenes: How many of them must be there when training starts; the others
            are rendered beside it, and join evenly over the first half of it.
        validation_scenes: Of hands that are not trained on.
        seed: Of everything random.
        start_from: Run folder whose network the first weights are; `None` for random
            ones.
    """

    arch: str = "page"
    epochs: int = 50
    steps: int = 500
    batch_size: int = 24
    side: int = 192
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    scenes: int = 10_000
    first_scenes: int = 2_000
    validation_scenes: int = 240
    seed: int = 1
    start_from: str | None = None

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
    known = set(PageSettings.__dataclass_fields__)
    if unknown := sorted(set(given) - known):
        options = ", ".join("--" + name.replace("_", "-") for name in unknown)
        raise TrainingError(f"{options}: no option of the page networks")
    try:
        return PageSettings(**given)
    except ValueError as error:
        raise TrainingError(str(error)) from error
