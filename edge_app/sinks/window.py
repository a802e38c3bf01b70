"""Readings drawn over the frames, in a window."""

import os
import subprocess
import sys
import time
from collections import deque

import cv2

from edge_app.draw import draw
from edge_app.sinks.base import Update

TITLE = "edge-digits"
_QUIT_KEYS = {ord("q"), 27}  # 27 is Escape
_PROBE = "import cv2; cv2.namedWindow('probe', cv2.WINDOW_AUTOSIZE)"


def why_no_window() -> str | None:
    """Why no window can be shown here; `None` if one can.

    Without a screen that answers, the toolkit behind OpenCV's windows ends the whole
    process, so a child process tries first.
    """
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return "there is no screen (DISPLAY is not set)"
    try:
        probe = subprocess.run(
            [sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=30
        )
    except subprocess.TimeoutExpired:
        return "the screen does not answer within 30 s"
    if probe.returncode == 0:
        return None
    if "not implemented" in probe.stderr:
        return "opencv-python-headless has no windows; install opencv-python instead"
    return "the screen does not answer (is DISPLAY right?)"


class Window:
    """A window with the frames, what is read in them, and the pace."""

    def __init__(self) -> None:
        """Open the window."""
        cv2.namedWindow(TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)
        self._times: deque[float] = deque(maxlen=30)

    def write(self, update: Update) -> bool:
        """Show one frame; `False` once the window is closed or q was pressed."""
        self._times.append(time.monotonic())
        picture = draw(update.frame.image, update.reading)
        elapsed = self._times[-1] - self._times[0]
        rate = (len(self._times) - 1) / elapsed if elapsed > 0 else 0.0
        latency_ms = update.reading.latency_ms["total"]
        status = f"{rate:.0f} frames/s   {latency_ms:.0f} ms   q quits"
        place = 8, picture.shape[0] - 10
        for color, thickness in (((255, 255, 255), 4), ((60, 60, 60), 1)):
            cv2.putText(
                picture,
                status,
                place,
                cv2.FONT_HERSHEY_SIMPLEX,
                0.5,
                color,
                thickness,
                cv2.LINE_AA,
            )
        cv2.imshow(TITLE, picture)
        quits = cv2.waitKey(1) & 0xFF in _QUIT_KEYS
        closed = cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1
        return not (quits or closed)

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()
