"""The options of ``edge-digits run``, which are its settings as well."""

import argparse
import math
import re
from pathlib import Path

from edge_app.cli import commands, outputs, settings_file
from edge_app.common.environment import MAX_IMAGE_PIXELS

_LONGEST_SIDE = 16_384  # pixels; more than any camera has

RUN_EXAMPLES = """\
examples:
  edge-digits run --source 0 --size 1280x720 --view text
  edge-digits run --source rtsp://camera/live --view web --host 0.0.0.0
  edge-digits run --source demo --jsonl events.jsonl --mqtt mqtt://broker/kitchen
  edge-digits run --config edge-digits.toml --print-config

Every option is also a key of the file and, as EDGE_DIGITS_VIEW and so on, a variable
of the environment; options win over variables, and those over the file.
"""


def add_run_options(run: argparse.ArgumentParser) -> None:
    """Add what ``edge-digits run`` takes."""
    source = run.add_argument_group("what is read")
    source.add_argument(
        "--source",
        default="auto",
        help="camera index, /dev/ path or name; picamera; video file; folder or "
        "pattern of images; http:// URL of MJPEG, a picture or a video file; rtsp:// "
        "URL; demo; auto: a camera if there is one, else demo on the screen or page; "
        "records and MQTT wait for a camera",
    )
    source.add_argument("--size", type=size, metavar="WxH", help="of a camera's frames")
    source.add_argument(
        "--fps", type=positive_number, metavar="N", help="frames a second of a camera"
    )
    source.add_argument(
        "--format", type=fourcc, metavar="FOURCC", help="of a camera, e.g. MJPG, YUYV"
    )
    source.add_argument(
        "--exposure",
        type=positive_number,
        metavar="MS",
        help="milliseconds that a camera exposes a frame",
    )
    source.add_argument(
        "--focus",
        type=float,
        metavar="N",
        help="where a camera focuses, in its driver's steps; in dioptres for picamera",
    )
    source.add_argument(
        "--interval",
        type=positive_number,
        metavar="S",
        help="seconds from one picture to the next, where a URL gives single ones, as "
        "a camera's snapshot.jpg (default: 1)",
    )
    source.add_argument(
        "--max-frames",
        type=commands.positive,
        metavar="N",
        help="end after that many frames",
    )
    source.add_argument(
        "--frame-timeout",
        type=positive_number,
        metavar="S",
        help="seconds after which the reading of a frame is given up (default: 10 for "
        "a camera, none for files)",
    )
    source.add_argument(
        "--speed",
        type=positive_number,
        default=1.0,
        metavar="FACTOR",
        help="of a clip in the window or on the page; without them it is read as fast "
        "as can be",
    )
    add_place_options(source)
    add_reading_options(source)
    shown = run.add_argument_group("where readings are shown")
    shown.add_argument(
        "--view",
        default="auto",
        choices=("auto", "window", "web", "text", "json", "none"),
        help="auto: a window where there is a screen, else the web page where its "
        "packages are installed, else text",
    )
    shown.add_argument(
        "--host",
        default="127.0.0.1",
        help="of the web page; 0.0.0.0: other machines may see it, with a token",
    )
    shown.add_argument("--port", type=port, default=8000, help="of the web page")
    shown.add_argument(
        "--token", help="what other machines must show; else one is made and kept"
    )
    shown.add_argument(
        "--corrections",
        type=Path,
        metavar="DIR",
        help="let numbers be corrected on the web page, and keep their digits there "
        "for python -m train adapt DIR",
    )
    kept = run.add_argument_group("where readings are kept")
    outputs.add_options(kept)
    kept.add_argument(
        "--every-frame",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="write every frame to the files of --jsonl and --csv, not only what "
        "happened",
    )
    kept.add_argument(
        "--name",
        default="edge-digits",
        help="what Home Assistant and the webhook call this device",
    )
    other = run.add_argument_group("settings")
    other.add_argument(
        "--log-level",
        default="warning",
        choices=("debug", "info", "warning", "error"),
        help="how much is told on stderr",
    )
    settings_file.add_options(other)


def add_page_options(parser: argparse._ActionsContainer) -> None:
    """Add what says how pages are read, for `ReaderSettings.of`."""
    add_place_options(parser)
    add_reading_options(parser)
    add_model_option(parser)


def add_place_options(parser: argparse._ActionsContainer) -> None:
    """Add what says which part of a picture is read, how it lies, what is expected."""
    parser.add_argument(
        "--roi",
        type=commands.region,
        metavar="X,Y,W,H",
        help="read only this part of each image, in pixels",
    )
    parser.add_argument(
        "--rotate",
        choices=("0", "90", "180", "270", "auto"),
        default="0",
        help="degrees clockwise that make the image upright, where its EXIF data does "
        "not say; auto: whichever reads best, which a camera or clip is asked once",
    )
    parser.add_argument(
        "--expect",
        type=commands.pattern,
        metavar="PATTERN",
        help="a regular expression that a number must match, such as '[0-9]{5}'",
    )
    parser.add_argument(
        "--min-confidence",
        type=share,
        default=0.0,
        metavar="SHARE",
        help="reject numbers of which a digit is less sure than that, from 0 to 1",
    )


def add_model_option(parser: argparse._ActionsContainer) -> None:
    """Add the option that names the classifier."""
    parser.add_argument(
        "--model",
        metavar="NAME_OR_PATH",
        help="a shipped model such as report-int8, or a .tflite or .onnx file of "
        "28x28 pixels; one without our manifest is tried on known digits first",
    )


def add_reading_options(parser: argparse._ActionsContainer) -> None:
    """Add what ``edge-digits read`` takes as well."""
    parser.add_argument(
        "--reader",
        metavar="NAME_OR_PATH",
        help="how digits are found: page (the default), by the network that comes with "
        "this program; a page network's file; classic: connected ink, as in textbooks",
    )
    parser.add_argument(
        "--printed",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="read printed digits, too; else those that are recognized as print are "
        "rejected",
    )


def size(text: str) -> tuple[int, int]:
    """Parse a size such as 1280x720, for argparse's `type`, as do the others here."""
    found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"a size such as 1280x720 expected, got {text}"
        )
    width, height = int(found[1]), int(found[2])
    if max(width, height) > _LONGEST_SIDE or width * height > MAX_IMAGE_PIXELS:
        raise argparse.ArgumentTypeError(
            f"at most {_LONGEST_SIDE} pixels a side and {MAX_IMAGE_PIXELS // 10**6} "
            f"megapixels expected, got {text}"
        )
    return width, height


def fourcc(text: str) -> str:
    """Parse a pixel format's four characters."""
    if len(text) != 4 or not text.isascii():
        message = f"four letters such as MJPG or YUYV expected, got {text}"
        raise argparse.ArgumentTypeError(message)
    return text.upper()


def positive_number(text: str) -> float:
    """Parse a number above 0."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"more than 0 expected, got {text}")
    return value


def share(text: str) -> float:
    """Parse a number from 0 to 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"0 to 1 expected, got {text}")
    return value


def port(text: str) -> int:
    """Parse a TCP port; 0 stands for any free one."""
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"0 to 65535 expected, got {text}")
    return value
