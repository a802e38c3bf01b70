"""The messages of a service to systemd: that it is ready, alive, and how it does.

The protocol is a datagram of NAME=VALUE lines:
https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html. The packages for
it need a compiler or have not been looked after for years.
"""

import os
import socket
import time

_LONGEST_INTERVAL_S = 0.5


class Service:
    """The service manager that started this process, if one did."""

    def __init__(self) -> None:
        """Find it by what it put into the environment."""
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        watchdog_us = int(os.environ.get("WATCHDOG_USEC") or 0)
        # Half of that is what systemd recommends.
        self._interval_s = min(watchdog_us / 1e6 / 2, _LONGEST_INTERVAL_S)
        self._last_s = -self._interval_s
        self._status = ""

    def ready(self) -> None:
        """Tell that reading has begun."""
        self._send("READY=1")

    def alive(self, status: str) -> None:
        """Tell that it is at work, every second at least, and the status as it changes.

        Args:
            status: One line for ``systemctl status``.
        """
        if status != self._status:
            self._status = status
            self._send(f"STATUS={status}")
        now = time.monotonic()
        if self._interval_s and now - self._last_s >= self._interval_s:
            self._last_s = now
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Tell that the end has begun."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):  # an abstract socket
            address = "\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.sendto(message.encode(), address)
        except OSError:
            self._address = ""  # nobody listens any more
