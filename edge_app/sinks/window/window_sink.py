"""Readings drawn over the frames, in a window."""

import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.draw import draw, ink_alone
from edge_app.sinks.sink import Update
from edge_app.sinks.window import lettering, screen
from edge_app.sources.pace import Player

TITLE = "edge-digits"
KEYS = "p pause   s save picture   d show ink   q quit"
_STEP_KEYS = "n next   b back   "
_STEPS_OF_KEYS = {ord("n"): 1, ord("b"): -1}
_BLANK_WINDOW = np.full((480, 640, 3), 224, np.uint8)  # while there is no picture yet
_NOTE_S = 3.0  # how long it says that a picture was saved
_QUIT_KEYS = {ord("q"), 27}  # 27 is Escape
_PROBE = "import cv2; cv2.namedWindow('probe', cv2.WINDOW_AUTOSIZE)"


def why_no_window() -> str | None:
    """Return why no window can be shown here; `None` if one can.

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

    def __init__(self, player: Player | None = None) -> None:
        """Open the window.

        Args:
            player: What plays a clip or shows pictures, if that is the source.
        """
        cv2.namedWindow(TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)
        self._player = player
        self._times: deque[float] = deque(maxlen=30)
        self._shown: Update | None = None
        self._num_shown = 0
        self._is_paused = False
        self._shows_ink = False
        self._room_wh = screen.room_wh()
        self._note, self._note_until_s = "", 0.0
        self._drawn: object = None  # what the picture in the window was made of

    def write(self, update: Update) -> bool:
        """Show one frame; `False` once the window is closed or q was pressed."""
        self._times.append(time.monotonic())
        if not self._is_paused:
            self._shown = update
            self._num_shown += 1
        return self._show("")

    def wait(self, fault: str | None) -> bool:
        """Say why no frame comes, and take keys; `False` as for `write`."""
        return self._show(fault or "")

    def close(self) -> None:
        """Close the window."""
        cv2.destroyAllWindows()

    def _show(self, fault: str) -> bool:
        is_news = time.monotonic() < self._note_until_s
        text = fault or (self._note if is_news else "")
        wanted = (self._num_shown, text, self._is_paused, self._shows_ink)
        if wanted != self._drawn:
            self._drawn = wanted
            cv2.imshow(TITLE, self._picture(text))
        return self._takes_key()

    def _takes_key(self) -> bool:
        """Do what a key asks for; `False` where that is the end."""
        key = cv2.waitKey(1) & 0xFF
        if key == ord("p") and self._shown is not None:
            self._is_paused = not self._is_paused
            if self._player is not None:
                self._player.pause(self._is_paused)
        elif key == ord("d"):
            self._shows_ink = not self._shows_ink
        elif key == ord("s") and self._shown is not None:
            self._save(self._shown)
        elif (
            key in _STEPS_OF_KEYS
            and self._player is not None
            and self._player.num_pictures
        ):
            self._is_paused = False  # who asks for another one wants to see it
            self._player.step(_STEPS_OF_KEYS[key])
        closed = cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1
        return not (key in _QUIT_KEYS or closed)

    def _picture(self, text: str) -> NDArray[np.uint8]:
        if self._shown is None:
            picture = _BLANK_WINDOW.copy()
            lettering.write_above(picture, text or "waiting for a picture")
            return picture
        update = self._shown
        picture = update.frame.image
        if self._shows_ink:
            reading = update.reading
            picture = ink_alone(picture, (*reading.rejects, *reading.digits))
        picture = screen.fitted(draw(picture, update.reading), self._room_wh)
        num_pictures = self._player.num_pictures if self._player is not None else 0
        keys = (_STEP_KEYS if num_pictures > 1 else "") + KEYS
        pace = self._pace(update) if update.frame.fault is None else ""
        lettering.write_below(picture, *filter(None, (pace, keys)))
        lettering.write_above(
            picture, text or update.frame.fault or update.frame.name or ""
        )
        return picture

    def _pace(self, update: Update) -> str:
        reading_ms = update.reading.latency_ms["total"]
        sure = min((digit.confidence for digit in update.reading.digits), default=1.0)
        text = f"read in {reading_ms:.0f} ms   least confidence {sure:.2f}"
        if update.frame.name is None:  # a picture that stays has no pace
            elapsed = self._times[-1] - self._times[0] if self._times else 0.0
            rate = (len(self._times) - 1) / elapsed if elapsed > 0 else 0.0
            text = f"{rate:.0f} frames/s   age {update.age_ms:.0f} ms   {text}"
        return text + ("   PAUSED" if self._is_paused else "")

    def _save(self, update: Update) -> None:
        """Save what is shown, clean and drawn on, as files in the current folder."""
        image = update.frame.image
        path = Path(f"edge-digits-{update.local_stamp}.png")
        pictures = {
            path: image,
            path.with_stem(f"{path.stem}-read"): draw(image, update.reading),
        }
        try:
            for name, picture in pictures.items():
                files.write_bytes(name, cv2.imencode(".png", picture)[1].tobytes())
            self._note = f"saved as {path}"
        except OSError as error:
            self._note = f"{path}: not saved ({error.strerror})"
        self._note_until_s = time.monotonic() + _NOTE_S
