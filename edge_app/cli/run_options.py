"""The options of ``edge-digits run``, which are its settings as well."""

import argparse

from edge_app.cli import outputs, settings_file
from edge_app.cli.reader_settings import MODEL, PLACE, READING, ReaderSettings
from edge_app.cli.run_settings import (
    CameraOptions,
    FrameOptions,
    SinkSettings,
    SourceOptions,
)
from edge_app.common.option_fields import add_options

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
    add_options(source, SourceOptions)
    add_options(source, CameraOptions)
    add_options(source, FrameOptions)
    add_options(source, ReaderSettings, names=PLACE + READING)
    shown = run.add_argument_group("where readings are shown")
    add_options(
        shown, SinkSettings, names=("view", "host", "port", "token", "corrections")
    )
    kept = run.add_argument_group("where readings are kept")
    outputs.add_options(kept)
    add_options(kept, SinkSettings, names=("every_frame", "name"))
    other = run.add_argument_group("settings")
    other.add_argument(
        "--log-level",
        default="warning",
        choices=("debug", "info", "warning", "error"),
        help="how much is logged on stderr",
    )
    settings_file.add_options(other)


def add_page_options(parser: argparse._ActionsContainer) -> None:
    """Add what says how pages are read, for `ReaderSettings.of`."""
    add_options(parser, ReaderSettings, names=PLACE + READING + MODEL)


def add_model_option(parser: argparse._ActionsContainer) -> None:
    """Add the option that names the classifier."""
    add_options(parser, ReaderSettings, names=MODEL)
