"""The outputs that keep or send readings, each with the options that ask for it.

A new output is a module of `edge_app.sinks` and an entry in `OUTPUTS`. The entries are
light, since the command's parser is made of them: what opens one imports its module.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app.common import option_types
from edge_app.common.errors import SettingsError
from edge_app.common.extras import need

if TYPE_CHECKING:
    from edge_app.sinks import SinkSettings
    from edge_app.sinks.sink import Sink

OptionValues = Mapping[str, Any]  # of options, by name: those of `Output.options`


@dataclass(frozen=True)
class Output:
    """A way to keep or send readings.

    Attributes:
        open: Opens it as the settings say, of which `kept` has its options.
        options: What `add_argument` takes of each, by the option's name. The first one
            asks for the output; it is `None` where it is not wanted.
        of_camera: Returns the settings for one of several cameras by its name, where
            each opens its own; `None` where they share one.
    """

    open: "Callable[[SinkSettings], Sink]"
    options: Mapping[str, Mapping[str, Any]]
    of_camera: "Callable[[SinkSettings, str], SinkSettings] | None" = None

    @property
    def names(self) -> list[str]:
        """Return what the options are called in `OptionValues`."""
        return [_name(option) for option in self.options]

    def is_wanted(self, values: OptionValues) -> bool:
        """Return whether the first option is given."""
        return values.get(self.names[0]) is not None


def _name(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")


def add_options(parser: argparse._ActionsContainer) -> None:
    """Add the options of every output."""
    for output in OUTPUTS:
        for option, more in output.options.items():
            parser.add_argument(option, **more)


def values(arguments: argparse.Namespace) -> OptionValues:
    """Return what was given of these options."""
    names = [name for output in OUTPUTS for name in output.names]
    return {name: getattr(arguments, name) for name in names}


def wanted(given: OptionValues) -> list[Output]:
    """Return the outputs that are asked for."""
    return [output for output in OUTPUTS if output.is_wanted(given)]


def check(given: OptionValues) -> None:
    """Check that each option is of an output that is wanted, with its own file.

    Raises:
        SettingsError: It is not.
    """
    for output in OUTPUTS:
        asking, *more = output.options
        for option in more if not output.is_wanted(given) else ():
            usual = output.options[option].get("default")
            if given.get(_name(option), usual) != usual:
                raise SettingsError(f"{option} is of {asking}; give that, too")
    _check_files(given)


def _check_files(given: OptionValues) -> None:
    """Check that no two outputs write to one file.

    Raises:
        SettingsError: Two do.
    """
    by_path: dict[Path, str] = {}
    for name in ("jsonl", "csv", "history"):
        if (path := given.get(name)) is None:
            continue
        if (other := by_path.setdefault(path.resolve(), name)) != name:
            raise SettingsError(
                f"--{other} and --{name}: two files expected, got {path} for both"
            )


def _jsonl(settings: "SinkSettings") -> "Sink":
    from edge_app.sinks.records.record_sink import JSONLines

    return JSONLines(settings.kept["jsonl"], events_only=not settings.every_frame)


def _csv(settings: "SinkSettings") -> "Sink":
    from edge_app.sinks.records.record_sink import CSV

    return CSV(settings.kept["csv"], events_only=not settings.every_frame)


def _mqtt(settings: "SinkSettings") -> "Sink":
    need("mqtt", "paho")
    from edge_app.sinks.mqtt.mqtt_sink import MQTT

    return MQTT(
        settings.kept["mqtt"],
        ca_file=settings.kept["mqtt_ca"],
        device_name=settings.name,
        configuration_url=_page_url(settings),
    )


def _mqtt_of_camera(settings: "SinkSettings", name: str) -> "SinkSettings":
    """Return the settings of a topic and a device of the camera's own."""
    base = settings.kept["mqtt"].rstrip("/")
    has_topic = "/" in base.partition("://")[2]
    return replace(
        settings,
        name=f"{settings.name} {name}",
        page=f"camera/{name}/",
        kept={
            **settings.kept,
            "mqtt": f"{base}/{name}" if has_topic else f"{base}/edge-digits/{name}",
        },
    )


def _page_url(settings: "SinkSettings") -> str | None:
    """Return where the live page is, without its token; `None` if there is none."""
    if settings.view != "web" or not settings.port:
        return None
    from edge_app.sinks.web.server import link

    return link(settings.host, settings.port) + settings.page


def _webhook(settings: "SinkSettings") -> "Sink":
    from edge_app.sinks.webhook import Webhook

    return Webhook(settings.kept["webhook"], name=settings.name)


def _snapshots(settings: "SinkSettings") -> "Sink":
    from edge_app.sinks.records.snapshots import Snapshots

    return Snapshots(settings.kept["save_unsure"])


def _recorder(settings: "SinkSettings") -> "Sink":
    from edge_app.sinks.records.recorder import Recorder

    max_bytes = settings.kept["record_mb"] * 1_000_000
    return Recorder(settings.kept["record"], max_bytes=max_bytes)


def _history(settings: "SinkSettings") -> "Sink":
    from edge_app.sinks.records.history import History

    return History(
        settings.kept["history"], with_specimens=settings.corrections is not None
    )


OUTPUTS = (
    Output(
        _jsonl,
        {
            "--jsonl": {
                "type": option_types.path,
                "metavar": "FILE",
                "help": "JSON Lines, rotated by size",
            }
        },
    ),
    Output(
        _csv,
        {
            "--csv": {
                "type": option_types.path,
                "metavar": "FILE",
                "help": "CSV, rotated by size",
            }
        },
    ),
    Output(
        _mqtt,
        {
            "--mqtt": {
                "metavar": "URL",
                "help": "mqtt://user@host/topic, mqtts:// for TLS; the password comes "
                "from EDGE_DIGITS_MQTT_PASSWORD",
            },
            "--mqtt-ca": {
                "type": option_types.path,
                "metavar": "FILE",
                "help": "certificates to check the broker's",
            },
        },
        _mqtt_of_camera,
    ),
    Output(
        _webhook,
        {
            "--webhook": {
                "metavar": "URL",
                "help": "http:// or https:// URL that gets what settles, as JSON",
            }
        },
    ),
    Output(
        _snapshots,
        {
            "--save-unsure": {
                "type": option_types.path,
                "metavar": "DIR",
                "help": "keep crops of doubtful digits for labeling",
            }
        },
    ),
    Output(
        _recorder,
        {
            "--record": {
                "type": option_types.path,
                "metavar": "DIR",
                "help": "keep the picture of each number that settles, clean and with "
                "what is read drawn on it",
            },
            "--record-mb": {
                "type": option_types.positive,
                "default": 500,
                "metavar": "N",
                "help": "megabytes above which the oldest of those pictures go",
            },
        },
    ),
    Output(
        _history,
        {
            "--history": {
                "type": option_types.path,
                "metavar": "FILE",
                "help": "keep the web page's history in an SQLite file, so that it "
                "survives a restart",
            }
        },
    ),
)
