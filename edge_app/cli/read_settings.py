"""The settings of ``edge-digits read`` and ``doctor`` besides `ReaderSettings`."""

from dataclasses import dataclass
from pathlib import Path

from edge_app.common.option_fields import option


@dataclass(frozen=True)
class ReadOptions:
    """Options of what is shown of photographs that were read."""

    json: bool = option(
        False, "print a JSON object a line, one an image", action="store_true"
    )
    annotate: Path | None = option(
        None,
        "write each image with what was read drawn on it, as NAME-read.png",
        metavar="DIR",
    )
    debug: Path | None = option(
        None,
        "write a picture of each stage: ink, candidates, model inputs",
        metavar="DIR",
    )
    rejects: bool = option(
        False,
        "with --json, tell what was seen but is no digit, too",
        action="store_true",
    )


@dataclass(frozen=True)
class DoctorOptions:
    """Options of the examination of a machine."""

    source: str = option("0", "the camera to try")
