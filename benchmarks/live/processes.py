"""Processes that benchmarks start, and what is measured of them while they run."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Sequence

import numpy as np

from edge_app.common.errors import EdgeDigitsError

_WARMUP_SHARE = 0.4  # the page's history and other bounded memories fill up first


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return once a process listens at a port.

    Raises:
        EdgeDigitsError: It ended before it did.
    """
    while process.poll() is None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port)),
        ):
            return
        time.sleep(0.05)
    raise EdgeDigitsError(f"the process ended with {process.returncode}")


def memory_fifths(samples_mb: Sequence[float]) -> str:
    """Return the memory at the end of each fifth of the time, in megabytes."""
    count = len(samples_mb)
    fifths = [samples_mb[max(0, round(count * n / 5) - 1)] for n in range(1, 6)]
    return ", ".join(f"{size:.1f}" for size in fifths)


def slope_mb_per_hour(samples_mb: Sequence[float]) -> float:
    """Return how memory grows, by a line through what comes after two fifths.

    Args:
        samples_mb: Megabytes, one sample a second.
    """
    late = samples_mb[round(len(samples_mb) * _WARMUP_SHARE) :]
    hours = np.arange(len(late)) / 3600
    return round(float(np.polyfit(hours, late, 1)[0]), 2)
