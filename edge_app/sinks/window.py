"""Readings drawn over the frames, in a window."""

import os
import subprocess
import sys
import time
from collections import deque
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import files
from edge_app.draw import draw, ink_alone
from edge_app.sinks.base import Update

TITLE = "edge-digits"
_KEYS = "p pause   s save picture   d show ink   q quit"
_NOTE_S = 3.0  # how long it says that a picture was saved
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
    """A window with the frames, what is read in them, the pace and the keys."""

    def __init__(self) -> None:
        """Open the window."""
        cv2.namedWindow(TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)
        self._times: deque[float] = deque(maxlen=30)
        self._shown: Update | None = None
        self._is_paused = False
        self._shows_ink = False
        self._note, self._note_until_s = "", 0.0

    def write(self, update: Update) -> bool:
        """Show one frame; `False` once the window is closed or q was pressed."""
        self._times.append(time.monotonic())
        if not self._is_paused:
            self._shown = update
        return self._show("")

    def wait(self, fault: str | None) -> bool:
        """Say why no frame comes, and take keys; `False` as for `write`."""
        return self._show(fault or "")

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()

    def _show(self, fault: str) -> bool:
        if self._shown is not None:
            cv2.imshow(TITLE, self._picture(self._shown, fault))
        key = cv2.waitKey(1) & 0xFF
        if key == ord("p"):
            self._is_paused = not self._is_paused
        elif key == ord("d"):
            self._shows_ink = not self._shows_ink
        elif key == ord("s") and self._shown is not None:
            self._save(self._shown)
        closed = cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1
        return not (key in _QUIT_KEYS or closed)

    def _picture(self, update: Update, fault: str) -> NDArray[np.uint8]:
        picture = update.frame.image
        if self._shows_ink:
            reading = update.reading
            picture = ink_alone(picture, (*reading.rejects, *reading.digits))
        picture = draw(picture, update.reading)
        elapsed = self._times[-1] - self._times[0] if self._times else 0.0
        rate = (len(self._times) - 1) / elapsed if elapsed > 0 else 0.0
        reading_ms = update.reading.latency_ms["total"]
        sure = min((each.confidence for each in update.reading.digits), default=1.0)
        state = "   PAUSED" if self._is_paused else ""
        _write(
            picture,
            f"{rate:.0f} frames/s   read in {reading_ms:.0f} ms   "
            f"age {update.age_ms:.0f} ms   least confidence {sure:.2f}{state}",
            picture.shape[0] - 30,
        )
        _write(picture, _KEYS, picture.shape[0] - 10)
        is_news = time.monotonic() < self._note_until_s
        if text := fault or (self._note if is_news else ""):
            _write(picture, text, 20)
        return picture

    def _save(self, update: Update) -> None:
        """Save what is shown, as a file in the current folder."""
        path = Path(datetime.now().strftime("edge-digits-%Y%m%d-%H%M%S.png"))
        try:
            picture = draw(update.frame.image, update.reading)
            files.write_bytes(path, cv2.imencode(".png", picture)[1].tobytes())
            self._note = f"saved as {path}"
        except OSError as error:
            self._note = f"{path}: not saved ({error.strerror})"
        self._note_until_s = time.monotonic() + _NOTE_S


def _write(picture: NDArray[np.uint8], text: str, baseline: int) -> None:
    for color, thickness in (((255, 255, 255), 4), ((60, 60, 60), 1)):
        cv2.putText(
            picture,
            text,
            (8, baseline),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.5,
            color,
            thickness,
            cv2.LINE_AA,
        )
