"""What every benchmark's result says of its machine, and how tables are printed."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import cpuinfo
import cv2
import psutil
from tabulate import tabulate

from edge_app.model import runtime

_BOARD = Path("/proc/device-tree/model")  # on a Raspberry Pi: its name
_GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def machine() -> dict[str, Any]:
    """Return the machine, the versions and the date that a figure belongs to."""
    return {
        "board": _text(_BOARD) or "",
        "cpu": cpuinfo.get_cpu_info().get("brand_raw", platform.processor()),
        "architecture": platform.machine(),
        "cores": psutil.cpu_count(logical=True),
        "governor": _text(_GOVERNOR) or "unknown",
        "memory_mb": round(psutil.virtual_memory().total / 2**20),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": _version("numpy"),
        "opencv": cv2.__version__,
        **runtime.installed(),
        "date": date.today().isoformat(),
    }


def describe(machine: Mapping[str, Any]) -> str:
    """Return one line of what `machine` found, for the head of a table."""
    runtimes = ", ".join(
        f"{name} {machine[name]}" for name in runtime.RUNTIMES if name in machine
    )
    return (
        f"{machine['board'] or machine['cpu']} ({machine['architecture']}), "
        f"{machine['cores']} cores, governor {machine['governor']}, Python "
        f"{machine['python']}, OpenCV {machine['opencv']}, {runtimes}, "
        f"{machine['date']}"
    )


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table, the keys of the first as its head."""
    return tabulate([list(row.values()) for row in rows], list(rows[0]), "github")


def threads() -> int:
    """Return how many threads `all` means: the cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS or Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip("\0\n ")
    except OSError:
        return None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
