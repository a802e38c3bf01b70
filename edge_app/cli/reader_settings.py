"""What the options of ``edge-digits read`` say of how pictures are read."""

import argparse
from dataclasses import dataclass, replace
from typing import Literal

from edge_app.common.geometry import QUARTERS, Box, Quarter
from edge_app.reader import Reader


@dataclass(frozen=True)
class ReaderSettings:
    """All that a reading depends on but the picture.

    Attributes:
        model: A shipped classifier or a file; `None` for the default one.
        reader: What finds digits, as `edge_app.find.load` takes it.
        printed: Whether printed digits are read, too.
        roi_xywh: The part of each picture that is read, in pixels; `None` for all.
        rotate: Degrees clockwise that make a picture upright where it does not say
            itself; `auto` finds out.
        expect: A regular expression that a number must match.
        min_confidence: What each digit of a number must have, 0..1.
    """

    model: str | None = None
    reader: str | None = None
    printed: bool = False
    roi_xywh: Box | None = None
    rotate: Quarter | Literal["auto"] = 0
    expect: str | None = None
    min_confidence: float = 0.0

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "ReaderSettings":
        """Return what the options of `run_options.add_page_options` say."""
        turns: dict[str, Quarter | Literal["auto"]] = {"auto": "auto"}
        turns |= {str(quarter): quarter for quarter in QUARTERS}
        return cls(
            model=arguments.model,
            reader=arguments.reader,
            printed=arguments.printed,
            roi_xywh=arguments.roi,
            rotate=turns[arguments.rotate],
            expect=arguments.expect,
            min_confidence=arguments.min_confidence,
        )

    def anything(self) -> "ReaderSettings":
        """Return the same for other pictures, of which all is read as they are."""
        return replace(self, roi_xywh=None, rotate=0, expect=None, min_confidence=0.0)

    def open(self) -> Reader:
        """Return a reader with its models loaded.

        Raises:
            ModelError: There is no such model, or it does not fit.
            ManifestError: A file is not the one that its manifest describes.
            RuntimeMissingError: Nothing installed here executes it.
        """
        return Reader(
            self.model,
            self.reader,
            printed=self.printed,
            roi_xywh=self.roi_xywh,
            rotate=self.rotate,
            expect=self.expect,
            min_confidence=self.min_confidence,
        )
