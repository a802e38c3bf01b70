"""The values of fields in a file, so that they outlive the program."""

import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_app.common import files
from edge_app.sinks.background import Background

log = logging.getLogger(__name__)

_BETWEEN_WRITES_S = 60.0  # between two writes, for the sake of memory cards


@dataclass(frozen=True)
class KeptValue:
    """The value of a field that is kept.

    Attributes:
        value: The last number that was believed.
        previous: The one before it; `None` if there was none.
        decimals: How many of its digits stood behind the point.
        time_s: When it was read last, in seconds since 1970.
    """

    value: float
    previous: float | None
    decimals: int
    time_s: float


class KeptValues:
    """Reads the file once, and writes it when values change and at the end.

    A thread writes it, so that reading never waits for a slow disk; once a minute at
    most.
    """

    def __init__(self, path: Path) -> None:
        """Read what is there, if anything is; a file that is damaged is begun anew."""
        self.path = path
        self.earlier = _read(path)
        self._now = self._written = self.earlier
        self._written_s = -math.inf
        self._thread = Background(self._write, name=str(path), capacity=2)

    @classmethod
    def beside(cls, config: Path, camera: str | None = None) -> "KeptValues":
        """Return those beside a settings file, of one of its cameras if it has some."""
        name = f"{config.stem}-{camera}" if camera else config.stem
        return cls(config.with_name(f"{name}.values.json"))

    def take(self, values: Mapping[str, KeptValue]) -> None:
        """Keep these from now on; they may be written later."""
        self._now = dict(values)
        if _numbers(self._now) == _numbers(self._written):
            return
        if time.monotonic() - self._written_s >= _BETWEEN_WRITES_S:
            self._put()

    def close(self) -> None:
        """Write what is not written yet."""
        if self._now != self._written:
            self._put()
        self._thread.close()

    def _put(self) -> None:
        self._written, self._written_s = self._now, time.monotonic()
        self._thread.put(self._now)

    def _write(self, values: Mapping[str, KeptValue]) -> None:
        by_name = {name: asdict(value) for name, value in values.items()}
        files.write_json(self.path, by_name)


def _numbers(values: Mapping[str, KeptValue]) -> dict[str, tuple[float, float | None]]:
    return {name: (value.value, value.previous) for name, value in values.items()}


def _read(path: Path) -> dict[str, KeptValue]:
    try:
        by_name = json.loads(path.read_bytes())
        return {str(name): KeptValue(**value) for name, value in by_name.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("%s: values of before cannot be read (%s)", path, error)
        return {}
