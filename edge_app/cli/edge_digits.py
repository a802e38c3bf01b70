"""The options of the command ``edge-digits`` and what each part of it does."""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from edge_app import __version__
from edge_app.archive.archive_arguments import add_actions as add_archive_actions
from edge_app.cli import commands, outputs
from edge_app.cli.read_settings import DoctorOptions, ReadOptions
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_options import (
    RUN_EXAMPLES,
    add_model_option,
    add_page_options,
    add_run_options,
)
from edge_app.cli.run_settings import (
    TABLES,
    CameraOptions,
    FrameOptions,
    SinkSettings,
    SourceOptions,
)
from edge_app.common import option_types
from edge_app.common.errors import EdgeDigitsError, ImageError, printable
from edge_app.common.opencv import why_no_opencv
from edge_app.common.option_fields import add_options, values_of

if TYPE_CHECKING:  # read where something is read live
    from edge_app.cli.settings_file import SettingSources
    from edge_app.live.run import RunSettings

PROG = "edge-digits"
_Commands: TypeAlias = "argparse._SubParsersAction[commands.Parser]"
COMMAND_EXAMPLES = """\
examples:
  edge-digits run                        the webcam, or the demo scene without one
  edge-digits run --source clip.mp4 --view json
  edge-digits cameras                    which cameras there are
  edge-digits read photo.jpg             the numbers in a photograph
  edge-digits read *.jpg --json --annotate seen/
  edge-digits read meter.jpg --roi 80,40,400,120 --expect '[0-9]{5}'
  edge-digits archive read scans/ out    a million scans, on many cores or machines
  edge-digits doctor                     what works here, and what does not
"""


def main(argv: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    arguments = _parser().parse_args(argv)
    arguments.argv = argv
    logged = logging.StreamHandler(sys.stderr)
    logged.setFormatter(commands.OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[logged])
    return commands.exit_status(lambda: arguments.command(arguments), prog=PROG)


def _read(arguments: argparse.Namespace) -> int:
    _need_opencv()
    from edge_app.cli import read_photos as read

    reader = ReaderSettings.of(arguments).open()
    pictures = read.PictureFolders(arguments.annotate, arguments.debug)
    photos = read.PhotoReader(reader, pictures)
    status = 0
    for path in arguments.images:
        try:
            reading = photos.read(path)
        except ImageError as error:
            commands.print_error(error, prog=PROG)
            status = 1
        else:
            line = read.line(
                path, reading, as_json=arguments.json, rejects=arguments.rejects
            )
            print(line, flush=True)
    return status


def _run(arguments: argparse.Namespace) -> int:
    from edge_app.cli.settings_file import SettingSources

    settings = SettingSources(arguments.parser, tables=TABLES)
    origins = settings.apply(arguments.config)
    # Again, now that the environment and the file have their say.
    arguments = arguments.parser.parse_args(arguments.argv[1:])
    sources = getattr(arguments, "sources", ())
    if settings.tables or len(sources) > 1:
        _need_opencv()
        from edge_app.cli.camera_tables import add_sources, check

        add_sources(settings, sources)
        check(settings, arguments)
    if arguments.print_config:
        lines = *settings.as_toml(arguments, origins), *settings.tables_as_toml()
        print("\n".join(lines))
        return 0
    logging.getLogger().setLevel(arguments.log_level.upper())
    _need_opencv()
    from edge_app.live.run import run

    return run(_run_settings(settings, arguments))


def _run_settings(
    settings: "SettingSources", arguments: argparse.Namespace
) -> "RunSettings":
    """Return what was parsed, with what the file says of fields and cameras."""
    from edge_app.cli.camera_tables import cameras_of
    from edge_app.live.fields.setup import setup_of
    from edge_app.live.run import RunSettings, Watched

    def watched(found: argparse.Namespace, tables: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **values_of(SourceOptions, found),
            "camera": CameraOptions(**values_of(CameraOptions, found)),
            "reading": ReaderSettings.of(found),
            "setup": setup_of(tables, settings.path, found),
        }

    cameras = cameras_of(settings, arguments)
    return RunSettings(
        **watched(arguments, settings.tables),
        **values_of(FrameOptions, arguments),
        cameras={name: Watched(**watched(*camera)) for name, camera in cameras.items()},
        config=settings.path,
        sinks=SinkSettings(
            **values_of(SinkSettings, arguments), kept=outputs.values(arguments)
        ),
    )


def _cameras(_: argparse.Namespace) -> int:
    from edge_app.sources.cameras import devices

    found = list(devices.list_devices())
    for device in found:
        print(f"{device.path}  {device.name}")
        for mode in device.modes:
            fps = ", ".join(f"{rate:g}" for rate in mode.fps)
            print(f"    --fourcc {mode.fourcc} --size {mode.size}  at {fps} frames/s")
        for setting in device.settings:
            print(f"    {setting}")
    if not found:
        print(f"no camera found; {devices.cameras_here()}", file=sys.stderr)
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from edge_app.cli import doctor

    status = 0
    for finding in doctor.examine(arguments.source, arguments.model):
        text = printable(finding.text)
        print(f"{doctor.MARKS[finding.state]} {finding.subject:8} {text}")
        status = max(status, int(finding.state == "wrong"))
    return status


def _archive(arguments: argparse.Namespace) -> int:
    if os.name == "nt":
        raise EdgeDigitsError(
            "archives are read on Linux and macOS; on Windows, in its Linux subsystem"
        )
    _need_opencv()
    try:
        if arguments.action == "read":
            from edge_app.archive.read_action import run
        else:
            from edge_app.archive.actions import run
    except ModuleNotFoundError as error:
        raise EdgeDigitsError(
            f"{error.name} is not installed; try: pip install '.[archive]'"
        ) from error
    return run(arguments)


def _need_opencv() -> None:
    if (reason := why_no_opencv()) is not None:
        raise EdgeDigitsError(reason)


def _parser() -> argparse.ArgumentParser:
    parser = commands.Parser(
        prog=PROG,
        description="Read handwritten digits on paper with a camera.",
        epilog=COMMAND_EXAMPLES,
        of_files="read",
        formatter_class=commands.HelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    chosen = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_read(chosen)
    _add_run(chosen)
    _add_archive(chosen)
    _add_cameras(chosen)
    _add_doctor(chosen)
    return parser


def _add_read(chosen: _Commands) -> None:
    read = chosen.add_parser(
        "read",
        help="read photographs",
        description="Read the digits in photographs.",
        epilog="example:\n  edge-digits read photo.jpg --json",
        formatter_class=commands.HelpFormatter,
    )
    read.set_defaults(command=_read)
    read.add_argument(
        "images",
        nargs="+",
        type=option_types.picture,
        metavar="IMAGE",
        help="a JPEG, PNG, ... file",
    )
    add_options(read, ReadOptions)
    add_page_options(read)


def _add_run(chosen: _Commands) -> None:
    run = chosen.add_parser(
        "run",
        help="read live from a camera",
        description="Read digits live, until Ctrl-C or the end of the clip.",
        epilog=RUN_EXAMPLES,
        formatter_class=commands.HelpFormatter,
    )
    run.set_defaults(
        command=_run,
        parser=run,
        stray_hint="; did you mean --source {0}, or edge-digits read {0}?",
    )
    add_run_options(run)
    add_model_option(run)


def _add_archive(chosen: _Commands) -> None:
    archive = chosen.add_parser(
        "archive",
        help="read archives of scans",
        description="Read a million scans on as many cores and machines as there are.",
        epilog="example:\n  edge-digits archive read scans/ out",
        formatter_class=commands.HelpFormatter,
    )
    archive.set_defaults(command=_archive)
    add_archive_actions(archive)


def _add_cameras(chosen: _Commands) -> None:
    cameras = chosen.add_parser(
        "cameras",
        help="list cameras and their modes",
        description="List the cameras that are there, and what --source, --fourcc, "
        "--size and --fps they take.",
        epilog="example:\n  edge-digits cameras",
        formatter_class=commands.HelpFormatter,
    )
    cameras.set_defaults(command=_cameras)


def _add_doctor(chosen: _Commands) -> None:
    doctor = chosen.add_parser(
        "doctor",
        help="say what works on this machine",
        description="Look for the runtime, OpenCV, a screen, a camera and the model.",
        epilog="example:\n  edge-digits doctor",
        formatter_class=commands.HelpFormatter,
    )
    doctor.set_defaults(command=_doctor)
    add_options(doctor, DoctorOptions)
    add_model_option(doctor)
