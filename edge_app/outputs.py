"""What keeps or sends readings, each with the options that ask for it.

A new output is a module of `edge_app.sinks` and an entry in `OUTPUTS`. The entries are
light, since the command's parser is made of them: what opens one imports its module.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app.extras import need

if TYPE_CHECKING:
    from edge_app.sinks.base import Sink

Values = Mapping[str, Any]  # of options, by name: those of `Output.options`


@dataclass(frozen=True)
class Output:
    """A way to keep or send readings.

    Attributes:
        open: Opens it as its options say, for events alone if the second argument says
            so.
        options: What `add_argument` takes of each, by the option's name. The first one
            asks for the output; it is `None` where it is not wanted.
    """

    open: "Callable[[Values, bool], Sink]"
    options: Mapping[str, Mapping[str, Any]]

    @property
    def names(self) -> list[str]:
        """What the options are called in `Values`."""
        return [each.removeprefix("--").replace("-", "_") for each in self.options]

    def is_wanted(self, values: Values) -> bool:
        """Whether the first option is given."""
        return values.get(self.names[0]) is not None


def add_options(parser: argparse._ActionsContainer) -> None:
    """Add the options of every output."""
    for output in OUTPUTS:
        for option, more in output.options.items():
            parser.add_argument(option, **more)


def values(arguments: argparse.Namespace) -> Values:
    """Return what was given of these options."""
    names = [name for output in OUTPUTS for name in output.names]
    return {name: getattr(arguments, name) for name in names}


def wanted(given: Values) -> list[Output]:
    """Return the outputs that are asked for."""
    return [output for output in OUTPUTS if output.is_wanted(given)]


def _jsonl(given: Values, events_only: bool) -> "Sink":
    from edge_app.sinks.records import JSONLines

    return JSONLines(given["jsonl"], events_only=events_only)


def _csv(given: Values, events_only: bool) -> "Sink":
    from edge_app.sinks.records import CSV

    return CSV(given["csv"], events_only=events_only)


def _mqtt(given: Values, events_only: bool) -> "Sink":
    need("mqtt", "paho")
    from edge_app.sinks.mqtt import MQTT

    return MQTT(given["mqtt"], ca_file=given["mqtt_ca"])


def _snapshots(given: Values, events_only: bool) -> "Sink":
    from edge_app.sinks.snapshots import Snapshots

    return Snapshots(given["save_unsure"])


OUTPUTS = (
    Output(
        _jsonl,
        {
            "--jsonl": {
                "type": Path,
                "metavar": "FILE",
                "help": "JSON Lines, rotated by size",
            }
        },
    ),
    Output(
        _csv,
        {"--csv": {"type": Path, "metavar": "FILE", "help": "CSV, rotated by size"}},
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
                "type": Path,
                "metavar": "FILE",
                "help": "certificates to check the broker's",
            },
        },
    ),
    Output(
        _snapshots,
        {
            "--save-unsure": {
                "type": Path,
                "metavar": "DIR",
                "help": "keep crops of doubtful digits for labelling",
            }
        },
    ),
)
