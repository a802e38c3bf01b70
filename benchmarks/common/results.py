"""The description of the machine in every result, and the printing of tables."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
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

# Processor flags, the best first, and what they mean for int8 networks: without
# instructions for dot products of bytes these take two to three times as long.
_INT8 = {
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX-VNNI",
    "avx2": "AVX2, no VNNI",
    "asimddp": "Arm dot products",
    "asimd": "Arm Neon, no dot products",
}


def machine() -> dict[str, Any]:
    """Return the machine, the versions and the date that a figure belongs to."""
    processor = _processor()
    return {
        "board": _text(_BOARD) or "",
        "cpu": processor.get("brand_raw", platform.processor()),
        "int8": int8_instructions(processor.get("flags", [])),
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


@cache
def _processor() -> dict[str, Any]:
    # It starts processes and takes a second.
    found: dict[str, Any] = cpuinfo.get_cpu_info()
    return found


def int8_instructions(flags: Sequence[str]) -> str:
    """Return what a processor has for int8 networks; nothing where it is not known.

    Args:
        flags: Of the processor, as Linux names them.
    """
    return next((text for flag, text in _INT8.items() if flag in flags), "")


def describe(machine: Mapping[str, Any]) -> str:
    """Return one line of what `machine` found, for the head of a table."""
    runtimes = ", ".join(
        f"{name} {machine[name]}" for name in runtime.RUNTIMES if name in machine
    )
    return (
        f"{name(machine)}, {machine['architecture']}, "
        f"{machine['cores']} cores, governor {machine['governor']}, Python "
        f"{machine['python']}, OpenCV {machine['opencv']}, {runtimes}, "
        f"{machine['date']}"
    )


def name(machine: Mapping[str, Any]) -> str:
    """Return the name of a machine that `machine` describes."""
    called = str(machine["board"] or machine["cpu"])
    # What was measured before this was asked for does not say it.
    return f"{called} ({machine['int8']})" if machine.get("int8") else called


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
