"""The frames that `edge-digits run` reads: whichever source, in whichever manner."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.live.fields.setup import LiveSetup
from edge_app.sources import (
    CameraOptions,
    Frame,
    Source,
    awaited,
    first_camera,
    open_source,
)
from edge_app.sources.network.urls import without_password
from edge_app.sources.newest import Newest
from edge_app.sources.pace import Player, SteppedPictures, Video
from edge_app.sources.pictures.clip import Clip
from edge_app.sources.pictures.folder import Folder
from edge_app.sources.source import AdjustableSource

_SOURCE_IN_USE_S = 0.3  # what reads the source has to come back, before it is closed
_SERVER_ANSWER_S = 5.0  # a name server that is away takes longer

_NO_DEMO = (
    "the demo scene is for the screen and the page alone, and for records and brokers "
    "only where --source demo is said"
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
        setup: LiveSetup | None = None,
    ) -> None:
        """Open a source, or begin to wait for it.

        Args:
            name: As `open_source` takes it.
            camera: What is asked of a camera.
            is_shown: Somebody looks on: clips are played at their pace, pictures stay.
            is_kept: Readings are recorded or sent: no frame of a clip is left out, and
                the demo scene does not stand in for a camera.
            speed: Of a clip: its seconds a second.
            setup: Says how a camera is adjusted meanwhile, and is told which it is.

        Raises:
            CameraError: There is no such file, or the name can be no camera's.
        """
        self.player: Player | None = None
        self._setup = setup
        self._is_closed = False
        self._in_use = threading.Lock()
        self._newest: Newest | None = None
        self._source = self._opened(name, camera, is_demo_for_auto=not is_kept)
        self.is_file = isinstance(self._source, Clip | Folder)
        if is_shown and isinstance(self._source, Clip):
            video = Video(self._source, speed=speed, may_skip=not is_kept)
            self.player = self._source = video
        elif is_shown and isinstance(self._source, Folder):
            self.player = self._source = SteppedPictures(self._source)
        self.name = self._source.name
        self.is_live = self._source.is_live
        self.is_moving = self._source.is_moving

    @property
    def fault(self) -> str | None:
        """Return what is wrong with the source, if it has failed or is still away."""
        return self._newest.fault if self._newest else None

    def __iter__(self) -> Iterator[Frame | None]:
        """Yield the next frame; `None` for a moment without one.

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
        if self._in_use.acquire(timeout=_SOURCE_IN_USE_S):
            self._source.close()
            self._in_use.release()

    def _opened(
        self, name: str, camera: CameraOptions, *, is_demo_for_auto: bool
    ) -> Source | Newest:
        if name == "auto":
            return self._auto(camera, is_demo_for_auto=is_demo_for_auto)

        def opened() -> Source:
            return self._noted(open_source(name, self._adjusted(camera)))

        if not awaited.is_awaited(name):
            return self._watched(opened(), opened)
        awaited.check(name, camera)
        fault = None
        # Only the answer tells whether that is a file, which is read but once.
        if name.lower().startswith(("http://", "https://")):
            found = _within(_SERVER_ANSWER_S, opened)
            if isinstance(found, UnfitSourceError):
                raise found
            if not isinstance(found, CameraError | None):
                return self._watched(found, opened)
            fault = None if found is None else str(found)
        return self._watched(without_password(name), opened, fault=fault)

    def _auto(
        self, camera: CameraOptions, *, is_demo_for_auto: bool
    ) -> Source | Newest:
        if is_demo_for_auto:
            source = self._noted(open_source("auto", camera))
            # The camera that was found is to be found again, not the demo scene.
            return self._watched(
                source,
                lambda: self._noted(open_source(source.name, self._adjusted(camera))),
            )

        def opened() -> Source:
            try:
                return self._noted(first_camera(self._adjusted(camera)))
            except CameraError as error:
                raise CameraError(f"{error}; {_NO_DEMO}") from error

        return self._watched("camera", opened)

    def _adjusted(self, camera: CameraOptions) -> CameraOptions:
        """Return what is asked of a camera that is opened now."""
        if self._setup is None:
            return camera
        now = self._setup.now
        return replace(camera, exposure_ms=now.exposure_ms, focus=now.focus)

    def _noted(self, source: Source) -> Source:
        """Return a source, once the setup knows whether it can be adjusted."""
        if self._setup is not None:
            adjustable = source if isinstance(source, AdjustableSource) else None
            self._setup.source = adjustable
        return source

    def _watched(
        self,
        source: Source | str,
        reopen: Callable[[], Source],
        *,
        fault: str | None = None,
    ) -> Source | Newest:
        """Return a source that is opened again when it fails, if it is live."""
        if not isinstance(source, str) and not source.is_live:
            return source
        self._newest = Newest(source, reopen, fault=fault)
        return self._newest


def _within(
    limit_s: float, opened: Callable[[], Source]
) -> Source | CameraError | None:
    """Return what `opened` returns or raises; `None` if that takes longer."""
    answers: queue.Queue[Source | CameraError] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(opened())
        except CameraError as error:
            answers.put(error)

    threading.Thread(target=ask, name="opening", daemon=True).start()
    try:
        return answers.get(timeout=limit_s)
    except queue.Empty:
        return None
