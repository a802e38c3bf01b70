"""The settings of reading pictures, as options and as a frozen dataclass.

Light, since the commands' parser is made of it: nothing here imports OpenCV.
"""

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

from edge_app.common import option_types
from edge_app.common.option_fields import option, values_of

if TYPE_CHECKING:
    from edge_app.common.geometry import Box, Quarter
    from edge_app.reader import Reader

# Options in the order in which they are shown.
PLACE = ("roi_xywh", "rotate", "expect", "min_confidence")
READING = ("reader", "printed", "separators")
MODEL = ("model",)


@dataclass(frozen=True)
class ReaderSettings:
    """All that a reading depends on but the picture."""

    model: str | None = option(
        None,
        "a shipped model such as report-int8, or a .tflite or .onnx file of 28x28 "
        "pixels; one without our manifest is tried on known digits first",
        metavar="NAME_OR_PATH",
    )
    reader: str | None = option(
        None,
        "how digits are found: page (the default), by the network that comes with this "
        "program; page-lite: by a smaller one, for slow ARM boards, which misreads "
        "more; a page network's file; classic: connected ink, as in textbooks",
        metavar="NAME_OR_PATH",
    )
    printed: bool = option(
        False,
        "read printed digits, too; else those that are recognized as print are "
        "rejected",
    )
    separators: bool = option(
        True,
        "tell the points, commas, minuses, slashes and colons between digits, as in "
        "12.50, where they are sure and no --expect says how numbers look",
    )
    roi_xywh: "Box | None" = option(
        None,
        "read only this part of each image, in pixels",
        flag="--roi",
        parse=option_types.region,
        metavar="X,Y,W,H",
    )
    rotate: "Quarter | Literal['auto']" = option(
        0,
        "degrees clockwise that make the image upright, where its EXIF data does not "
        "say; auto: whichever reads best, which a camera or clip is asked once",
        choices=("0", "90", "180", "270", "auto"),
    )
    expect: str | None = option(
        None,
        "a regular expression that a number must match, such as '[0-9]{5}'",
        parse=option_types.pattern,
        metavar="PATTERN",
    )
    min_confidence: float = option(
        0.0,
        "reject numbers of which a digit is less sure than that, from 0 to 1",
        parse=option_types.share,
        metavar="SHARE",
    )

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "ReaderSettings":
        """Return what the options of `run_options.add_page_options` say."""
        values = values_of(cls, arguments)
        if values["rotate"] != "auto":
            values["rotate"] = cast("Quarter", int(values["rotate"]))
        return cls(**values)

    def anything(self) -> "ReaderSettings":
        """Return the same for other pictures, of which all is read as they are."""
        return replace(self, roi_xywh=None, rotate=0, expect=None, min_confidence=0.0)

    def open(self) -> "Reader":
        """Return a reader with its models loaded.

        Raises:
            ModelError: There is no such model, or it does not fit.
            ManifestError: A file is not the one that its manifest describes.
            RuntimeMissingError: Nothing installed here executes it.
        """
        from edge_app.reader import Reader

        return Reader(
            self.model,
            self.reader,
            printed=self.printed,
            separators=self.separators,
            roi_xywh=self.roi_xywh,
            rotate=self.rotate,
            expect=self.expect,
            min_confidence=self.min_confidence,
        )
