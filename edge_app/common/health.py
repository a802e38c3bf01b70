"""The device's health: temperature, load, memory, power."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_KIB = 1024
_STARTED_S = time.monotonic()  # this is imported when the program starts
# Bits of the firmware's answer on a Raspberry Pi, present state:
# https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
_UNDER_VOLTAGE, _FREQUENCY_CAPPED, _THROTTLED, _SOFT_LIMIT = 1, 2, 4, 8
_THROTTLED_FILE = "sys/devices/platform/soc/soc:firmware/get_throttled"
_CPU_ZONES = ("cpu", "soc", "x86_pkg", "coretemp")


@dataclass(frozen=True)
class Health:
    """Health of the device; `None` for what it does not tell.

    Attributes:
        temperature_c: Of the processor, degrees Celsius.
        load: Processes that want to run, mean of a minute.
        num_cpus: Processors.
        memory_used_bytes: All that programs use.
        memory_bytes: All there is.
        process_bytes: What this program uses.
        running_s: Seconds since this program started.
        power: What the firmware complains about, e.g. `under-voltage`; `""` for none.
    """

    temperature_c: float | None
    load: float | None
    num_cpus: int
    memory_used_bytes: int | None
    memory_bytes: int | None
    process_bytes: int | None
    running_s: float
    power: str | None


def examine(root: Path = Path("/")) -> Health:
    """Return how the device is now.

    Args:
        root: Where `proc` and `sys` are.
    """
    memory = _memory(root)
    total = memory.get("MemTotal")
    used = (
        total - memory["MemAvailable"] if total and "MemAvailable" in memory else None
    )
    return Health(
        temperature_c=_temperature(root),
        load=_first_number(root / "proc/loadavg"),
        num_cpus=os.cpu_count() or 1,
        memory_used_bytes=used,
        memory_bytes=total,
        process_bytes=_process_bytes(root),
        running_s=time.monotonic() - _STARTED_S,
        power=_power(root),
    )


def _temperature(root: Path) -> float | None:
    """Return the temperature of the processor's thermal zone, else of the first."""
    zones = sorted((root / "sys/class/thermal").glob("thermal_zone*"))
    named = [zone for zone in zones if _text(zone / "type").startswith(_CPU_ZONES)]
    for zone in named or zones[:1]:
        thousandths = _first_number(zone / "temp")
        if thousandths is not None:
            return thousandths / 1000
    return None


def _memory(root: Path) -> dict[str, int]:
    pairs = (line.split() for line in _text(root / "proc/meminfo").splitlines())
    return {pair[0].rstrip(":"): int(pair[1]) * _KIB for pair in pairs if len(pair) > 1}


def _process_bytes(root: Path) -> int | None:
    fields = _text(root / "proc/self/statm").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else None


def _power(root: Path) -> str | None:
    text = _text(root / _THROTTLED_FILE)
    if not text:
        return None
    bits = int(text, 16)
    if bits & _UNDER_VOLTAGE:
        return "under-voltage"
    if bits & _SOFT_LIMIT:
        return "slowed down by heat"
    return "slowed down" if bits & (_FREQUENCY_CAPPED | _THROTTLED) else ""


def _first_number(path: Path) -> float | None:
    fields = _text(path).split()
    try:
        return float(fields[0])
    except (IndexError, ValueError):
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:  # not Linux, or a sensor that does not answer
        return ""
