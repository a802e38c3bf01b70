"""The settings of ``edge-digits run``, as options and as frozen dataclasses.

Light, since the command's parser is made of it: nothing here imports OpenCV.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edge_app.cli import outputs
from edge_app.common import option_types
from edge_app.common.errors import CameraError
from edge_app.common.option_fields import fields_of, flag_of, option

ViewName = Literal["auto", "window", "web", "text", "json", "none"]
# Tables of the settings file that hold no options: of one camera, and of all.
CAMERA_TABLES = ("field", "reference", "marks")
TABLES = (*CAMERA_TABLES, "camera")


@dataclass(frozen=True)
class SourceOptions:
    """Options of the source of frames, as `sources.open_source` takes them."""

    source: str = option(
        "auto",
        "camera index, /dev/ path or name; picamera; video file; folder or pattern of "
        "images; http:// URL of MJPEG, a picture or a video file; rtsp:// URL; demo; "
        "auto: a camera if there is one, else demo on the screen or page; records and "
        "MQTT wait for a camera; several times, also as NAME=SOURCE: several cameras",
        action=option_types.Sources,
    )


@dataclass(frozen=True)
class CameraOptions:
    """Settings of a camera; `None` leaves one as the driver has it.

    Raises:
        ValueError: One is none that a camera can have.

    Examples:
        >>> options = CameraOptions(size_wh=(1280, 720), fps=30)
        >>> options.given()
        ['size', 'fps']
    """

    size_wh: tuple[int, int] | None = option(
        None,
        "of a camera's frames",
        flag="--size",
        parse=option_types.size,
        metavar="WxH",
    )
    fps: float | None = option(
        None,
        "frames a second of a camera",
        parse=option_types.positive_number,
        metavar="N",
    )
    fourcc: str | None = option(
        None,
        "of a camera, e.g. MJPG, YUYV",
        parse=option_types.fourcc,
        metavar="FOURCC",
    )
    exposure_ms: float | None = option(
        None,
        "milliseconds that a camera exposes a frame",
        flag="--exposure",
        parse=option_types.positive_number,
        metavar="MS",
    )
    focus: float | None = option(
        None,
        "where a camera focuses, in its driver's steps; in diopters for picamera",
        parse=option_types.number,
        metavar="N",
    )
    interval_s: float | None = option(
        None,
        "seconds from one picture to the next, where a URL gives single ones, as a "
        "camera's snapshot.jpg (default: 1)",
        flag="--interval",
        parse=option_types.positive_number,
        metavar="S",
    )

    def __post_init__(self) -> None:
        """Check what is given, as the command does.

        Raises:
            ValueError: A setting is none that a camera can have.
        """
        from edge_app.common import arguments  # imports OpenCV

        if self.size_wh is not None:
            arguments.check_size(self.size_wh)
        if self.fourcc is not None:
            arguments.check_fourcc(self.fourcc)
        for name in ("fps", "exposure_ms", "interval_s"):
            if (value := getattr(self, name)) is not None:
                arguments.check_number(name, value, above_0=True)
        if self.focus is not None:
            arguments.check_number("focus", self.focus, above_0=False)

    def given(self) -> list[str]:
        """Return the options for cameras, as the command has them, that are given."""
        return [
            flag_of(field).removeprefix("--")
            for field in fields_of(CameraOptions)
            if getattr(self, field.name) is not None and field.name != "interval_s"
        ]

    def refuse(self, name: str) -> None:
        """Check that nothing is asked for, of a source that is no camera.

        Raises:
            CameraError: Something is.
        """
        if given := self.given():
            raise CameraError(f"{name}: --{given[0]} is for cameras; leave it out here")


@dataclass(frozen=True)
class FrameOptions:
    """Options of how many frames are read, how long each, how fast."""

    max_frames: int | None = option(
        None, "end after that many frames", parse=option_types.positive, metavar="N"
    )
    frame_timeout_s: float | None = option(
        None,
        "seconds after which the reading of a frame is given up (default: 10 for a "
        "camera, none for files)",
        flag="--frame-timeout",
        parse=option_types.positive_number,
        metavar="S",
    )
    speed: float = option(
        1.0,
        "of a clip in the window or on the page; without them it is read as fast as "
        "can be",
        parse=option_types.positive_number,
        metavar="FACTOR",
    )


@dataclass(frozen=True)
class SinkSettings:
    """Settings of where readings go; `None` for what is not wanted.

    Attributes:
        kept: What the options of `outputs.OUTPUTS` say, by name.
        page: Where a camera's page is, below the live page's address.

    Raises:
        SettingsError: Two outputs would write to one file, or an option is of none.
    """

    view: ViewName = option(
        "auto",
        "auto: a window where there is a screen, else the web page where its packages "
        "are installed, else text",
    )
    host: str = option(
        "127.0.0.1",
        "of the web page; 0.0.0.0: other machines may see it, with a token",
    )
    port: int = option(8000, "of the web page", parse=option_types.port)
    token: str | None = option(
        None, "what other machines must show; else one is made and kept"
    )
    corrections: Path | None = option(
        None,
        "let numbers be corrected on the web page, and keep their digits there for "
        "python -m train adapt DIR",
        metavar="DIR",
    )
    every_frame: bool = option(
        False,
        "write every frame to the files of --jsonl and --csv, not only what happened",
    )
    name: str = option(
        "edge-digits", "what Home Assistant and the webhook call this device"
    )
    kept: outputs.OptionValues = field(default_factory=dict)
    page: str = ""

    def __post_init__(self) -> None:
        """Check what is kept.

        Raises:
            SettingsError: Two outputs would write to one file, or an option is of none.
        """
        outputs.check(self.kept)

    @property
    def is_shown(self) -> bool:
        """Return whether the view is one that somebody looks at."""
        return self.view in ("window", "web")

    @property
    def is_kept(self) -> bool:
        """Return whether readings are recorded, sent, or left to another program."""
        return bool(outputs.wanted(self.kept)) or self.view in ("json", "none")
