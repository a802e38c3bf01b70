"""The settings of `python -m train tune`."""

from dataclasses import dataclass

from edge_app.common import option_types
from edge_app.common.option_fields import option


@dataclass(frozen=True)
class StudyOptions:
    """Options of a study: where it is, and how long and by how many it is worked on."""

    database: str | None = option(
        None,
        "where the study is (default: SQLite, study.db in the folder); a password is "
        "better in ~/.pgpass than here",
        metavar="URL",
    )
    study: str = option("digits", "of the study", metavar="NAME")
    trials: int = option(
        50, "end when the study holds so many", parse=option_types.positive
    )
    workers: int = option(
        1, "processes that search", parse=option_types.positive, metavar="N"
    )


@dataclass(frozen=True)
class Search:
    """Settings of a search. The workers of one study must agree on them."""

    share: float = option(1.0, "of the training images that is used")
    validation_share: float = option(
        0.1, "of those, the share that judges a trial", metavar="SHARE"
    )
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
