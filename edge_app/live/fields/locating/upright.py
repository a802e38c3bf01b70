"""Frames of a live source, turned upright."""

from collections.abc import Iterator
from dataclasses import replace

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import geometry
from edge_app.common.errors import SettingsError
from edge_app.common.geometry import Quarter
from edge_app.live.fields.setup import LiveSetup
from edge_app.reader import Reader
from edge_app.sources.source import Frame

_ENOUGH_DIGITS = 3  # of one frame, to say for ever which way is up
_MOST_FRAMES_TRIED = 10  # frames with a digit, after which fewer are enough


class Upright:
    """The frames of a source, each of them turned as the setup says.

    With `auto`, a moving source is asked once: the turn of the first frame in which
    enough is read is kept. Unrelated pictures are each turned as they read best.
    """

    def __init__(
        self,
        frames: Iterator[Frame | None],
        settings: ReaderSettings,
        setup: LiveSetup,
        *,
        is_moving: bool,
    ) -> None:
        """Turn what `frames` gives.

        Args:
            frames: Where they come from.
            settings: How the turn is found out.
            setup: Says the turn, or is told it.
            is_moving: Whether a frame shows what the one before it did.
        """
        self._frames = frames
        self._settings = settings
        self._setup = setup
        self._is_moving = is_moving
        self._reader: Reader | None = None
        self._num_tries = 0

    def __iter__(self) -> Iterator[Frame | None]:
        """Return itself."""
        return self

    def __next__(self) -> Frame | None:
        """Return the next frame, upright; `None` for a moment without one."""
        frame = next(self._frames)
        if frame is None or frame.fault is not None or frame.is_upright:
            return frame
        turn = self._setup.turn()
        if turn is None:
            turn = self._found(frame)
        return replace(frame, image=geometry.turned(frame.image, turn))

    def _found(self, frame: Frame) -> Quarter:
        if self._reader is None:
            self._reader = replace(self._settings, rotate="auto").open()
        try:
            reading = self._reader.read(frame.image)
        except ValueError as error:
            raise SettingsError(f"--roi: {error}") from error
        if not self._is_moving:
            return reading.rotation
        num_digits = len(reading.digits)
        self._num_tries += num_digits > 0
        enough = num_digits >= _ENOUGH_DIGITS
        if enough or (num_digits and self._num_tries >= _MOST_FRAMES_TRIED):
            self._setup.found(reading.rotation)
            self._reader, self._num_tries = None, 0
        return reading.rotation
