"""What `python -m train tune` searches."""

from dataclasses import dataclass

from edge_app.common import option_types
from edge_app.common.option_fields import option


@dataclass(frozen=True)
class Search:
    """What is searched. The workers of one study must agree on it."""

    share: float = option(1.0, "of the training images that is used")
    validation_share: float = option(0.1, "of those, the share that judges a trial")
    max_epochs: int = option(20, "that a trial may take", parse=option_types.positive)
    augment: bool = option(True, "vary the training images")
    seed: int = option(1, "of everything random")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        if not 0 < self.share <= 1:
            raise ValueError(f"share {self.share}: above 0 and at most 1 expected")
        if not 0 < self.validation_share < 1:
            raise ValueError(
                f"validation_share {self.validation_share}: between 0 and 1 expected"
            )
        if self.seed < 0:
            raise ValueError(f"seed {self.seed}: 0 or more expected")
