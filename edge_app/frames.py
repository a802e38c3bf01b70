"""The frames that `edge-digits run` reads: whichever source, in whichever manner."""

import logging
import threading
from collections.abc import Callable, Iterator

from edge_app.errors import CameraError
from edge_app.sources import (
    CameraOptions,
    Frame,
    Source,
    awaited,
    first_camera,
    open_source,
)
from edge_app.sources.clip import Clip
from edge_app.sources.folder import Folder
from edge_app.sources.newest import Newest
from edge_app.sources.pace import Pictures, Player, Video
from edge_app.sources.urls import without_password

log = logging.getLogger(__name__)

_CLOSING_S = 0.3

_NO_DEMO = (
    "%s; waiting for one. The demo scene is for the screen and the page alone, unless "
    "you say --source demo"
)


class Frames:
    """Frames of a source that may be away for now, or played for somebody who looks on.

    Attributes:
        name: What readings call the source.
        is_live: As of a `Source`.
        is_moving: As of a `Source`.
        is_file: It is read from files, which wait.
        player: What plays it, where somebody looks on.
    """

    def __init__(
        self,
        name: str,
        camera: CameraOptions,
        *,
        is_shown: bool,
        is_kept: bool,
        speed: float = 1.0,
    ) -> None:
        """Open a source, or begin to wait for it.

        Args:
            name: As `open_source` takes it.
            camera: What is asked of a camera.
            is_shown: Somebody looks on: clips are played at their pace, pictures stay.
            is_kept: Readings are recorded or sent: no frame of a clip is left out, and
                the demo scene does not stand in for a camera.
            speed: Of a clip: its seconds a second.

        Raises:
            CameraError: There is no such file, or the name can be no camera's.
        """
        self.player: Player | None = None
        self._is_closed = False
        self._in_use = threading.Lock()
        self._newest: Newest | None = None
        self._source = self._opened(name, camera, is_demo_for_auto=not is_kept)
        self.is_file = isinstance(self._source, Clip | Folder)
        if is_shown and isinstance(self._source, Clip):
            video = Video(self._source, speed=speed, may_skip=not is_kept)
            self.player = self._source = video
        elif is_shown and isinstance(self._source, Folder):
            self.player = self._source = Pictures(self._source)
        self.name = self._source.name
        self.is_live = self._source.is_live
        self.is_moving = self._source.is_moving

    @property
    def fault(self) -> str | None:
        """What is wrong with the source, if it has failed or is still away."""
        return self._newest.fault if self._newest else None

    def __iter__(self) -> Iterator[Frame | None]:
        """The next frame; `None` for a moment without one.

        Raises:
            CameraError: A file cannot be decoded.
        """
        frames = self._source.frames()
        while not self._is_closed:
            with self._in_use:
                try:
                    frame = next(frames)
                except StopIteration:
                    return
            yield frame

    def stop(self) -> None:
        """Wake up who waits for a frame: there will be no more."""
        self._is_closed = True
        if self.player is not None:
            self.player.stop()

    def close(self) -> None:
        """Give the source back; one that hangs is left to the end of the process."""
        self.stop()
        # A library must not close what a thread is reading.
        if self._in_use.acquire(timeout=_CLOSING_S):
            self._source.close()
            self._in_use.release()

    def _opened(
        self, name: str, camera: CameraOptions, *, is_demo_for_auto: bool
    ) -> Source | Newest:
        def again(name: str) -> Callable[[], Source]:
            return lambda: open_source(name, camera)

        if name == "auto" and not is_demo_for_auto:
            try:
                source = first_camera(camera)
            except CameraError as error:
                log.warning(_NO_DEMO, error)
                return self._live("camera", lambda: first_camera(camera))
            return self._live(source, again(source.name))
        if awaited.is_awaited(name):
            awaited.check(name, camera)
            return self._live(without_password(name), again(name))
        source = open_source(name, camera)
        if not source.is_live:
            return source
        # The camera that `auto` found is to be found again, not the demo scene.
        return self._live(source, again(source.name if name == "auto" else name))

    def _live(self, source: Source | str, reopen: Callable[[], Source]) -> Newest:
        self._newest = Newest(source, reopen)
        return self._newest
