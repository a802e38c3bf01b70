"""The settings of a context network's training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_app.common.option_fields import option
from edge_app.model.manifest import CONTEXT
from train.fit.given_settings import START_FROM, made_of

_JUDGED_SHARE = 10  # pages of single glyphs that are learned from, for each judged on


@dataclass(frozen=True)
class ContextSettings:
    """Everything that decides what a training gives, apart from the data.

    Attributes:
        weight_decay: AdamW's.
    """

    arch: str = option(CONTEXT, "which network")
    page_run: str | None = option(
        None,
        "the run of the page network whose scenes a context network is trained on",
        metavar="RUN",
    )
    epochs: int = option(6, "passes through the patches of all scenes")
    batch_size: int = option(128, "patches a step")
    learning_rate: float = option(
        2e-3, "AdamW's first rate; it falls to 0 along a cosine"
    )
    weight_decay: float = 1e-3
    scenes: int = option(
        10_000, "how many scenes a context network learns from", flag="--num-scenes"
    )
    validation_scenes: int = option(
        1000, "how many scenes, of other hands, a context network is judged on"
    )
    glyph_pages: int = option(
        1500,
        "how many pages of single letters, signs and digits it also learns from, with "
        "--strokes; it is judged on a tenth as many",
    )
    seed: int = option(1, "of everything random")
    start_from: str | None = option(None, START_FROM, metavar="RUN")

    def counts(self, part: str, *, with_strokes: bool) -> tuple[int, int]:
        """Return how many scenes and pages of single glyphs there are of a part."""
        pages = self.glyph_pages if with_strokes else 0
        if part == "train":
            return self.scenes, pages
        return self.validation_scenes, pages // _JUDGED_SHARE

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: A value is out of its range.
        """
        if self.page_run is None:
            raise ValueError(
                "a context network learns from a page network's scenes; name its run "
                "folder with --page-run"
            )
        for name in ("epochs", "batch_size", "scenes", "validation_scenes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)}: at least 1 expected")
        if self.glyph_pages < 0:
            raise ValueError(f"glyph_pages {self.glyph_pages}: at least 0 expected")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate {self.learning_rate}: 0 to 1 expected")


def chosen(given: Mapping[str, Any]) -> ContextSettings:
    """Return settings with these values, the others at their defaults.

    Raises:
        TrainingError: A value is unknown or out of its range.
    """
    return made_of(given, ContextSettings, "the context network")
